"""The page on which each answer key is pressed once, before the first trial of a run."""

from experiment.checks.check import Check
from experiment.keyboard.listener import Press
from experiment.keyboard.placed import Placed
from experiment.screen.layout import TEXT_HEIGHT
from experiment.screen.page import headline, hint_of
from experiment.screen.pages import Pages
from experiment.screen.window import Stimulus, Window, length, text
from experiment.texts.languages import as_printed, go_on_hint, key_label

PRESSED, WAITS = "✓", "·"
# Between keys, in pixels of a usual screen.
BESIDE, BELOW = 120, 84
# Share of the screen's width that a row may take.
ROOM = 0.9


class KeyCheck:
    """Which answer keys have been pressed, and on which devices.

    Parameters
    ----------
    placed : Placed
        The study's keys on this keyboard.
    override : bool
        Whether to go on without them.
    """

    def __init__(self, placed: Placed, override: bool) -> None:
        self._placed, self._override = placed, override
        keys = placed.study.keys
        self._choices, self._go_on = keys.choices, keys.go_on
        self._answers = keys.answers
        self._pressed: dict[str, str] = {}
        self.changed, self.over = False, False

    def hear(self, press: Press) -> bool:
        """Take note of a press; the key that goes on ends it once each answer was given.

        Returns whether it was of use.
        """
        key = press.among(self._answers)
        if key is not None and key not in self._pressed:
            self._pressed[key] = press.device
            self.changed = True
            return True
        if press.among(self._go_on) is not None:
            self.over = self.complete or self._override
            return self.over
        return False

    @property
    def complete(self) -> bool:
        """Whether each answer was given, by one of its keys at least."""
        return all(any(key in self._pressed for key in keys) for keys in self._choices)

    @property
    def asked(self) -> tuple[str, ...]:
        """All keys to press, and the one that goes on."""
        return (*self._answers, self._go_on[0])

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The keys, a row a question, or a row an image where one key says all."""
        two_stage = self._placed.study.keys.mode == "two_stage"
        first = 2 if two_stage else len(self._choices) // 2
        rows = self._choices[:first], self._choices[first:]
        return tuple(tuple(key for keys in row for key in keys) for row in rows)

    def words(self, key: str) -> str:
        """What is printed on a key, and below it a mark that says whether it was pressed."""
        mark = PRESSED if key in self._pressed else WAITS
        return f"{key_label(as_printed(self._placed.texts), key)}\n{mark}"

    def check(self) -> Check:
        """The result as a line."""
        missing = [key for key in self._answers if key not in self._pressed]
        devices = ", ".join(dict.fromkeys(self._pressed.values())) or "no device"
        n = len(self._answers)
        found = f"all {n} pressed" if not missing else f"{n - len(missing)} of {n} pressed"
        without = f", not {' '.join(missing)}" if missing else ""
        return Check("answer keys", self.complete, f"{found}{without}, seen by {devices}")


def check_keys(pages: Pages, window: Window, placed: Placed, override: bool) -> Check:
    """Show the page until each answer was given and the key was pressed that goes on.

    Raises
    ------
    StoppedError
        Where the operator presses Escape and then confirms.
    """
    keys, texts = KeyCheck(placed, override), placed.texts
    title = headline(window, texts["keys_title"])
    caps = _caps(window, keys)
    go_on = go_on_hint(texts, placed.study.keys.go_on)
    hint = hint_of(window, "")

    def draw() -> None:
        if keys.changed:
            for key, cap in caps.items():
                cap.text = keys.words(key)
            keys.changed = False
        if (keys.complete or override) and not hint.text:
            hint.text = go_on
        for stimulus in (title, *caps.values(), hint):
            stimulus.draw()

    pages.listen(draw, keys.asked, keys.hear, lambda: keys.over, "key check")
    return keys.check()


def _caps(window: Window, keys: KeyCheck) -> dict[str, Stimulus]:
    """A text for each key, in equal columns; letters are smaller where there are many keys."""
    caps = {
        key: text(window, keys.words(key), height=TEXT_HEIGHT + 22)
        for row in keys.rows
        for key in row
    }
    column = max(cap.boundingBox[0] for cap in caps.values()) + length(window, BESIDE)
    smaller = min(1, ROOM * window.size[0] / column / max(map(len, keys.rows)))
    between = length(window, BELOW)
    for row, up in zip(keys.rows, (between, -between), strict=True):
        for i, key in enumerate(row):
            caps[key].resize(caps[key].height * smaller)
            caps[key].pos = (round((i - (len(row) - 1) / 2) * column * smaller), up)
    return caps
