"""One process at a time: a lock on a file, which the system lets go when its holder dies."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conditions.errors import StudyError


@contextmanager
def only_one(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file; it stays behind, empty and free.

    Raises
    ------
    StudyError
        Where another process holds it: ``what`` says what that is doing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            _lock(handle)
        except OSError as error:
            raise StudyError(f"{path}: {what} in another process") from error
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
