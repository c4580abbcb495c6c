"""Readings that the operator takes from the photometer's display and types in."""

import math
import time

from experiment.calibration.patches import GREY, Patch
from experiment.calibration.screen import PatchScreen
from experiment.screen.pages import Pages
from experiment.screen.window import QUIET, text

# A reading is doubted where it is this much below a darker one or above a brighter one.
DOUBT = 1.25
MARKS = {"period": ".", "comma": ".", "num_decimal": ".", "num_separator": "."}
ENTER = ("return", "num_enter")


class TypedReadings:
    """Asks the operator; a reading that contradicts earlier ones must be typed twice.

    Parameters
    ----------
    name : str
        The photometer's, as the operator calls it.
    pages : Pages
        Asks what Escape meant.
    """

    simulated = False

    def __init__(self, name: str, pages: Pages) -> None:
        self.name, self._pages = f"{name} (typed in)", pages
        self._pressed: list[str] = []
        self._known: dict[tuple[str, str, int], float] = {}

    def seconds(self) -> float:
        """Seconds of this computer's clock."""
        return time.monotonic()

    def read(self, screen: PatchScreen, patch: Patch) -> float:
        """What was typed, in cd/m².

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        asked, doubted = "Reading in cd/m², then Enter", None
        while True:
            value = self._typed(screen, asked)
            if value is None:
                asked = "A number is wanted, as in 12.34, then Enter"
                continue
            why = doubt(patch, value, self._known)
            if not why or value == doubted:
                self._known[patch.stage, patch.channel, patch.value] = value
                return value
            asked, doubted = f"{value:g}? {why} Type it again, then Enter", value

    def _typed(self, screen: PatchScreen, asked: str) -> float | None:
        window, keyboard = screen.window, screen.keyboard
        height = int(window.size[1])
        line = text(window, "_", (0, -height // 4), height=36)
        hint = text(window, asked, (0, -height * 5 // 16), color=QUIET)
        written = ""
        while True:
            line.text = f"{written}_"
            screen.draw()
            line.draw()
            hint.draw()
            window.flip()
            # What is typed fast waits for the next patch, instead of being lost.
            self._pressed += [press.key for press in keyboard.presses()]
            while self._pressed:
                key = self._pressed.pop(0)
                if key in ENTER:
                    return as_luminance(written)
                written = edited(written, key)
            if keyboard.escaped:
                self._pages.ask_to_stop()
                self._pressed.clear()


def edited(written: str, key: str) -> str:
    """What is written after a key was pressed, by PsychoPy's names of keys.

    >>> edited("12", "num_3"), edited("12", "comma"), edited("12", "backspace")
    ('123', '12.', '1')
    """
    if key == "backspace":
        return written[:-1]
    letter = MARKS.get(key, key.removeprefix("num_"))
    is_part = letter == "." or (len(letter) == 1 and letter.isdecimal())
    return written + letter if is_part else written


def as_luminance(written: str) -> float | None:
    """A luminance in cd/m², or None where it is no number."""
    try:
        value = float(written)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def doubt(patch: Patch, value: float, known: dict[tuple[str, str, int], float]) -> str:
    """Why a reading can hardly be right, given earlier ones; empty if it can.

    More of a channel is no darker, and grey no darker than the channels that it is made of.

    Parameters
    ----------
    known : dict
        Luminance in cd/m² by stage, channel and pixel value.
    """
    for (stage, channel, other), before in sorted(known.items()):
        if stage != patch.stage:
            continue
        has_less = channel == patch.channel or patch.channel == GREY
        has_more = channel in (patch.channel, GREY)
        too_dark = has_less and other <= patch.value and value * DOUBT < before
        too_bright = has_more and other >= patch.value and value > DOUBT * before
        if too_dark or too_bright:
            this = f"{patch.channel} {patch.value}"
            return f"{channel.capitalize()} {other} had {before:g}, this is {this}."
    return ""
