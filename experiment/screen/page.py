"""What a page of text looks like: a title, a text and a hint, each clear of the others."""

from dataclasses import dataclass
from typing import Any

from experiment.screen.layout import TEXT_HEIGHT
from experiment.screen.paging import pages_of
from experiment.screen.window import (
    QUIET,
    SMALLEST,
    Stimulus,
    Window,
    length,
    shown,
    size_of,
    text,
    text_within,
)

# Shares of the screen's height: where the middle of the title, the hint and the number of the page
# are.
TITLE, HINT, NUMBER = 1 / 3, -0.4, 0.465
TITLE_HEIGHT, BODY_HEIGHT = TEXT_HEIGHT + 22, TEXT_HEIGHT + 8
# A line that is easily followed holds so many letters' heights: some 70 letters.
LINE = 42.0
# Letters shrink to this share where a text is long; then it goes on on another page.
_SMALLER = 0.7
# The least share of a page's height that its text may take, whatever the title leaves.
_LEAST = 0.1


@dataclass(frozen=True)
class Sheet:
    """A page: what is drawn all the time, and the hint that says what goes on."""

    words: tuple[Stimulus, ...]
    hint: Stimulus

    def draw(self) -> None:
        """Draw all but the hint."""
        for stimulus in self.words:
            stimulus.draw()


def headline(window: Window, words: str) -> Stimulus:
    """The title of a page, in smaller letters where it takes more than two lines."""
    place = (0, round(TITLE * size_of(window)[1]))
    two_lines = round(2.6 * length(window, TITLE_HEIGHT))
    return text_within(window, words, two_lines, TITLE_HEIGHT, place=place, bold=True)


def hint_of(window: Window, words: str) -> Stimulus:
    """The line at the lower edge of a page that says what goes on."""
    return text(window, words, (0, round(HINT * size_of(window)[1])), color=QUIET)


def numbered(name: str, pages: int) -> list[str]:
    """Names of pages: with numbers where there are several.

    >>> numbered("welcome", 1), numbered("keys", 2)
    (['welcome'], ['keys 1', 'keys 2'])
    """
    return [name] if pages == 1 else [f"{name} {i}" for i in range(1, pages + 1)]


def sheets(
    window: Window,
    body: str,
    title: str,
    go_on: str,
    number: str,
    height: int = BODY_HEIGHT,
    **options: Any,
) -> list[Sheet]:
    """Lay out a text on a page, or on several where it is long.

    Parameters
    ----------
    window : psychopy.visual.Window
    body, title, go_on : str
        The text; its title, or nothing; and the hint.
    number : str
        What says which page it is where there are several, with {page} and {pages}.
    height : int
        Of the letters on a usual screen. They are smaller where the text is long.
    **options
        See :func:`experiment.screen.window.text`. Texts that are not centred are lists: their lines
        may be as long as the screen is wide.
    """
    heading = [headline(window, title)] if title else []
    below = hint_of(window, go_on)
    apart = length(window, TEXT_HEIGHT)
    lowest = below.box[3] + apart
    highest = heading[0].box[2] - apart if heading else -lowest
    tallest = max(round(highest - lowest), round(_LEAST * size_of(window)[1]))
    if "alignText" not in options:
        options["line"] = LINE
    smallest = max(SMALLEST, round(_SMALLER * length(window, height)))
    words = text_within(window, body.strip(), tallest, height, smallest, **options)
    parts = [body.strip()]
    if words.boundingBox[1] > tallest:

        def fits(part: str) -> bool:
            words.text = part
            return bool(words.boundingBox[1] <= tallest)

        parts = pages_of(body, fits)
    found = []
    for i, part in enumerate(parts, start=1):
        if len(parts) > 1:
            words = text_within(window, part, tallest, height, smallest, **options)
        half = words.boundingBox[1] / 2
        words.pos = (0, round(max(lowest + half, min(0, highest - half))))
        numbers = [_number(window, number.format(page=i, pages=len(parts)))] * (len(parts) > 1)
        found.append(Sheet((*heading, words, *numbers), below))
    return found


def notice(window: Window, words: str) -> list[Stimulus]:
    """A band at the lower edge, below the hints of all pages."""
    from psychopy import visual

    width, height = size_of(window)
    tall = min(length(window, 2 * TEXT_HEIGHT), height // 15)
    place = (0, (tall - height) // 2)
    colours = {"colorSpace": "rgb255", "fillColor": shown(window, "foreground")}
    band = visual.Rect(window, width, tall, pos=place, lineColor=None, **colours)
    return [band, text_within(window, words, tall, TEXT_HEIGHT, place=place, color="background")]


def _number(window: Window, words: str) -> Stimulus:
    return text(window, words, (0, round(NUMBER * size_of(window)[1])), color=QUIET)
