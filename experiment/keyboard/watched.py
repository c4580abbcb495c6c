"""Keys that count only while the window of the session has the keyboard."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from experiment.keyboard.listener import Heard, KeyListener, Press


class Focus(Protocol):
    """What the window system says about a window; see :mod:`experiment.screen.focus`."""

    def kept(self, surely: bool = True) -> bool:
        """Whether the window has the keyboard now, and has had it since this was last asked.

        Where nothing hangs on it (not ``surely``), an answer that is a moment old will do.
        """

    def take(self) -> None:
        """Ask the window system to give the window the keyboard."""

    def clicked(self) -> bool:
        """Whether the mouse was pressed in the window since this was last asked."""


class Keyboard(Protocol):
    """What hears keys: a listener, or one that is watched."""

    escaped: bool

    def start(self) -> None:
        """Forget what was pressed before and count time from now."""

    def presses(self) -> list[Press]:
        """New presses since the last call, in order."""


@dataclass(frozen=True)
class FocusLoss:
    """A time during which another window had the keyboard, or ours was not to be seen.

    ``phase`` is what was on the screen: ``page``, or the part of the ``trial`` of that number
    (``blank``, ``fixation``, ``choice``, ``confidence``, ``rating``, ``feedback``), without a
    number of the example. ``at`` is when
    it was found, in seconds since the session's start; ``seconds`` how long it lasted, None where
    it had no end. ``again`` says whether the trial was taken back and began again.
    """

    phase: str
    trial: int | None
    at: float
    seconds: float | None = None
    again: bool = False


class WatchedKeyboard:
    """A listener whose presses count only where the window had the keyboard.

    Psychtoolbox hears all keys of the computer, whichever window they are typed into. Presses are
    read first and the window system is asked after that: what was typed into another window was
    typed after that window got the keyboard, so the loss is known when the press is judged. A
    press that was read at the same moment as a loss, or as the return from one, counts for nothing.

    ``away`` tells whether the window lacked the keyboard when presses were last read, ``lost``
    whether it did at any time since this was last set to False.

    Parameters
    ----------
    listener : KeyListener
        Hears the keys.
    focus : Focus
        Of the session's window.
    clock : callable
        Seconds since the session's start.
    on_change : callable
        Called when the window has lost the keyboard, and when it has got it back.
    on_look : callable
        Told at each look of all keys that were heard, and whether none of them counts because
        another window had the keyboard.
    """

    def __init__(
        self,
        listener: KeyListener,
        focus: Focus,
        clock: Callable[[], float],
        on_change: Callable[[], None] = lambda: None,
        on_look: Callable[[Sequence[Heard], bool], None] = lambda heard, ignored: None,
    ) -> None:
        self._listener, self.focus = listener, focus
        self._clock, self._on_change, self._on_look = clock, on_change, on_look
        self._phase = "page"
        self._trial: int | None = None
        self._losses: list[FocusLoss] = []
        self.away, self.lost = False, False

    @property
    def escaped(self) -> bool:
        """Whether Escape went down, as of :class:`KeyListener`; in another window it does not."""
        return self._listener.escaped

    @escaped.setter
    def escaped(self, escaped: bool) -> None:
        self._listener.escaped = escaped

    def losses(self) -> list[dict]:
        """All losses so far, as they are recorded."""
        return [asdict(each) for each in self._losses]

    def now(self, phase: str, trial: int | None = None) -> None:
        """Say what is on the screen from now on: losses are recorded with it."""
        self._phase, self._trial = phase, trial

    def take_back(self) -> None:
        """Note that the trial in which the window lost the keyboard begins again."""
        if self._losses:
            self._losses[-1] = replace(self._losses[-1], again=True)

    def start(self) -> None:
        """Forget what was pressed before and count time from now; for ``callOnFlip``."""
        self._listener.start()

    def time(self) -> float:
        """Seconds since the start."""
        return self._listener.time()

    def presses(self) -> list[Press]:
        """New presses that count, see :meth:`KeyListener.presses`."""
        escaped, was_away = self._listener.escaped, self.away
        presses, heard = self._listener.presses(), self._listener.heard
        self.away = not self.focus.kept(surely=bool(heard))
        if self.away and not was_away:
            self.lost = True
            self._losses.append(FocusLoss(self._phase, self._trial, round(self._clock(), 3)))
        elif was_away and not self.away:
            last = self._losses[-1]
            self._losses[-1] = replace(last, seconds=round(self._clock() - last.at, 3))
        self._on_look(heard, self.away or was_away)
        if self.away != was_away:
            self._on_change()
        if self.away or was_away:
            self._listener.escaped = escaped
            return []
        return presses

    def held(self, key: str) -> float | None:
        """Seconds that a key has been down; None where it is up, or another window's."""
        return None if self.away else self._listener.held(key)
