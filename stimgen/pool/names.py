"""Names of files: a long list of them in little memory, and how one is written in a table."""

import os
import re
from collections.abc import Iterable, Sequence
from typing import overload

import numpy as np

# What would break a line, steer a terminal or be no UTF-8, and the mark of an escape itself; blanks
# at the ends, which editors and readers of tables take away.
_UNPRINTABLE = "\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff"
_ODD = re.compile(f"[\\\\{_UNPRINTABLE}]|^\\s|\\s\\Z")
_BROKEN = re.compile(f"[{_UNPRINTABLE}]")
_ESCAPE = re.compile(r"\\(?:(x)([0-9a-f]{2})|u([0-9a-f]{4})|([\\nrt]))")
_LETTERS = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CHARACTERS = {escape[1]: letter for letter, escape in _LETTERS.items()}
# Words that readers of tables (pandas, R) take for a missing value.
_MISSING = {"na", "n/a", "nan", "null", "none", "<na>", "#na", "#n/a", "#n/a n/a", "-nan"}
_MISSING |= {"1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"}


def written(name: str) -> str:
    r"""A name as tables and messages have it: one line of printable UTF-8, whatever the name.

    Names are bytes, on most disks. What cannot stand in a table is written as Python writes it: a
    byte that is no UTF-8 ``\xe9``, a line break ``\n``, other control characters and line
    separators ``\x1b`` and ``\u2028``, a blank at either end ``\x20``, a backslash ``\\``. All
    other names, in any script, stay as they are.

    Parameters
    ----------
    name : str
        As the operating system gives it: bytes that are no UTF-8 as surrogates.

    Returns
    -------
    str
        Different for different names; :func:`from_written` is the inverse.

    Examples
    --------
    >>> written("two\nlines.jpg")
    'two\\nlines.jpg'
    """
    if name.casefold() in _MISSING:
        return _escape(name[0]) + name[1:]
    return _ODD.sub(lambda found: _escape(found[0]), name)


def from_written(text: str) -> str:
    r"""The name that :func:`written` has written so.

    A backslash that begins none of its escapes stays as it is.
    """
    return _ESCAPE.sub(_unescape, text)


def printable(text: str) -> str:
    """A text that may hold names, as one line of printable UTF-8; there is no way back."""
    return _BROKEN.sub(lambda found: _escape(found[0]), text)


def at_home(path: str) -> str:
    """A path with ``~`` and ``~somebody`` replaced; as it is where there is no such user."""
    # Path.expanduser fails there.
    return os.path.expanduser(path)  # noqa: PTH111


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        # Python's stand-in for a byte that is no UTF-8.
        return f"\\x{code - 0xDC00:02x}"
    return _LETTERS.get(character) or (f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}")


def _unescape(found: re.Match[str]) -> str:
    byte, code, letter = found[2], found[3], found[4]
    if letter:
        return _CHARACTERS[letter]
    if code:
        return chr(int(code, 16))
    value = int(byte, 16)
    return chr(value if value < 0x80 else 0xDC00 + value)


class Names(Sequence[str]):
    """An immutable sequence of strings, held as one block of bytes and their ends.

    A list of 1.28 million paths takes some 150 MB in Python's own strings, and is copied page by
    page into every worker process as its reference counts change; this takes the bytes of the
    names and 8 for each, and stays shared.

    >>> Names(["a.png", "ä.png"])[1]
    'ä.png'
    """

    def __init__(self, names: Iterable[str]) -> None:
        buffer, ends = bytearray(), [0]
        for name in names:
            # Names that are no valid UTF-8 on disk come as surrogates, of any kind on Windows.
            buffer += name.encode("utf-8", "surrogatepass")
            ends.append(len(buffer))
        self._bytes = np.frombuffer(bytes(buffer), dtype=np.uint8)
        self._ends = np.array(ends, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        part = self._bytes[self._ends[index] : self._ends[index + 1]]
        return part.tobytes().decode("utf-8", "surrogatepass")
