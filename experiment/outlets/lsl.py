"""An outlet of the lab streaming layer."""

import platform
import time
from collections.abc import Mapping
from typing import Any

from conditions.errors import StudyError
from conditions.rig.markers import LslOutlet
from experiment.outlets.offset import FEW, measured_offset
from experiment.outlets.outlet import Clock, Marker

INSTALL = "pip install -r requirements-markers.txt"
# Samples leave by a thread of the library's own; what has not left when it ends is gone.
LAST_WAY_S = 0.3


class LslStream:
    """A stream of markers: one channel of text, at no regular rate.

    Its description holds the table of codes, as ``codes/code/event`` and ``codes/code/value``, and
    what else is known (study, participant, session).

    Parameters
    ----------
    outlet : LslOutlet
        What the rig says of it.
    codes : mapping
        Code by event.
    about : mapping
        Further facts by name.
    """

    kind = "lsl"
    pulse_s: float | None = None

    def __init__(
        self, outlet: LslOutlet, codes: Mapping[str, int], about: Mapping[str, object]
    ) -> None:
        self.name, self.place = outlet.name, outlet.place
        self._outlet, self._codes, self._about = outlet, dict(codes), dict(about)
        self._lsl: Any = None
        self._stream: Any = None

    def open(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`.

        Raises
        ------
        StudyError
            Where pylsl or its library is not installed.
        """
        try:
            import pylsl
        except (ImportError, RuntimeError, OSError) as error:
            # What is no package and what is no library within it are told alike.
            line = str(error).strip().partition("\n")[0]
            raise StudyError(f"pylsl cannot be loaded ({line}): {INSTALL}") from error
        self._lsl = pylsl
        source = self._outlet.source_id or f"{self._outlet.stream}-{platform.node()}"
        info = pylsl.StreamInfo(self._outlet.stream, "Markers", 1, 0, pylsl.cf_string, source)
        description = info.desc()
        for name, value in self._about.items():
            description.append_child_value(name, str(value))
        codes = description.append_child("codes")
        for event, code in self._codes.items():
            entry = codes.append_child("code")
            entry.append_child_value("event", event)
            entry.append_child_value("value", str(code))
        try:
            self._stream = pylsl.StreamOutlet(info)
        except RuntimeError as error:
            raise OSError(f"no stream: {error}") from error

    def send(self, marker: Marker) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        offset, _ = measured_offset(self._lsl.local_clock, time.perf_counter, FEW)
        try:
            self._stream.push_sample([str(marker.code)], marker.moment + offset)
        except RuntimeError as error:
            raise OSError(str(error)) from error

    def send_at_once(self, marker: Marker) -> bool:
        """False: each sample has its own time, whenever it is sent."""
        return False

    def reset(self) -> None:
        """Do nothing: a sample is a moment."""

    def is_there(self) -> None:
        """Do nothing: a stream that nobody reads is there."""

    def told(self) -> str:
        """Whether somebody records it."""
        if self._stream is None:
            return ""
        return "is read" if self._stream.have_consumers() else "nobody reads it yet"

    def offset(self, clock: Clock) -> tuple[float, float] | None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        return None if self._lsl is None else measured_offset(self._lsl.local_clock, clock)

    def close(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        if self._stream is not None and self._stream.have_consumers():
            time.sleep(LAST_WAY_S)
        self._stream = None
