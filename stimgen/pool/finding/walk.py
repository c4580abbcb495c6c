"""The files of a folder: every real folder once, wherever links lead, always in one order."""

import errno
import os
import stat
from collections import Counter
from dataclasses import dataclass, field

from conditions.errors import StudyError
from stimgen.pool.finding.suffixes import (
    FOREIGN,
    is_compressed_shard,
    is_hidden,
    is_image,
    is_shard,
    suffix,
)
from stimgen.pool.names import printable, written

# Folders that one may not look into are passed over and named; other errors are the disk's.
_CLOSED = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG)
_SHOWN = 3


@dataclass
class Found:
    """What lies in a folder; names are relative to it, with slashes.

    Attributes
    ----------
    images : list of str
        Files, and links to files, that are photographs by their names; by code points.
    dead : dict of str to str
        Those of them that are links to nothing, and why.
    shards, compressed : list of str
        Tar files that can be read in their middle, and compressed ones.
    foreign : Counter
        Number of photographs by suffix that no decoder here knows.
    passed_over : dict of str to list of str
        By reason, what else looks as if it were meant.
    """

    images: list[str] = field(default_factory=list)
    dead: dict[str, str] = field(default_factory=dict)
    shards: list[str] = field(default_factory=list)
    compressed: list[str] = field(default_factory=list)
    foreign: Counter[str] = field(default_factory=Counter)
    passed_over: dict[str, list[str]] = field(default_factory=dict)

    def pass_over(self, reason: str, name: str) -> None:
        """Note what is not taken."""
        self.passed_over.setdefault(reason, []).append(name)

    def remarks(self) -> list[str]:
        """What was passed over, a line a reason."""
        lines = [f"{reason}: {shortened(names)}" for reason, names in self.passed_over.items()]
        if self.foreign:
            counts = ", ".join(f"{n} {end}" for end, n in sorted(self.foreign.items()))
            lines.append(f"photographs in formats that are not read here (convert them): {counts}")
        return lines


def shortened(names: list[str], shown: int = _SHOWN) -> str:
    """The first names of a list, as messages have them, and how many more there are."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(map(written, names[:shown])) + more


def walk(root: str) -> Found:
    """Find the photographs and shards in a folder.

    Real folders come first, then links to folders, sorted, and what they lead to, until nothing new
    is found: a folder that is reached in several ways has the name without links, or else the first
    of the links. A link to a folder that holds the link or the pool is passed over. Pipes, sockets
    and devices are never opened; hidden files and folders are not looked at, whatever lies in them.

    Raises
    ------
    StudyError
        Where the folder itself cannot be read.
    OSError
        Where the disk fails in one below it.
    """
    found, walked = Found(), _Walked()
    top = _Folder("", root, os.path.realpath(root))
    links = _branch(top, top.real, found, walked)
    while links:
        further: list[_Folder] = []
        for link in sorted(links, key=lambda folder: folder.inside):
            further += _branch(link, top.real, found, walked)
        links = further
    found.images.sort()
    found.shards.sort()
    found.compressed.sort()
    return found


@dataclass(frozen=True)
class _Folder:
    """A folder: its name from the root, the path to open, its real path; ``via`` for a link."""

    inside: str
    path: str
    real: str
    via: str = ""

    def name(self, entry: str) -> str:
        return f"{self.inside}/{entry}" if self.inside else entry


class _Walked:
    """Which real folders have been walked.

    Paths alone would walk a folder twice that is mounted twice or whose disk knows no case; inode
    numbers alone would lose one on disks that give them out more than once, so that times are added
    (and paths still end what changes while it is walked).
    """

    def __init__(self) -> None:
        self._seen: set[object] = set()

    def enter(self, folder: _Folder) -> bool:
        """Whether it is new."""
        identity = _identity(folder.path)
        if folder.real in self._seen or (identity and identity in self._seen):
            return False
        self._seen |= {folder.real, identity}
        return True


def _identity(path: str) -> tuple[int, ...]:
    facts = os.stat(path)  # noqa: PTH116  # paths as os.scandir gives them
    if not facts.st_ino:
        # The disk gives none.
        return ()
    return facts.st_dev, facts.st_ino, facts.st_mtime_ns, facts.st_ctime_ns


def _branch(top: _Folder, root: str, found: Found, walked: _Walked) -> list[_Folder]:
    """Walk a folder and the real folders in it; the links to folders that it met."""
    if top.via and (_holds(top.real, top.via) or _holds(top.real, root)):
        found.pass_over("links to a folder that holds them, not followed", top.inside)
        return []
    links: list[_Folder] = []
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        below = []
        for entry in _listed(folder, found, walked):
            name = folder.name(entry.name)
            mode = _mode(entry, name, found)
            if stat.S_ISREG(mode):
                _sort_in(name, found)
            elif stat.S_ISDIR(mode) and _is_link(entry):
                real = os.path.realpath(entry.path)
                links.append(_Folder(name, entry.path, real, folder.real))
            elif stat.S_ISDIR(mode):
                real = os.path.join(folder.real, entry.name)  # noqa: PTH118
                below.append(_Folder(name, entry.path, real))
            elif mode and is_image(name):
                found.pass_over("pipes, sockets or devices", name)
        waiting += reversed(below)
    return links


def _listed(folder: _Folder, found: Found, walked: _Walked) -> list[os.DirEntry]:
    """What is not hidden in a folder; nothing where it was walked before."""
    try:
        if not walked.enter(folder):
            return []
        # os.scandir rather than Path.rglob: a million Path objects take minutes.
        with os.scandir(folder.path) as entries:
            shown = [entry for entry in entries if not is_hidden(entry.name)]
    except OSError as error:
        if not folder.inside:
            raise StudyError(f"pool {printable(folder.path)}: {error.strerror}") from error
        if error.errno not in _CLOSED:
            raise
        found.pass_over(f"folders that cannot be read ({error.strerror})", folder.inside)
        return []
    # The order of the disk would decide which name a folder has that is mounted twice.
    return sorted(shown, key=lambda entry: entry.name)


def _mode(entry: os.DirEntry, name: str, found: Found) -> int:
    """What a thing is, or what a link leads to; 0 for a link to nothing."""
    if entry.is_file(follow_symlinks=False):
        return stat.S_IFREG
    if entry.is_dir(follow_symlinks=False):
        return stat.S_IFDIR
    try:
        return entry.stat().st_mode
    except OSError as error:
        reason = "a link that leads nowhere" if _nowhere(error) else str(error.strerror)
        if is_image(name):
            found.images.append(name)
            found.dead[name] = reason
        else:
            found.pass_over(f"not read ({reason})", name)
        return 0


def _nowhere(error: OSError) -> bool:
    return error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def _sort_in(name: str, found: Found) -> None:
    if is_image(name):
        found.images.append(name)
    elif is_shard(name):
        found.shards.append(name)
    elif is_compressed_shard(name):
        found.compressed.append(name)
    elif (end := suffix(name)) in FOREIGN:
        found.foreign[end] += 1


def _is_link(entry: os.DirEntry) -> bool:
    if entry.is_symlink():
        return True
    if os.name != "nt":
        return False
    # Windows has links to folders (junctions) that Python takes for folders.
    tag = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)
    return tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)


def _holds(folder: str, other: str) -> bool:
    return other == folder or other.startswith(folder.rstrip(os.sep) + os.sep)
