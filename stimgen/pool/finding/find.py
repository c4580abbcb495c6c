"""Pools by name: the embedded one, folders, list files, tar shards."""

import platform
from dataclasses import replace
from pathlib import Path

from conditions.errors import StudyError
from conditions.study.recipes import ImageSize
from stimgen.pool.finding.embedded import embedded_pool
from stimgen.pool.finding.lists import list_pool
from stimgen.pool.finding.shards import COMPRESSED, shard_pool
from stimgen.pool.finding.suffixes import IMAGES, is_compressed_shard, is_shard
from stimgen.pool.finding.walk import shortened, walk
from stimgen.pool.images import Pool
from stimgen.pool.names import Names, at_home, printable


def open_pool(name: str, size: ImageSize) -> Pool:
    """The pool that a study or ``--images`` names.

    Parameters
    ----------
    name : str
        ``embedded``; a folder, with images at any depth (as ImageFolder trees are) or, where it has
        none, ``.tar`` shards; one ``.tar`` shard; or a ``.txt`` file with one path a line, relative
        to it.
    size : ImageSize
        Size that images are shown at; decides which crops the embedded pool has.

    Returns
    -------
    Pool
        Its images in the order of their names by code point, of the lines of a list, or of shards
        and members. Files whose names are no images' are not looked at.

    Raises
    ------
    StudyError
        Where there is no such pool, or it holds no images.
    """
    if name == "embedded":
        return embedded_pool(size)
    path = _path(name)
    if name and path.is_dir():
        return _folder_pool(name, path)
    if name and path.is_file():
        if is_compressed_shard(path.name):
            raise StudyError(f"pool {printable(name)}: {COMPRESSED}")
        if is_shard(path.name):
            pool = shard_pool(name, path.parent, [path.name])
            return _with_images(pool, "images among its members")
        if path.suffix.lower() == ".txt":
            return _with_images(list_pool(name, path), "one path of an image a line")
    raise StudyError(
        f"pool {printable(name)}: neither 'embedded', nor a folder, a .tar shard, or a .txt file "
        "of paths"
    )


def absolute(name: str) -> str:
    """A pool's name as it means the same in any working directory."""
    return name if name == "embedded" else str(_path(name).resolve())


def reopen(name: str, size: ImageSize, fingerprint: str) -> Pool:
    """A pool as it is seen from another machine.

    Raises
    ------
    StudyError
        Where it is not there, or holds other images.
    """
    pool = open_pool(name, size)
    if pool.fingerprint() != fingerprint:
        raise StudyError(
            f"pool {printable(name)}: holds other images on {platform.node()} than where the "
            f"command was given (here {len(pool)}): let both see the same files, or copy them "
            "with their times (cp -p, rsync -t), by which a large pool is known"
        )
    return pool


def _path(name: str) -> Path:
    return Path(at_home(name))


def _folder_pool(name: str, root: Path) -> Pool:
    found = walk(str(root))
    remarks = [f"passed over, {line}" for line in found.remarks()]
    if found.images:
        if beside := sorted(found.shards + found.compressed):
            remarks.append(
                "passed over, tar files beside photographs (a folder of tar files alone is a pool "
                f"of shards): {shortened(beside)}"
            )
        names = Names(found.images)
        dead = {i: found.dead[n] for i, n in enumerate(found.images) if n in found.dead}
        return Pool(name, root, names, unreadable=dead, remarks=tuple(remarks))
    if found.compressed:
        compressed = f"{shortened(found.compressed)}: {COMPRESSED}"
        if not found.shards:
            raise StudyError(f"pool {printable(name)}: {compressed}")
        remarks.append(f"passed over, {compressed}")
    pool = shard_pool(name, root, found.shards)
    wanted = f"images ({' '.join(sorted(IMAGES))}) or .tar shards"
    return _with_images(replace(pool, remarks=tuple(remarks)), wanted)


def _with_images(pool: Pool, wanted: str) -> Pool:
    if len(pool):
        return pool
    lines = [f"pool {printable(pool.name)}: found no images, wanted {wanted}", *pool.remarks]
    raise StudyError("\n".join(lines))
