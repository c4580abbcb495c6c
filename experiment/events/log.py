"""The one object that is told what happens in a session, and hands it on to file and outlets."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from typing import TypeAlias

from conditions.tables.events import BEGIN, END, INTERRUPTED, STALL_S, Kind
from experiment.events.outside import Markers
from experiment.events.presses import Phase, Presses, Row, When
from experiment.keyboard.listener import Heard, Press

# Takes rows, and whether to wait for the disk's own confirmation before long.
Save: TypeAlias = Callable[[list[Row], bool], object]
# A key that is stuck may be heard hundreds of times a second. As many as this are written with no
# frame dropped, so no more are kept back for one that would be.
MANY_KEYS = 32


class EventLog:
    """Gathers events and writes them when asked to; between two writes they are in memory.

    Exactly one thing is on the screen at a time: what appears ends what was there, and a question
    that is still open then was cut off. Times are seconds since the session's start.

    Parameters
    ----------
    clock : callable
        Seconds since the session's start.
    save : callable, optional
        Is handed rows, by column; without it they go nowhere.
    zero : float, optional
        The session's start by the keyboards' clock.
    markers : Markers, optional
        Outlets and codes.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        save: Save = lambda rows, sync: None,
        zero: float = 0.0,
        markers: Markers | None = None,
    ) -> None:
        self._clock, self._save = clock, save
        self._markers, self._presses = markers or Markers(), Presses(zero)
        self._done: list[Row] = []
        self._shown: Row | None = None
        self._question: Row | None = None
        self._looked: float | None = None

    def begin(self) -> None:
        """The run begins."""
        now = self._clock()
        self._presses.begin(now)
        self._add("session", now, BEGIN)

    def end(self, how: str) -> None:
        """The run ends: whatever is open ends with it, and all is written."""
        now = self._clock()
        self._close(now)
        self._shown = None
        self._add("session", now, f"{END} {how}")
        self.write()

    def happens(self, kind: Kind, detail: str) -> None:
        """Something happens now that has no length and belongs to no trial: a pause begins."""
        self._add(kind, self._clock(), detail)

    def focus(self, is_lost: bool) -> None:
        """Another window got the keyboard, or ours got it back."""
        detail = "lost" if is_lost else "back"
        self._add("focus", self._clock(), detail, self._presses.phase.trial)

    @contextmanager
    def pause(self, which: str) -> Iterator[None]:
        """A pause begins, and ends however it is left."""
        self.happens("pause", f"{BEGIN} {which}")
        try:
            yield
        finally:
            self.happens("pause", f"{END} {which}")

    def page(self, name: str, start: Callable[[], None]) -> None:
        """A page comes on the screen; ``start`` begins the time that its presses are told in."""
        start()
        was = self._shown
        # The same page stays where its hint is added to it.
        if was is None or (was["kind"], was["detail"]) != ("page", name):
            self.appears("page", name)

    def reads(self, go_on: Collection[str]) -> None:
        """A page is on the screen, where nobody waits for a flip: all so far is written."""
        begun = None if self._shown is None else _onset(self._shown)
        self.phase("page", wanted=go_on, begun=begun)
        self.rests()
        self.write()

    def appears(
        self,
        kind: Kind,
        detail: str = "",
        trial: int | None = None,
        word: str = "",
        at: float | None = None,
    ) -> None:
        """Something comes on the screen; to be called on its flip."""
        at = self._clock() if at is None else at
        code = self._markers.send(word or kind, at)
        self._close(at)
        self._shown = _row(kind, at, detail, trial) | {"code": code}

    def phase(
        self,
        when: When,
        trial: int | None = None,
        wanted: Collection[str] = (),
        answers: Collection[str] = (),
        begun: float | None = None,
        until: float = inf,
    ) -> None:
        """Say what keys mean, from now or a time on, see :class:`~.presses.Phase`."""
        begun = self._clock() if begun is None else begun
        keys = frozenset(wanted), frozenset(answers)
        self._presses.change(Phase(when, trial, *keys, begun, until))

    def asks(self, kind: Kind, trial: int | None, at: float | None = None) -> None:
        """A question comes on the screen, now or at a time."""
        self._question = _row(kind, self._clock() if at is None else at, "", trial)

    def answers(self, detail: str, at: float, seconds: float | None = None) -> None:
        """The question is answered at a time, or over then (an empty detail).

        ``seconds`` is how long that took where it was measured to more digits.
        """
        if self._question is not None:
            row = _ended(self._question, at) | {"detail": detail}
            self._done.append(row if seconds is None else row | {"duration": seconds})
            self._question = None

    def images_end(self, at: float) -> None:
        """All is answered that was asked of the images: they stay in sight, for nothing more."""
        if self._shown is not None:
            self._done.append(_ended(self._shown, at))
            self._shown = None

    def counts(self, press: Press, word: str = "") -> None:
        """A press means something; ``word`` is the event that its code stands for."""
        self._presses.count(press, self._markers.send(word, self._presses.at(press)))

    def looks(self, heard: Sequence[Heard], ignored: bool) -> None:
        """The session looks for keys, as it does after each flip; too rarely is a stall.

        What was heard in earlier looks has been judged by now, and may be written.
        """
        if len(self._presses) >= MANY_KEYS:
            self.write(sync=False)
        now = self._clock()
        if self._looked is not None and now - self._looked > STALL_S:
            trial = self._presses.phase.trial
            stall = _row("stall", self._looked, "", trial) | {"duration": now - self._looked}
            self._done.append(stall)
        self._looked = now
        self._presses.hear(heard, ignored)

    def rests(self) -> None:
        """Nothing was to be drawn until now: this is no stall."""
        self._looked = None

    def write(self, sync: bool = True) -> None:
        """Hand over all that is known by now, in the order of onsets."""
        for note in self._markers.outlets.happened():
            self._done.append(_row("marker", note.at, note.words, None))
        rows, self._done = [*self._done, *self._presses.take()], []
        if rows:
            self._save(sorted(rows, key=lambda row: (_onset(row), row["kind"] != "images")), sync)

    def _add(self, kind: Kind, at: float, detail: str, trial: int | None = None) -> None:
        code = self._markers.send(f"{kind}_{detail.split()[0]}", at)
        self._done.append(_row(kind, at, detail, trial) | {"code": code})

    def _close(self, at: float) -> None:
        if self._question is not None:
            self._done.append(_ended(self._question, at) | {"detail": INTERRUPTED})
        if self._shown is not None:
            self._done.append(_ended(self._shown, at))
        self._question = None


def _row(kind: Kind, onset: float, detail: str, trial: int | None) -> Row:
    return {"kind": kind, "onset": onset, "trial": trial, "detail": detail}


def _ended(row: Row, at: float) -> Row:
    return row | {"duration": max(0.0, at - _onset(row))}


def _onset(row: Row) -> float:
    onset = row["onset"]
    assert isinstance(onset, float)
    return onset
