"""A study folder's natural images come from one pool, ranked once by one network."""

import hashlib
from dataclasses import replace

import numpy as np

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from stimgen.models.model import Model
from stimgen.natural.earlier import refuse_if_elsewhere
from stimgen.natural.scanning.scan import PoolScan
from stimgen.pool.images import Pool
from stimgen.pool.names import printable
from stimgen.pool.scanned import (
    AS_IT_WAS,
    ScannedPool,
    described,
    note_scanned,
    scanned_file,
    scanned_pool,
)
from stimgen.stimuli import known_stimuli

# Of files that were written since, so many are named.
NAMED = 5


def noted_pool(folder: StudyFolder) -> ScannedPool | None:
    """The pool that is noted, where there is anything that has to come from the same one."""
    before = scanned_pool(folder)
    there = folder.pool_table.exists() or (folder.stimuli / "all_units" / "pool.csv").exists()
    if before is None or there or known_stimuli(folder)["batch"].notna().any():
        return before
    return None


def refuse_other_pool(folder: StudyFolder, pool: Pool) -> None:
    """Refuse to go on with images out of another pool, or of this one as it was before.

    Raises
    ------
    StudyError
        Where the folder was begun with another pool: names both.
    """
    before = noted_pool(folder)
    if before is None:
        refuse_if_elsewhere(folder, pool)
        return
    now = described(pool, before.weights_sha256)
    if now.sha256 == before.sha256:
        return
    if now.path == before.path:
        raise StudyError(
            f"{folder.stimuli}: the pool that its natural images come from has changed since: "
            f"found {now}, wanted {before}{_newer(folder, pool)}; {AS_IT_WAS}"
        )
    raise StudyError(
        f"{folder.stimuli}: its natural images come from the pool {before}, found the pool {now}; "
        f"a folder holds images of one pool: go on with --images {before.path}, or begin another "
        "folder (another --root)"
    )


def refuse_other_pixels(folder: StudyFolder, scanned: PoolScan) -> None:
    """Refuse a scan that has seen other pixels than the one that the folder's images come from.

    Raises
    ------
    StudyError
        Where it has.
    """
    before = noted_pool(folder)
    if before is None or before.pixels_sha256 in (None, _pixels(scanned)):
        return
    raise StudyError(
        f"{folder.stimuli}: the pool {before} now has other pixels than when it was scanned for "
        "the natural images that are there: a file had changed then, or has since, or another "
        f"version of Pillow decodes it; {AS_IT_WAS}"
    )


def note_pool(folder: StudyFolder, model: Model, pool: Pool, scanned: PoolScan) -> None:
    """Note the pool, before the first image out of it is written."""
    found = described(pool, model.weights_sha256, model.dictionaries)
    note_scanned(folder, found.model_copy(update={"pixels_sha256": _pixels(scanned)}))


def note_place(folder: StudyFolder, model: Model, pool: Pool) -> None:
    """Note where the pool of a folder whose images are all there lies now."""
    before, found = scanned_pool(folder), described(pool, model.weights_sha256, model.dictionaries)
    pixels = None if before is None else before.pixels_sha256
    note_scanned(folder, found.model_copy(update={"pixels_sha256": pixels}))


def has_changed(pool: Pool) -> bool:
    """Whether a pool is not any more what it was when its fingerprint was taken."""
    # A copy takes its own.
    return replace(pool).fingerprint() != pool.fingerprint()


def _newer(folder: StudyFolder, pool: Pool) -> str:
    """The first files of a pool that were written after it was noted, for a message."""
    noted = scanned_file(folder).stat().st_mtime
    found: dict[str, None] = {}
    for name in pool.names:
        try:
            newer = (pool.root / name).stat().st_mtime > noted
        except (OSError, ValueError):
            continue
        if newer:
            found[printable(name)] = None
        if len(found) == NAMED:
            break
    return f" (written since: {', '.join(found)})" if found else ""


def _pixels(scanned: PoolScan) -> str:
    return hashlib.sha256(np.ascontiguousarray(scanned.digests, dtype="<u8").tobytes()).hexdigest()
