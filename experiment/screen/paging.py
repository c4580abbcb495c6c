"""A long text cut into pages that each fit on the screen."""

import re
from collections.abc import Callable

# Where a page ends if it can: after a paragraph, a line, a sentence, a word. The share of what
# would fit that a page holds at least, for an end of that kind to be taken.
_ENDS = (("\n\n", 0.6), ("\n", 0.6), (". ", 0.6), ("。", 0.6), (" ", 0.0))

# A paragraph of one line that ends no sentence is a heading: it stands above what follows.
_HEADING = re.compile(r"\n\n[^\n]{1,60}(?<![.!?…。])\Z")

# So many letters are tried first: to lay out twenty pages at once takes seconds.
_FIRST = 250

# Shorter ones fit on a line of any screen.
_LONG_WORD = re.compile(r"\S{40,}")


def pages_of(words: str, fits: Callable[[str], bool]) -> list[str]:
    """Cut a text into pages.

    Parameters
    ----------
    words : str
        The text; empty lines stand between paragraphs.
    fits : callable
        Whether a piece of it fits on a page; of what fits, any beginning does.

    Returns
    -------
    list of str
        Every letter once, in order. A page holds a letter even if nothing fits.
    """
    pages, rest = [], words.strip()
    while rest:
        end = _end_of_page(rest, fits)
        pages.append(rest[:end].rstrip())
        rest = rest[end:].lstrip("\n ")
    return pages


def broken(words: str, fits_line: Callable[[str], bool]) -> str:
    """The text with line ends in words, as in long addresses, that no line has room for."""

    def parts(word: re.Match[str]) -> str:
        found, rest = [], word[0]
        while rest:
            end = _most(rest, fits_line)
            found.append(rest[:end])
            rest = rest[end:]
        return "\n".join(found)

    return _LONG_WORD.sub(parts, words)


def _most(words: str, fits: Callable[[str], bool]) -> int:
    """How many letters from the beginning fit; 1 if none does."""
    most, too_many = 1, min(_FIRST, len(words))
    while fits(words[:too_many]):
        if too_many == len(words):
            return too_many
        most, too_many = too_many, min(2 * too_many, len(words))
    while too_many - most > 1:
        middle = (most + too_many) // 2
        most, too_many = (middle, too_many) if fits(words[:middle]) else (most, middle)
    return most


def _end_of_page(words: str, fits: Callable[[str], bool]) -> int:
    """How many letters the first page holds."""
    most = _most(words, fits)
    if most == len(words):
        return most
    for mark, least in _ENDS:
        # What a page ends with may stand beyond it where that is empty.
        found = words.rfind(mark, 0, most + len(mark))
        end = found + len(mark.rstrip())
        if found > 0 and end <= most and end >= least * most:
            heading = _HEADING.search(words, 0, end) if mark == _ENDS[0][0] else None
            return heading.start() if heading else end
    return most
