"""Names in words, as commands and pages say them."""

from collections.abc import Iterable

# So many are named.
NAMED = 5


def named(names: Iterable[str], count: int | None = None) -> str:
    """The first of some names, and how many more there are: of ``count``, if that is given.

    >>> named("abcdefg")
    'a, b, c, d, e and 2 more'
    """
    names = list(names)
    left = (len(names) if count is None else count) - len(names[:NAMED])
    return ", ".join(names[:NAMED]) + (f" and {left:,} more" if left else "")


def no_row_of(images: str, names: Iterable[str]) -> str:
    """What a report lacks of images in a study, and what can be done about it."""
    return (
        f"has no row of {images} that are there ({named(names)}), and says nothing of them: "
        "restore it from a copy, or move those images elsewhere, and they are made again"
    )
