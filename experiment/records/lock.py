"""One process at a time: a lock on a file, which the system lets go when its holder dies."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from conditions.errors import StudyError


@contextmanager
def only_one(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file; it stays behind, empty and free.

    Raises
    ------
    StudyError
        Where another process holds it: ``what`` says what that is doing; or where it cannot be had
        for another reason, which is named.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = _lock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise StudyError(f"{path}: {what} in another process") from error
    except OSError as error:
        # Network shares without a lock service answer ENOLCK or ENOSYS, read-only disks EROFS.
        raise StudyError(
            f"{path}: cannot be locked: {error.strerror or error}; nobody is known to hold it. Run "
            "from a disk of this computer that can be written, and copy the study back"
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Whether a process of this computer holds a lock file; makes no file.

    Where the file cannot be opened to find out (a read-only disk), nobody here can be writing.
    """
    if not path.is_file():
        return False
    lock = _lock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def forget(path: Path) -> None:
    """Remove an empty lock file that nobody holds; one that cannot be removed stays."""
    if path.is_file() and not path.stat().st_size and not is_held(path):
        with suppress(OSError):
            path.unlink()


def _lock(path: Path) -> FileLock:
    # A lock that is a file's mere existence would outlive a killed session.
    return FileLock(path, fallback_to_soft=False, preserve_lock_file=True)
