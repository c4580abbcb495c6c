"""Files that are either there and whole, or not there."""

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Names of devices that Windows makes no folders of.
DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{i}" for port in ("com", "lpt") for i in range(10)),
}

# Whoever reads a file on Windows (a virus scanner, a cloud folder, the operator's view) lets it go
# soon; seconds between tries.
_WAITS = (0.01, 0.05, 0.1, 0.2, 0.5)


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path``; renamed to it when the block ends without an error.

    The suffix is kept, because image writers choose the format by it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _told_of(path):
        if path.is_symlink() and not path.exists():
            raise OSError(0, "a link that leads nowhere: is the disk plugged in?", str(path))
        # Names of temporary files must not be too long where that of the file itself is not.
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.stem[:40]}-", suffix=f".part{path.suffix}"
        )
        os.close(handle)
        temporary = Path(name)
        try:
            # mkstemp makes private files; the result is to be as readable as any other new file.
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
            yield temporary
            _put(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def _put(temporary: Path, path: Path) -> None:
    """Rename a file to the name of another one, which on Windows nobody must be reading."""
    for wait in _WAITS:
        try:
            temporary.replace(path)
            return
        except PermissionError:
            if sys.platform != "win32":
                raise
            time.sleep(wait)
    temporary.replace(path)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Let errors name the file that was to be written: a full disk names none."""
    try:
        yield
    except OSError as error:
        name = Path(str(error.filename or ""))
        if error.filename is None or (name.parent == path.parent and ".part" in name.name):
            error.filename, error.filename2 = str(path), None
        raise


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, content: dict) -> None:
    """Write indented JSON, whole or not at all; what UTF-8 cannot hold by its code."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    write_text(path, text.encode("utf-8", "backslashreplace").decode() + "\n")
