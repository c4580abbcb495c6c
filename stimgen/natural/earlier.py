"""Folders that an earlier version began, which noted no pool: whether a given one is theirs."""

import numpy as np
import pandas as pd

from conditions.commands.command_line import console
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from stimgen.activations import read_image
from stimgen.pool.decoding.decode import UnusableImageError, decode
from stimgen.pool.images import Pool
from stimgen.pool.names import written
from stimgen.stimuli import known_stimuli, unchanged

# So many of the images that are there are compared, spread evenly.
COMPARED = 200
# Mean difference in grey levels beyond which an image is another one, not another decoding of it.
ANOTHER = 8


def refuse_if_elsewhere(folder: StudyFolder, pool: Pool) -> None:
    """Refuse a pool whose images are not those that the folder has under their names.

    Raises
    ------
    StudyError
        Names the first image that is another one.
    """
    stimuli = known_stimuli(folder)
    rows = stimuli[stimuli["name"] == folder.study.photographs]
    there = rows[
        [
            unchanged(folder, path, sha256)
            for path, sha256 in zip(rows["path"], rows["sha256"], strict=True)
        ]
    ]
    if there.empty:
        return
    some = there.iloc[np.linspace(0, len(there) - 1, min(COMPARED, len(there))).astype(int)]
    places = _places(pool, some["source"])
    for path, source in zip(some["path"], some["source"], strict=True):
        what = _difference(folder, pool, places.get(source), path)
        if what:
            raise StudyError(
                f"{folder.path / path}: was made of {source}, {what} in the pool "
                f"{written(pool.name)}; a folder holds images of one pool: give that one with "
                "--images, or begin another folder (another --root)"
            )
    console.print(
        f"{folder.stimuli}: begun by an earlier version, which noted no pool; {len(some)} of its "
        f"images are those of {written(pool.name)}, which is taken to be the one"
    )


def _places(pool: Pool, sources: pd.Series) -> dict[str, int]:
    wanted = set(sources)
    named = ((pool.source(index), index) for index in range(len(pool)))
    return {source: index for source, index in named if source in wanted}


def _difference(folder: StudyFolder, pool: Pool, index: int | None, path: str) -> str:
    if index is None:
        return "which is not"
    try:
        image, _ = decode(pool.read(index), folder.study.image, pool.box(index))
    except (OSError, UnusableImageError) as error:
        return f"which cannot be read ({error})"
    before = np.asarray(read_image(folder.path / path), dtype=np.float64)
    now = np.asarray(image, dtype=np.float64)
    if now.shape != before.shape or np.abs(now - before).mean() > ANOTHER:
        return "which is another image"
    return ""
