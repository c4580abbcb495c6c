"""Letters in the order and form in which they stand on the screen.

What draws places one glyph a letter, from left to right. So letters that run from right to left
are turned round here, Arabic ones joined, and lines broken before that: turned round first, the
beginning of a paragraph would stand in its last line.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from experiment.texts.fonts.lines import lines_of

_FROM_RIGHT = {"R", "AL"}
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
# Vowels of Thai and Lao that are written before their consonant: both would be drawn as one.
_BEFORE_THEIRS = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")


def laid_out(text: str, width: Callable[[str], float], room: float, direction: str) -> str:
    """A text as it is to be drawn, glyph by glyph, from left to right.

    Parameters
    ----------
    text : str
        As it is written.
    width : callable
        Width of a text, in the unit of ``room``.
    room : float
        Longest line, see :func:`~.lines.lines_of`.
    direction : str
        ltr or rtl, that of the language. A line without any letter that runs from right to left
        (English for the operator) stays as it is.
    """
    return "\n".join(
        line for paragraph in text.split("\n") for line in _lines(paragraph, width, room, direction)
    )


def _lines(
    paragraph: str, width: Callable[[str], float], room: float, direction: str
) -> Iterator[str]:
    # é may be written as e and a mark, which would not be drawn.
    paragraph = unicodedata.normalize("NFC", paragraph)
    turned = any(unicodedata.bidirectional(letter) in _FROM_RIGHT for letter in paragraph)
    if _ARABIC.search(paragraph):
        paragraph = _reshaper().reshape(paragraph)
    for line in lines_of(paragraph, width, room):
        yield _visible(_turned(line, direction) if turned else line)


def _turned(line: str, direction: str) -> str:
    # The other get_display of this library leaves brackets as they are.
    from bidi.algorithm import get_display

    return str(get_display(line, base_dir="R" if direction == "rtl" else "L"))


@lru_cache(maxsize=1)
def _reshaper() -> Any:
    from arabic_reshaper import ArabicReshaper

    # Of the ligatures only those that the script demands: fonts lack many of the others.
    return ArabicReshaper({"delete_harakat": False, "ARABIC LIGATURE ALLAH": False})


def _visible(line: str) -> str:
    """A line without the marks that say where letters join or which way they run."""
    return "".join(letter for letter in line if unicodedata.category(letter) != "Cf")


def undrawn(text: str, letters: frozenset[int], direction: str) -> list[str]:
    """Letters of a text that a font cannot draw, each once, in order.

    Marks that stand on another letter are among them, whatever the font has: what draws takes one
    glyph a letter, and leaves them out.
    """
    shown = laid_out(text, len, float("inf"), direction)
    return [letter for letter in dict.fromkeys(shown) if not _is_drawn(letter, letters)]


def _is_drawn(letter: str, letters: frozenset[int]) -> bool:
    if letter.isspace():
        return True
    if unicodedata.category(letter).startswith("M") or _BEFORE_THEIRS.match(letter):
        return False
    return ord(letter) in letters
