"""Breaks between blocks: a page with a clock, which the participant leaves when it is time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conditions.study.surroundings import Breaks
from experiment.screen.layout import TEXT_HEIGHT
from experiment.screen.page import BODY_HEIGHT, headline, hint_of
from experiment.screen.pages import Pages
from experiment.screen.window import Stimulus, Window, size_of, text
from experiment.texts.languages import Texts, go_on_hint

# Shares of the screen's height.
_RESULT, _CLOCK, _WORDS = 0.2, 0.0, -0.2
# As the table of events has it.
BREAK = "break"


@dataclass(frozen=True)
class Taken:
    """A break: its length in seconds, and whether it was longer than the study's longest."""

    seconds: float
    overlong: bool


def is_break(breaks: Breaks | None, block: int | None, blocks: int) -> bool:
    """Whether a break follows a block.

    Parameters
    ----------
    breaks : Breaks or None
        The study's.
    block : int or None
        Number of the block among main and repeated ones, from 1; None for practice.
    blocks : int
        Their number: after the last there is none.
    """
    if breaks is None or block is None or block >= blocks:
        return False
    return block % breaks.every_blocks == 0


def take_break(
    window: Window,
    pages: Pages,
    texts: Texts,
    breaks: Breaks,
    go_on: tuple[str, ...],
    result: str,
    on_end: Callable[[Taken], None],
) -> None:
    """Show the clock until the key that goes on is pressed, which works after the least time.

    Nobody is put before trials by a clock: after the most time the page asks to go on, and waits.

    Parameters
    ----------
    window, pages, texts
        Where, by what and in which words it is shown.
    breaks : Breaks
        The least and the most time.
    go_on : tuple of str
        Keys that go on.
    result : str
        What was right in the block before.
    on_end : callable
        Is told of the break, also where the session is stopped in it.

    Raises
    ------
    StoppedError
        Where the operator stops the session.
    """
    height = size_of(window)[1]

    def line(words: str, place: float, **options: Any) -> Stimulus:
        return text(window, words, (0, round(place * height)), **options)

    fixed = [headline(window, texts["break_title"]), line(result, _RESULT, height=BODY_HEIGHT)]
    clock = _Changing(line("", _CLOCK, height=3 * TEXT_HEIGHT))
    below = _Changing(line("", _WORDS, height=BODY_HEIGHT))
    hint = hint_of(window, go_on_hint(texts, go_on))
    begun = time.monotonic()

    def passed() -> float:
        return time.monotonic() - begun

    def draw() -> None:
        seconds = passed()
        for stimulus in [*fixed, *([hint] * (seconds >= breaks.least_seconds))]:
            stimulus.draw()
        clock.draw(clock_face(seconds))
        below.draw(_words(texts, breaks, seconds))

    try:
        with pages.events.pause(BREAK):
            if breaks.least_seconds:
                pages.hold(draw, lambda: passed() >= breaks.least_seconds, BREAK)
            pages.wait(draw, name=BREAK)
    finally:
        seconds = passed()
        on_end(Taken(round(seconds, 1), _is_overlong(breaks, seconds)))


def clock_face(seconds: float) -> str:
    """Minutes and whole seconds.

    >>> clock_face(0), clock_face(125.9), clock_face(3600)
    ('0:00', '2:05', '60:00')
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _is_overlong(breaks: Breaks, seconds: float) -> bool:
    return breaks.most_seconds is not None and seconds > breaks.most_seconds


def _words(texts: Texts, breaks: Breaks, seconds: float) -> str:
    if seconds < breaks.least_seconds:
        return texts["break_least"].format(least=clock_face(breaks.least_seconds))
    return texts["break_over"] if _is_overlong(breaks, seconds) else ""


class _Changing:
    """A text that changes now and then: to lay it out takes longer than to draw it."""

    def __init__(self, stimulus: Stimulus) -> None:
        self._stimulus, self._words = stimulus, ""

    def draw(self, words: str) -> None:
        if words != self._words:
            self._stimulus.text = self._words = words
        self._stimulus.draw()
