"""Commands as they are typed, for messages: names of folders hold blanks and marks of shells."""

import os
import re
import shlex
from collections.abc import Iterable

# What neither Windows' command prompt nor PowerShell takes for its own.
_PLAIN_ON_WINDOWS = re.compile(r"[\w\\/:.+=-]+")


def quoted(words: Iterable[object]) -> str:
    """Words of a command as this computer's shell takes them."""
    plain = [str(word) for word in words]
    return " ".join(map(for_windows, plain)) if os.name == "nt" else shlex.join(plain)


def for_windows(word: str) -> str:
    r"""A word as Windows' shells hand it to a program. Not run there.

    Quotation marks keep an ampersand from ending the command. Backslashes before one
    count twice.

    >>> print(for_windows(r"C:\studies\demo"), for_windows("C:\\R&D\\"))
    C:\studies\demo "C:\R&D\\"
    """
    if _PLAIN_ON_WINDOWS.fullmatch(word):
        return word
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', word)
    return '"' + re.sub(r"(\\+)$", r"\1\1", escaped) + '"'


def typed_command(room: str, *words: object) -> str:
    """A command of a room, to be typed as it is.

    >>> typed_command("stimgen", "preview", "studies/my study")
    "python -m stimgen preview 'studies/my study'"
    """
    return f"python -m {room} {quoted(words)}"
