"""Files that are put in place whole, and are on the disk itself when the call returns."""

import hashlib
import os
from pathlib import Path

from conditions.strays import of_system

# Beside the file; the same at every attempt, so that one that was killed leaves nothing behind.
_UNFINISHED = ".unfinished-"


def write_whole(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file under another name beside it, synchronise, rename.

    Parameters
    ----------
    path : Path
        The file; what is there is replaced in one step.
    content : bytes
        Its content.
    mode : int, optional
        Its permissions, which hold from its first moment; by default those of any new file.

    Raises
    ------
    OSError
        Where it is not on disk for sure; what was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{_UNFINISHED}{path.name}")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode or 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            if mode is not None:
                # What the umask took from it.
                unfinished.chmod(mode)
            os.fsync(stream.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder that is not there yet, whole or not at all; done again, it goes on.

    The unfinished copy is named by its content, so that it is never completed with other files.
    """
    files = {name: (source / name).read_bytes() for name in files_of(source)}
    known = hashlib.sha256()
    for name, content in files.items():
        known.update(f"{name.as_posix()}\0{len(content)}\0".encode() + content)
    unfinished = target.with_name(f"{_UNFINISHED}{target.name}-{known.hexdigest()[:16]}")
    unfinished.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_whole(unfinished / name, content)
    unfinished.rename(target)
    sync_folder(target.parent)


def files_of(folder: Path) -> list[Path]:
    """Files in a folder and below, relative to it, without those of the system."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in found if not any(of_system(Path(part)) for part in path.parts)]


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk itself, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        # Some network shares cannot; the file itself is synchronised.
        return
    finally:
        os.close(handle)


_BINARY = getattr(os, "O_BINARY", 0)
