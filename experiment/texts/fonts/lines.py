"""Where lines end: a paragraph in as few lines as have room, all of about the same length."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise

_WIDE = {"W", "F"}
# No line of Chinese or Japanese begins with these, besides all that closes or ends.
_SMALL = set("ぁぃぅぇぉっゃゅょァィゥェォッャュョ々ー")
_CLOSES, _OPENS = {"Pe", "Pf", "Po"}, {"Ps", "Pi"}
# Spaces between columns, as in “↑ upper     ↓ lower”: a line rather ends there than within one.
_COLUMNS = re.compile(r"(?<=\S) {2,}(?=\S)")
# How often the range of lengths is halved in which the least one lies.
_HALVED = 12


def lines_of(paragraph: str, width: Callable[[str], float], room: float) -> list[str]:
    """Break a paragraph into lines.

    There are as few as have room, and they are as short as so many can be: none but a word is
    left over for the last one.

    >>> lines_of("Which of them drives a unit strongly?", len, 36)
    ['Which of them drives', 'a unit strongly?']

    Parameters
    ----------
    paragraph : str
        Without line ends.
    width : callable
        Width of a text, in the unit of ``room``: the sum of those of its letters.
    room : float
        Longest line; a word that is longer has one of its own.
    """
    if width(paragraph) <= room:
        return [paragraph]
    pieces = _columns(paragraph, width, room) or _cut(paragraph, _breaks(paragraph))
    widths = [(width(piece.rstrip()), width(piece)) for piece in pieces]
    ends = _filled(widths, room)
    short, enough = room / (2 * len(ends)), room
    for _ in range(_HALVED):
        middle = (short + enough) / 2
        if len(narrower := _filled(widths, middle)) <= len(ends):
            enough, ends = middle, narrower
        else:
            short = middle
    starts = [0, *ends[:-1]]
    return ["".join(pieces[a:b]).rstrip() for a, b in zip(starts, ends, strict=True)]


def is_wide(letter: str) -> bool:
    """Whether a letter is one of those that stand without spaces (Chinese, Japanese)."""
    return unicodedata.east_asian_width(letter) in _WIDE


def _filled(widths: list[tuple[float, float]], room: float) -> list[int]:
    """Where each line ends, as the number of pieces before, where each takes what it holds."""
    ends, taken = [], 0.0
    for i, (bare, whole) in enumerate(widths):
        if taken and taken + bare > room:
            ends.append(i)
            taken = 0.0
        taken += whole
    return [*ends, len(widths)]


def _columns(paragraph: str, width: Callable[[str], float], room: float) -> list[str]:
    """The columns of a paragraph, with the spaces after each; none where one is too long."""
    columns = _cut(paragraph, (found.end() for found in _COLUMNS.finditer(paragraph)))
    fits = len(columns) > 1 and all(width(column.rstrip()) <= room for column in columns)
    return columns if fits else []


def _cut(text: str, ends: Iterator[int]) -> list[str]:
    places = [0, *ends, len(text)]
    return [text[a:b] for a, b in pairwise(places)]


def _breaks(text: str) -> Iterator[int]:
    """Where a line may end, as the number of letters before."""
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        if before == " " != after:
            yield at
        elif (is_wide(before) or is_wide(after)) and after != " ":
            ends = unicodedata.category(after) in _CLOSES or after in _SMALL
            if not ends and unicodedata.category(before) not in _OPENS:
                yield at
