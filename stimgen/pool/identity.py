"""What a pool is: the names, the order and the content of its images, wherever they lie."""

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from stimgen.pool.names import Names

# A pool of at most so many images, in files of at most so many bytes together, is read whole.
READ_WHOLE, READ_WHOLE_BYTES = 4096, 1 << 28
# Of a larger one so many images are read, spread evenly, and of each so many bytes at most.
SAMPLED, SAMPLED_BYTES = 1024, 1 << 17

# Files whose facts are asked for at a time: a disk on a network answers many as soon as one.
_THREADS, _CHUNK = 16, 4096
_NOT_THERE, _NO_FILE = -1, -2


def fingerprint(
    root: Path,
    names: Names,
    spans: np.ndarray | None = None,
    members: Names | None = None,
    boxes: np.ndarray | None = None,
) -> str:
    """SHA-256 of what makes a pool this one; the parameters are those of :class:`Pool`.

    Names, order, crops and sizes of all images count. Of a pool that is small enough to be read
    (``READ_WHOLE``, ``READ_WHOLE_BYTES``) the whole content counts besides, and nothing else: a
    copy is the same pool. Of a larger one the times of modification of all files count, and the
    content of ``SAMPLED`` images: to read all of ImageNet at each start would take longer than
    many a scan. A copy of a large pool is therefore the same only where it keeps its files' times
    (``cp -p``, ``rsync -t``), and a change that keeps a file's size and time, and that of no
    sampled image, is not seen here; it is where the image is written, see ``natural.write``.

    A file that is missing, unreadable or no file at all counts as that: a scan names it.
    """
    labels, facts, first = _files(root, names)
    size = int(facts[first, 0].clip(min=0).sum())
    whole = len(names) <= READ_WHOLE and size <= READ_WHOLE_BYTES
    kind = [whole, len(names), *(part is not None for part in (spans, members, boxes))]
    digest = hashlib.sha256(repr(kind).encode())
    # No name holds a zero byte, so that no two lists of names give the same bytes.
    digest.update(labels)
    for member in members or ():
        digest.update(_label(member))
    # Where in its shard an image lies says nothing of it.
    for array in (facts[:, :1] if whole else facts, boxes, None if spans is None else spans[:, 1]):
        digest.update(b"" if array is None else np.ascontiguousarray(array, dtype="<i8").tobytes())
    there = facts[:, 0] >= 0
    read = there & (first | (spans is not None)) if whole else there & _spread(len(names))
    most = READ_WHOLE_BYTES if whole else SAMPLED_BYTES

    def content(index: int) -> bytes:
        offset, length = (0, most) if spans is None else map(int, spans[index])
        return _content(root / names[index], offset, min(length, most))

    with ThreadPoolExecutor(_THREADS) as threads:
        for part in threads.map(content, np.flatnonzero(read)):
            digest.update(part)
    return digest.hexdigest()


def _label(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass") + b"\0"


def _spread(count: int) -> np.ndarray:
    chosen = np.zeros(count, dtype=bool)
    chosen[np.linspace(0, count - 1, min(SAMPLED, count)).astype(np.int64)] = True
    return chosen


def _files(root: Path, names: Names) -> tuple[bytes, np.ndarray, np.ndarray]:
    """Labels of all images' files, their facts (see ``_facts``), and which differ from the last."""
    starts = range(0, max(1, len(names)), _CHUNK)
    with ThreadPoolExecutor(_THREADS) as threads:
        parts = list(threads.map(lambda start: _some_files(root, names, start), starts))
    labels, facts, first = zip(*parts, strict=True)
    return b"".join(labels), np.concatenate(facts), np.concatenate(first)


def _some_files(root: Path, names: Names, start: int) -> tuple[bytes, np.ndarray, np.ndarray]:
    some = names[start : start + _CHUNK]
    # Crops of a photograph and images of a shard lie in one file, one after the other.
    before = [names[start - 1] if start else None, *some]
    first = np.array([name != last for name, last in zip(some, before, strict=False)], dtype=bool)
    facts = np.empty((len(some), 2), dtype=np.int64)
    # Not with Path: a million of its objects take minutes.
    for place, name in enumerate(some):
        new = first[place] or place == 0
        facts[place] = _facts(os.path.join(root, name)) if new else facts[place - 1]  # noqa: PTH118
    return b"".join(map(_label, some)), facts, first


def _facts(path: str) -> tuple[int, int]:
    """Size in bytes and time of modification in µs of a file."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        # ValueError: a name that no file can have.
        return _NOT_THERE, 0
    if not stat.S_ISREG(found.st_mode):
        # Whoever opens a pipe waits for ever.
        return _NO_FILE, 0
    # Not all disks that a pool is seen through keep nanoseconds.
    return found.st_size, found.st_mtime_ns // 1000


def _content(path: Path, offset: int, length: int) -> bytes:
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            return hashlib.sha256(stream.read(length)).digest()
    except OSError:
        return bytes(hashlib.sha256().digest_size)
