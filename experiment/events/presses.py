"""All keys that go down or up, and what each press was: what counted, and why the rest did not."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from conditions.tables.events import AWAY, EARLY, EXTRA, HELD, LATE, OTHER, UNNAMED
from experiment.keyboard.listener import ESCAPE, Heard, Press

# Of a trial without any pause; keys are heard long before there are as many.
_REMEMBERED = 8

When = Literal["page", "before", "choice", "confidence", "rating", "after"]
Row = dict[str, object]


@dataclass(frozen=True)
class Phase:
    """What keys mean just now.

    Attributes
    ----------
    when : str
        A page, or the part of a trial: ``before`` and ``after`` its questions.
    trial : int or None
        Its number.
    wanted : frozenset of str
        Keys that answer now, or go on.
    answers : frozenset of str
        All keys that answer in such a trial, now or later.
    begun, until : float
        When it began, as by a flip, and when its question is over, on the session's clock.
    """

    when: When = "page"
    trial: int | None = None
    wanted: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    begun: float = -inf
    until: float = inf

    def reason(self, names: set[str], at: float) -> str:
        """Why a press did not count."""
        if not names & (self.answers | self.wanted):
            return OTHER
        if self.when == "after" or at > self.until:
            return LATE
        answered = self.when == "confidence" or (self.when == "choice" and names & self.wanted)
        return EXTRA if answered else EARLY


@dataclass
class _Waiting:
    heard: Heard
    phase: Phase
    ignored: bool
    counts: bool = False
    code: int | None = None


class Presses:
    """Keys that were heard and are not written yet.

    Parameters
    ----------
    zero : float
        The start of the session by the keyboards' clock.
    """

    def __init__(self, zero: float = 0.0) -> None:
        self._zero, self._begun = zero, -inf
        self._waiting: list[_Waiting] = []
        self._phases = deque([Phase()], maxlen=_REMEMBERED)

    def __len__(self) -> int:
        """How many keys wait to be written."""
        return len(self._waiting)

    @property
    def phase(self) -> Phase:
        """What keys mean now."""
        return self._phases[-1]

    def begin(self, at: float) -> None:
        """Forget what is older than the run: what was pressed on pages before its first file."""
        self._begun, self._waiting = at, []

    def change(self, phase: Phase) -> None:
        """Keys mean something else from its begin on; those from before are still to be heard."""
        self._phases.append(phase)

    def hear(self, heard: Sequence[Heard], ignored: bool) -> None:
        """Take note of what was heard in one look; ``ignored`` where another window had the keys.

        Of such keys nothing is told but that there were some.
        Escape always means something; what else counts is told by :meth:`count`.
        """
        for each in heard:
            at = each.at - self._zero
            if at >= self._begun:
                counts = each.down and each.key == ESCAPE and not ignored
                self._waiting.append(_Waiting(each, self._phase_at(at), ignored, counts))

    def count(self, press: Press, code: int | None) -> None:
        """Take note that a press counted, and of the code that was sent with it."""
        for waiting in reversed(self._waiting):
            heard = waiting.heard
            if heard.down and heard.at == press.at and press.key in (heard.key, *heard.also):
                waiting.counts, waiting.code = True, code
                return

    def at(self, press: Press) -> float:
        """When a key went down, in seconds since the session's start."""
        return press.at - self._zero

    def take(self) -> list[Row]:
        """Rows of all that was heard."""
        waiting, self._waiting = self._waiting, []
        return [self._row(each) for each in waiting]

    def _phase_at(self, at: float) -> Phase:
        """What keys meant at a time: between two looks they may have come to mean several things.

        A disk that is slow keeps the session from looking while one trial ends and another begins.
        """
        begun = (phase for phase in reversed(self._phases) if at >= phase.begun)
        return next(begun, self._phases[0])

    def _row(self, waiting: _Waiting) -> Row:
        heard, phase = waiting.heard, waiting.phase
        at = heard.at - self._zero
        name = UNNAMED if waiting.ignored else heard.key
        row: Row = {"onset": at, "trial": phase.trial, "detail": name, "code": waiting.code}
        if not heard.down:
            return row | {"kind": "release"}
        if not waiting.counts:
            reason = phase.reason({heard.key, *heard.also}, at)
            reason = AWAY if waiting.ignored else HELD if heard.held else reason
            row["detail"] = f"{name} {reason}"
        return row | {"kind": "press"}
