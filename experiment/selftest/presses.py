"""The key loop: which keys are heard, from which device, and how soon the program knows."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from conditions.rig.selftest import Presses
from experiment.keyboard.listener import Press
from experiment.keyboard.watched import WatchedKeyboard
from experiment.keyboard.xtest import FakeKeyboard
from experiment.screen.pages import EscapedError
from experiment.screen.window import Window
from experiment.selftest.flips import described_times

# Whoever presses no key for so many seconds is not going to.
PATIENCE = 30.0
KEY = "space"
HELD = 0.03
PAUSES = (0.06, 0.14)


@dataclass(frozen=True)
class Heard:
    """A press, and when the program took note of it, in seconds of the listener's clock."""

    press: Press
    noted: float


class Presser:
    """A script that presses a key some times, at moments that have nothing to do with flips.

    ``pressed`` are the times of the listener's clock right before each press was sent.
    """

    def __init__(self, keyboard: WatchedKeyboard, times: int) -> None:
        self._fake, self._keyboard, self._times = FakeKeyboard(), keyboard, times
        self.pressed: list[float] = []
        self._thread = threading.Thread(target=self._press_all, daemon=True)

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread.start()

    def join(self) -> None:
        """Wait for the last press."""
        self._thread.join()

    def _press_all(self) -> None:
        rng = random.Random(self._times)
        for _ in range(self._times):
            time.sleep(rng.uniform(*PAUSES))
            self.pressed.append(self._keyboard.time())
            self._fake.press(KEY, HELD)


def hear_presses(
    window: Window,
    keyboard: WatchedKeyboard,
    wanted: int,
    draw: Callable[[int], object],
    patience: float = PATIENCE,
) -> list[Heard]:
    """Listen until so many presses of any key were heard, or none for some seconds.

    Whatever is pressed after the last one counts for nothing.

    Parameters
    ----------
    window, keyboard
        What is flipped, and who listens, once a flip, as in trials; it must have been started.
    wanted : int
        Presses to wait for.
    draw : callable
        Draws; is given the number of presses so far.
    patience : float
        Seconds without a press after which no more are waited for.

    Raises
    ------
    EscapedError
        On Escape.
    """
    heard: list[Heard] = []
    last = keyboard.time()
    while len(heard) < wanted and keyboard.time() - last < patience:
        new = keyboard.presses()
        last = keyboard.time() if new else last
        heard += [Heard(press, keyboard.time()) for press in new]
        if keyboard.escaped:
            raise EscapedError
        draw(len(heard))
        window.flip()
    return heard[:wanted]


def described_presses(
    heard: list[Heard],
    wanted: int,
    pressed: list[float] | None = None,
) -> Presses:
    """Sum up presses; ``pressed`` are the times at which a script pressed, if one did."""
    errors: list[float] = []
    if pressed is not None and len(pressed) == len(heard):
        # Presses come in order; were one lost, nobody could tell which.
        errors = [each.press.rt - at for each, at in zip(heard, pressed, strict=True)]
    return Presses(
        pressed_by="person" if pressed is None else "script",
        wanted=wanted,
        heard=len(heard),
        devices=dict(Counter(each.press.device or "keyboard" for each in heard)),
        to_program=described_times([each.noted - each.press.rt for each in heard])
        if heard
        else None,
        stamp_error=described_times(errors) if errors else None,
    )
