"""Writing what tasks bring in portions, so that a long table is not rewritten for each of them."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")

# Writing waits so many seconds at least, and so many times as long as it took the last time.
LEAST_S, SHARE = 2.0, 20


class Paced(Generic[Item]):
    """Collects items and hands them on in portions; all of them by the end of a ``with`` block.

    The longer writing takes, the rarer it gets: it takes about a twentieth of the time. What is
    lost by a kill is what came since: it is made again.

    Parameters
    ----------
    write : callable
        Takes a list of items.
    """

    def __init__(self, write: Callable[[list[Item]], None]) -> None:
        self._write = write
        self._items: list[Item] = []
        self._due = 0.0

    def add(self, item: Item) -> None:
        """Take an item; write all that wait if it is time."""
        self._items.append(item)
        if time.monotonic() >= self._due:
            self._flush()

    def __enter__(self) -> "Paced[Item]":
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flush()

    def _flush(self) -> None:
        if not self._items:
            return
        started = time.monotonic()
        self._write(self._items)
        self._items = []
        ended = time.monotonic()
        self._due = ended + max(LEAST_S, SHARE * (ended - started))
