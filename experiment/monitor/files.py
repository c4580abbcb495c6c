"""Files that somebody else is writing: read when they have changed, as far as they are whole."""

import csv
import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

Content = TypeVar("Content")
Row = dict[str, str]


@dataclass(frozen=True)
class _Kept:
    stamp: tuple[int, int]
    changed: float
    content: Any


class Files:
    """What files hold, read again only where their size or time is another.

    A file is open for the moment of reading alone: on Windows nobody can replace one that is open.

    Parameters
    ----------
    clock : callable
        Seconds that go on evenly. Ages count from the moment at which a change was seen, for the
        clock of a file server may be minutes off.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Path, _Kept] = {}

    def read(self, path: Path, parse: Callable[[bytes], Content]) -> Content | None:
        """What a file holds; None where it is not there.

        Raises
        ------
        OSError
            Where it is there, or may be, and cannot be read.
        """
        try:
            there = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self._kept.pop(path, None)
            return None
        kept = self._kept.get(path)
        stamp = there.st_size, there.st_mtime_ns
        if kept is None or kept.stamp != stamp:
            changed = self._clock()
            if kept is None:
                changed -= max(0.0, time.time() - there.st_mtime)
            kept = self._kept[path] = _Kept(stamp, changed, parse(path.read_bytes()))
        content: Content = kept.content
        return content

    def age(self, *paths: Path) -> float | None:
        """Seconds since the last of some files changed; None where none of them has been read."""
        changes = [self._kept[path].changed for path in paths if path in self._kept]
        return max(0.0, self._clock() - max(changes)) if changes else None


def whole_rows_of(content: bytes) -> list[Row]:
    """Rows of a table by column, without one that is still being written."""
    whole = content[: content.rfind(b"\n") + 1].decode("utf-8-sig", "replace")
    # As a power cut leaves them; the csv module of Python 3.10 refuses them.
    whole = whole.replace("\0", "\ufffd")
    first = whole.partition("\n")[0]
    # A spreadsheet may have saved the table of a session that is over.
    mark = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(whole, newline=""), delimiter=mark, restval="")
    return [{str(name): str(cell) for name, cell in row.items()} for row in rows]


def number_of_rows(content: bytes) -> int:
    """How many whole rows a table has."""
    return max(0, content.count(b"\n") - 1)


def facts_of(content: bytes) -> dict[str, Any]:
    """What ``session.json`` says; nothing where it is damaged."""
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
