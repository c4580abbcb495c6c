"""The known name that is nearest to one that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple


class Near(NamedTuple):
    """A name, or None where none is near; and how a message goes on."""

    name: str | None
    hint: str


def nearest(name: str, known: Iterable[str]) -> Near:
    """The known name that was probably meant.

    >>> nearest("mixed4a_427", ["mixed3b_0012", "mixed4a_0427"])
    Near(name='mixed4a_0427', hint='; the nearest is mixed4a_0427')
    """
    spelt = {one.casefold(): one for one in known}
    close = get_close_matches(name.casefold(), spelt, 1)
    return Near(spelt[close[0]], f"; the nearest is {spelt[close[0]]}") if close else Near(None, "")
