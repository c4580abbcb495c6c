"""A long list of names in little memory."""

from collections.abc import Iterable, Sequence
from typing import overload

import numpy as np


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
            # Names that are no valid UTF-8 on disk come as surrogates.
            buffer += name.encode("utf-8", "surrogateescape")
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
        return part.tobytes().decode("utf-8", "surrogateescape")
