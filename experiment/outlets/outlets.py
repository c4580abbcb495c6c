"""All outlets of a rig: each event's code goes to every one of them."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from conditions.rig import markers as models
from experiment.events.outside import Note
from experiment.outlets.file import MarkerTable, Whose
from experiment.outlets.line import Line
from experiment.outlets.lsl import LslStream
from experiment.outlets.offset import FEW, measured_offset
from experiment.outlets.outlet import Clock, Marker, Outlet
from experiment.outlets.parallel_port import ParallelPort
from experiment.outlets.serial_port import SerialPort


class Outlets:
    """Outlets that are open, or tried again and again; without any, all of it costs nothing.

    Parameters
    ----------
    outlets : sequence of Outlet
        Each is opened at once, in this thread.
    tell : callable, optional
        Told in a line, from any thread, where an outlet is lost or back.
    """

    def __init__(
        self, outlets: Sequence[Outlet] = (), tell: Callable[[str], None] = lambda line: None
    ) -> None:
        self._clock: Clock = time.perf_counter
        self._tell = tell
        self._notes: deque[Note] = deque()
        self._offsets: dict[str, list[dict[str, float]]] = {}
        self._lines = [Line(outlet, self._noted(outlet.name)) for outlet in outlets]
        self._begun = self._closed = False
        for line in self._lines:
            line.open()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._lines)

    def states(self) -> list[tuple[str, bool]]:
        """Each outlet in words, and whether it is open."""
        found = []
        for line in self._lines:
            outlet, trouble = line.outlet, line.trouble
            words = trouble or outlet.told()
            found.append(
                (f"{outlet.name}: {outlet.place}{f': {words}' * bool(words)}", not trouble)
            )
        return found

    def begin(
        self,
        clock: Clock,
        folder: Path | None = None,
        columns: Mapping[str, int] | None = None,
    ) -> None:
        """Begin to send.

        Parameters
        ----------
        clock : callable
            The session's clock, in seconds.
        folder : Path, optional
            The session's data, for an outlet that is a file there.
        columns : mapping, optional
            Whose rows those are: participant, session, run.
        """
        self._clock, self._begun = clock, True
        for line in self._lines:
            if isinstance(line.outlet, MarkerTable) and folder is not None:
                line.outlet.belong(Whose(folder, columns or {}))
                line.open()
            line.start()
        self._measure_offsets()

    def send(self, code: int, at: float | None = None) -> None:
        """Give a code to all outlets; neither waits nor raises.

        Parameters
        ----------
        code : int
            From 1 to 255.
        at : float, optional
            When what it marks happened, by the session's clock; by default now.
        """
        if not self._lines:
            return
        offset, _ = measured_offset(self._clock, time.perf_counter, FEW)
        given = time.perf_counter()
        at = given + offset if at is None else at
        marker = Marker(code, at, at - offset, given)
        for line in self._lines:
            line.give(marker)

    def happened(self) -> list[Note]:
        """What became of outlets since this was last asked."""
        found = []
        while self._notes:
            found.append(self._notes.popleft())
        return found

    def facts(self) -> list[dict[str, object]]:
        """What is to be kept of each outlet; once it is closed, with codes, times and offsets.

        Of a run that is killed nobody counts to the end, and its facts have no numbers.
        """
        return [self._facts(line) for line in self._lines]

    def _facts(self, line: Line) -> dict[str, object]:
        outlet = line.outlet
        known = {"name": outlet.name, "kind": outlet.kind, "place": outlet.place}
        if not self._closed:
            return {**known, "open": line.trouble is None}
        counts = {"sent": line.sent, "lost": line.lost, **_in_ms(line.seconds)}
        return {**known, **counts, "clock_offsets": self._offsets.get(outlet.name, [])}

    def served(self, name: str) -> tuple[int, int, list[float]]:
        """Codes that an outlet took and lost, and how long it took to take each (s)."""
        line = next(line for line in self._lines if line.outlet.name == name)
        return line.sent, line.lost, list(line.seconds)

    def close(self) -> None:
        """Send what waits, measure the clocks once more, and close all outlets; once."""
        if self._closed:
            return
        self._closed = True
        if self._begun:
            self._measure_offsets()
        for line in self._lines:
            line.end()

    def _measure_offsets(self) -> None:
        for line in self._lines:
            found = line.outlet.offset(self._clock)
            if found is None:
                continue
            offset, within = (round(value, 7) for value in found)
            name, at = line.outlet.name, self._clock()
            measured = {"at": round(at, 3), "offset_s": offset, "within_s": within}
            self._offsets.setdefault(name, []).append(measured)
            detail = f"{name} clock offset {offset:.6f} ± {within:.6f}"
            self._notes.append(Note(at, detail))

    def _noted(self, name: str) -> Callable[[str], None]:
        def happened(what: str) -> None:
            self._notes.append(Note(self._clock(), f"{name} {what}"))
            if not what.startswith(("opened", "closed")):
                self._tell(f"{name} {what}")

        return happened


def outlets_of(
    listed: Sequence[models.Outlet],
    codes: Mapping[str, int],
    about: Mapping[str, object] | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Outlets:
    """Open the outlets that a rig lists; those that cannot be opened say so in their state.

    Parameters
    ----------
    listed : sequence
        As in the rig file.
    codes : mapping
        Code by event, for outlets that can tell it.
    about : mapping, optional
        Further facts by name, likewise.
    tell : callable, optional
        See :class:`Outlets`.
    """
    return Outlets([_outlet(each, codes, about or {}) for each in listed], tell)


def _outlet(listed: models.Outlet, codes: Mapping[str, int], about: Mapping[str, object]) -> Outlet:
    if isinstance(listed, models.LslOutlet):
        return LslStream(listed, codes, about)
    if isinstance(listed, models.SerialOutlet):
        return SerialPort(listed)
    if isinstance(listed, models.ParallelOutlet):
        return ParallelPort(listed)
    return MarkerTable(listed)


def _in_ms(seconds: Sequence[float]) -> dict[str, float | None]:
    """Median and longest of times, in milliseconds."""
    ms = 1000 * np.asarray(list(seconds))
    return {
        "median_ms": round(float(np.median(ms)), 3) if len(ms) else None,
        "longest_ms": round(float(ms.max()), 3) if len(ms) else None,
    }
