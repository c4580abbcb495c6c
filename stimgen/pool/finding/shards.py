"""The photographs in uncompressed tar files, read from their middle without unpacking."""

import posixpath
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from conditions.errors import StudyError
from stimgen.pool.finding.suffixes import is_hidden, is_image
from stimgen.pool.images import Pool
from stimgen.pool.names import Names, printable, written

_BLOCK = 1 << 20
COMPRESSED = "compressed; wanted a .tar as it is, which can be read in its middle: uncompress it"
# In place of a member's span: it has none.
_NOWHERE = (0, 0)
# Links to links, as far as they are followed.
_LONGEST_CHAIN = 40

Span = tuple[int, int]


@dataclass
class _Index:
    """What is in a tar file, by name in its simplest form.

    Photographs with their own name and where they lie, or why they cannot be read; links and what
    they name; all files.
    """

    images: dict[str, tuple[str, Span | str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    files: dict[str, Span] = field(default_factory=dict)


def shard_pool(name: str, root: Path, shards: list[str]) -> Pool:
    """The photographs of tar files, in the order of the files and of their members.

    As unpacking gives them: of members with one name the last, links to other members of the same
    file as what they lead to. Members under hidden folders are passed over; nothing is written, so
    that names that lead out of a folder do no harm.

    Parameters
    ----------
    name : str
        Of the pool.
    root : Path
        Folder of the shards.
    shards : list of str
        Names of the files in it, with slashes.

    Raises
    ------
    StudyError
        Where a file is damaged, compressed, or no tar file.
    """
    names: list[str] = []
    members: list[str] = []
    spans: list[Span] = []
    unreadable = {}
    for shard in shards:
        for member, span in _photographs(name, root / shard):
            if isinstance(span, str):
                unreadable[len(names)] = span
            names.append(shard)
            members.append(member)
            spans.append(_NOWHERE if isinstance(span, str) else span)
    return Pool(
        name,
        root,
        Names(names),
        spans=np.array(spans, dtype=np.int64).reshape(-1, 2),
        members=Names(members),
        unreadable=unreadable,
    )


def _photographs(name: str, path: Path) -> list[tuple[str, Span | str]]:
    """Names of the photographs in a tar file, and where they lie or why they cannot be read."""
    index = _Index()
    try:
        with tarfile.open(path, "r:", encoding="utf-8", errors="surrogateescape") as archive:
            before = -1
            # Opening has read the first; Python 3.10 would look for it before the beginning.
            while archive.offset and (member := archive.next()) is not None:
                if archive.offset <= before:
                    raise tarfile.ReadError("a member ends before it begins")
                before = archive.offset
                # Otherwise it keeps them all: gigabytes for a data set in one file.
                archive.members.clear()  # type: ignore[attr-defined]  # unknown to typeshed
                _sort_in(member, index)
            _check_end(archive)
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        what = f"pool {printable(name)}: {written(path.name)}"
        raise StudyError(f"{what}: {_why(path, error)}") from error
    for link in index.links:
        if link in index.images:
            index.images[link] = (index.images[link][0], _followed(link, index))
    return list(index.images.values())


def _sort_in(member: tarfile.TarInfo, index: _Index) -> None:
    name = posixpath.normpath(member.name)
    # The last member of a name is what unpacking leaves.
    for known in (index.images, index.links, index.files):
        known.pop(name, None)
    span: Span | str = ""
    if member.issparse():
        span = "stored with holes (a sparse member): pack it without them"
    elif member.isfile():
        span = index.files[name] = (member.offset_data, member.size)
    elif member.islnk():
        index.links[name] = posixpath.normpath(member.linkname)
    elif member.issym():
        target = posixpath.join(posixpath.dirname(member.name), member.linkname)
        index.links[name] = posixpath.normpath(target)
    else:
        return
    if is_image(member.name) and not any(map(_is_hidden, name.split("/"))):
        index.images[name] = (member.name, span)


def _is_hidden(part: str) -> bool:
    return part != ".." and is_hidden(part)


def _followed(link: str, index: _Index) -> Span | str:
    target = link
    for _ in range(_LONGEST_CHAIN):
        if target not in index.links:
            break
        target = index.links[target]
    nowhere = f"a link to {written(target)}, which is no file in the shard"
    return index.files.get(target, nowhere)


def _check_end(archive: tarfile.TarFile) -> None:
    """A damaged member looks like the end to tarfile: behind the end are zeros."""
    stream = archive.fileobj
    assert stream is not None  # it is open
    stream.seek(archive.offset)
    while block := stream.read(_BLOCK):
        if block.count(0) < len(block):
            raise tarfile.ReadError(
                f"goes on behind what looks like its end, at byte {archive.offset}: damaged, or "
                "several joined into one"
            )


def _why(path: Path, error: Exception) -> str:
    with path.open("rb") as stream:
        start = stream.read(6)
    if start.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")):
        return COMPRESSED
    return f"not a whole tar file: {error}"
