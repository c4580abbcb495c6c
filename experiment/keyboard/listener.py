"""Key presses with the time they happened at, each reported once."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from conditions.rig.key_names import STOP_KEY as ESCAPE
from experiment.keyboard.boxes.box import Box
from experiment.keyboard.layouts.caps import num_lock_is_on
from experiment.keyboard.pad import counts_as, is_pad
from experiment.keyboard.plugged import PlugWatch
from experiment.keyboard.queues import BACKEND, Keyboards, KeyEvent

__all__ = ["BACKEND", "ESCAPE", "KeyListener", "Press"]


@dataclass(frozen=True)
class Press:
    """A key that went down ``rt`` seconds after the clock was started.

    ``also`` are keys that it counts as (of the number pad), ``device`` is where it was pressed,
    ``at`` when, by the keyboards' clock.
    """

    key: str
    rt: float
    also: tuple[str, ...] = ()
    device: str = ""
    at: float = 0.0

    def among(self, wanted: Collection[str]) -> str | None:
        """Which of some keys it is or counts as; None if it is none of them.

        >>> Press("num_1", 0.5, also=("1",)).among(["1", "2", "3"])
        '1'
        """
        return next((key for key in (self.key, *self.also) if key in wanted), None)


@dataclass(frozen=True)
class Heard:
    """A key that went down or up, whether it counts for anything or not.

    ``at`` is by the keyboards' clock; ``held`` says that it was down already. For the rest see
    :class:`Press`.
    """

    key: str
    also: tuple[str, ...]
    down: bool
    at: float
    held: bool = False


class KeyListener:
    """All keyboards, through Psychtoolbox's event queues, and a response box if there is one.

    Times do not depend on our polling. ``escaped`` tells whether Escape went down at any time
    since it was last set to False: the operator is heard in every phase of a trial. ``heard`` is
    all that came in the last look, in order, what went up and what was pressed too early as well.

    Parameters
    ----------
    own : collection of str
        Keys of the number pad that mean something themselves, see
        :func:`experiment.keyboard.pad.counts_as`.
    make_box : callable, optional
        Makes the response box, given the keyboards.

    Raises
    ------
    StudyError
        Where psychtoolbox, a keyboard or the box is missing.
    """

    def __init__(
        self, own: Collection[str] = (), make_box: Callable[[Keyboards], Box] | None = None
    ) -> None:
        self.keyboards = Keyboards()
        self._own = frozenset(own)
        self.box = make_box(self.keyboards) if make_box is not None else None
        self._plugs, self._used = PlugWatch(), set[str]()
        self._started = self.keyboards.time()
        # Keys that are down now, by device and key: their names, and since when.
        self._down: dict[tuple[str, str], tuple[tuple[str, ...], float]] = {}
        self.escaped = False
        self.heard: tuple[Heard, ...] = ()

    @property
    def backend(self) -> str:
        """Name of PsychoPy's back end in use."""
        return BACKEND

    def start(self) -> None:
        """Forget what was pressed before and count time from now; for ``callOnFlip``."""
        self._started = self.keyboards.time()

    def time(self) -> float:
        """Seconds since the start."""
        return self.keyboards.time() - self._started

    def presses(self) -> list[Press]:
        """New presses since the last call, in order, of keys that went down after the start.

        Raises
        ------
        StudyError
            Where a keyboard that was used, or the box, is gone.
        """
        self._plugs.require("keyboard", self._used)
        new, heard = [], []
        for event in self._events():
            where = (event.device, event.key)
            if not event.down:
                self._down.pop(where, None)
                heard.append(Heard(event.key, (), False, event.at))
                continue
            self._used.add(event.device)
            press = self._press(event)
            heard.append(Heard(press.key, press.also, True, event.at, where in self._down))
            self._down[where] = ((press.key, *press.also), event.at)
            if press.rt >= 0:
                new.append(press)
        self.heard = tuple(heard)
        self.escaped |= any(press.key == ESCAPE for press in new)
        return new

    def held(self, key: str) -> float | None:
        """Seconds that a key has been down since its press was reported; None if it is up."""
        since = [at for names, at in self._down.values() if key in names and at >= self._started]
        return self.keyboards.time() - max(since) if since else None

    def close(self) -> None:
        """Let go of the response box."""
        if self.box is not None:
            self.box.close()

    def _events(self) -> list[KeyEvent]:
        events = self.keyboards.events()
        if self.box is not None:
            events = sorted(self.box.joined(events), key=lambda event: event.at)
        return events

    def _press(self, event: KeyEvent) -> Press:
        also: tuple[str, ...] = ()
        if is_pad(event.key):
            also = counts_as(event.key, self._own, num_lock_is_on())
            if self.box is not None:
                also = tuple(name for name in also if self.box.heard(name, event.device))
        return Press(event.key, event.at - self._started, also, event.device, event.at)
