"""Pools by name: the embedded one, folders, list files, tar shards."""

import os
import platform
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from conditions.errors import StudyError
from conditions.study.recipes import ImageSize
from stimgen.pool.embedded import embedded_pool
from stimgen.pool.images import Pool
from stimgen.pool.names import Names

SUFFIXES = {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".ppm"}


def open_pool(name: str, size: ImageSize) -> Pool:
    """The pool that a study or ``--images`` names.

    Parameters
    ----------
    name : str
        ``embedded``; a folder (of images at any depth, as ImageFolder trees are, or of ``.tar``
        shards); one ``.tar`` shard; or a ``.txt`` file with one path a line, relative to it.
    size : ImageSize
        Size that images are shown at; decides which crops the embedded pool has.

    Returns
    -------
    Pool
        Its images in the order of their names, of the lines of a list, or of shards and members.

    Raises
    ------
    StudyError
        Where there is no such pool, or it holds no images.
    """
    if name == "embedded":
        return embedded_pool(size)
    path = Path(name).expanduser()
    if path.is_dir():
        shards = sorted(path.glob("*.tar"))
        pool = _tar_pool(name, path, shards) if shards else _folder_pool(name, path)
        wanted = f"images ({' '.join(sorted(SUFFIXES))}) or .tar shards"
    elif path.suffix == ".tar" and path.is_file():
        pool, wanted = _tar_pool(name, path.parent, [path]), "images among its members"
    elif path.suffix == ".txt" and path.is_file():
        pool, wanted = _list_pool(name, path), "one path of an image a line"
    else:
        raise StudyError(
            f"pool {name}: neither 'embedded', nor a folder, a .tar shard, or a .txt file of paths"
        )
    if not len(pool):
        raise StudyError(f"pool {name}: found no images, wanted {wanted}")
    return pool


def absolute(name: str) -> str:
    """A pool's name as it means the same in any working directory."""
    return name if name == "embedded" else str(Path(name).expanduser().resolve())


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
            f"pool {name}: holds other images on {platform.node()} than where the command was given"
        )
    return pool


def _is_image(name: str) -> bool:
    base = name.rpartition("/")[2]
    # macOS leaves ._ files beside the real ones.
    return not base.startswith(".") and "." + base.rpartition(".")[2].lower() in SUFFIXES


def _folder_pool(name: str, root: Path) -> Pool:
    return Pool(name, root, Names(sorted(_walk(root))))


def _walk(root: Path) -> Iterator[str]:
    # os.walk rather than Path.rglob: a million Path objects take minutes.
    for folder, _, files in os.walk(root, followlinks=True):
        inside = os.path.relpath(folder, root)
        for file in files:
            if _is_image(file):
                yield file if inside == "." else f"{inside}/{file}"


def _list_pool(name: str, path: Path) -> Pool:
    try:
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError as error:
        raise StudyError(f"pool {name}: {error.strerror}") from error
    return Pool(name, path.parent, Names(line.strip() for line in lines if line.strip()))


def _tar_pool(name: str, root: Path, shards: list[Path]) -> Pool:
    names, members, spans = [], [], []
    for shard in shards:
        try:
            with tarfile.open(shard, "r:") as archive:
                for member in archive:
                    if member.isfile() and _is_image(member.name):
                        names.append(shard.name)
                        members.append(member.name)
                        spans.append((member.offset_data, member.size))
        except (tarfile.TarError, EOFError) as error:
            raise StudyError(f"pool {name}: {shard}: not a whole tar file: {error}") from error
    return Pool(
        name,
        root,
        Names(names),
        spans=np.array(spans, dtype=np.int64).reshape(-1, 2),
        members=Names(members),
    )
