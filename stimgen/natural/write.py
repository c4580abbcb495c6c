"""A unit's natural images as files, measured again as a person will see them."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from PIL import Image

from conditions.errors import StudyError
from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder
from conditions.seeds import named_rng
from conditions.study.kinds.paths import batch_image
from conditions.study.kinds.photographs import Photographs
from conditions.study.recipes import ImageSize
from conditions.study.study import Study
from conditions.tables.stimuli import POLES
from stimgen.activations import measure_files
from stimgen.machine import usable_cores
from stimgen.models.model import Model
from stimgen.natural.choose import Candidates, all_images, choose
from stimgen.pool.decoding.decode import UnusableImageError, decode
from stimgen.pool.decoding.quick import decode_for_scan, digest_of
from stimgen.pool.images import Pool
from stimgen.pool.scanned import AS_IT_WAS

# Of images that are not what they were, so many are named.
NAMED = 5
# How far an activation measured from a written file may be from the scanned one, in standard
# deviations of the unit over the pool. The scan resizes photographs the quick way, which moves
# single images by up to 0.01 (64 units, 457 photographs), reduced precision, where it is used (see
# natural.precision), by up to 0.07; another image is off by whole ones.
ROUNDING_SD, REDUCED_ROUNDING_SD = 0.1, 0.25
# Of units that hardly vary: what single precision loses, relative to the activation, and at zero.
ROUNDING, ROUNDING_AT_ZERO = 1e-3, 1e-5


def write_natural(
    folder: StudyFolder, model: Model, pool: Pool, candidates: Candidates, unit: pd.Series
) -> pd.DataFrame:
    """Choose and write a unit's natural images, measured again from the written files.

    Every set of batches that the study's parts show is chosen by itself.

    Parameters
    ----------
    folder : StudyFolder
        Where they go.
    model : Model
        The network that measures.
    pool : Pool
        Where they come from.
    candidates : Candidates
        The images to choose from.
    unit : Series
        Row of the table of units.

    Returns
    -------
    DataFrame
        Rows of the table of stimuli.

    Raises
    ------
    StudyError
        Where images are not those that were scanned, or drive the unit otherwise than they did.
    """
    study = folder.study
    photographs = {i: pool.photograph(i) for i in map(int, all_images(candidates))}
    rows: list[dict] = []
    changed: list[str] = []
    for bins in study.natural_sets:
        set_of = None if bins == study.natural.bins else bins
        name = f"natural/{unit.unit}" + ("" if set_of is None else f"/sets of {set_of}")
        rng = named_rng(study.seed, name)
        chosen = choose(candidates, photographs, bins, study.natural.batches, rng)
        # Pillow decodes and encodes outside the interpreter's lock.
        with ThreadPoolExecutor(usable_cores()) as threads:
            write = partial(_write_image, folder, pool, candidates, unit.unit, set_of)
            for written, change in threads.map(write, sorted(chosen.items())):
                rows += written
                changed += [change] if change and change not in changed else []
    if changed:
        more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
        raise StudyError(
            f"the pool has changed since it was scanned: {'; '.join(changed[:NAMED])}{more}: "
            f"{AS_IT_WAS}"
        )
    paths = [folder.path / row["path"] for row in rows]
    table = pd.DataFrame(rows)
    table["activation"] = measure_files(model, paths, unit.layer, unit.channel).astype(float)
    _refuse_other_activations(table, candidates)
    return table.drop(columns="image")


def images_per_unit(study: Study) -> int:
    """Number of natural images of a unit, in sets of all sizes."""
    return sum(study.natural_sets) * study.natural.batches * len(POLES)


def _write_image(
    folder: StudyFolder,
    pool: Pool,
    candidates: Candidates,
    unit: str,
    set_of: int | None,
    item: tuple[tuple[str, int, int], int],
) -> tuple[list[dict], str]:
    """Write an image; its row, or what is not as it was scanned."""
    (pole, batch, rank), index = item
    name = folder.study.photographs
    try:
        image = _as_it_was(pool, folder.study.image, candidates, index)
    except _ChangedError as error:
        return [], f"{pool.source(index)} ({error})"
    path = folder.path / batch_image(name, unit, batch, pole, rank, set_of)
    with atomic_path(path) as temporary:
        image.save(temporary)
    row = {
        "unit": unit,
        "name": name,
        "kind": Photographs().kind,
        "method": None,
        "pole": pole,
        "batch": batch,
        "rank": rank,
        "path": folder.relative(path),
        "source": pool.source(index),
        "sha256": sha256_of(path),
        "image": index,
    }
    return [row], ""


class _ChangedError(Exception):
    """An image of the pool is not what it was; says how."""


def _as_it_was(pool: Pool, size: ImageSize, candidates: Candidates, index: int) -> Image.Image:
    """An image as it is shown, if its file still is what was scanned."""
    wanted = candidates.scanned[index].digest
    try:
        content, box = pool.read(index), pool.box(index)
        image, _ = decode(content, size, box)
        # The scan decodes most formats as they are shown, photographs in its own way.
        if digest_of(np.asarray(image)) == wanted:
            return image
        as_scanned, _ = decode_for_scan(content, size, box)
    except OSError as error:
        raise _ChangedError(error.strerror or str(error)) from error
    except UnusableImageError as error:
        raise _ChangedError(error.detail) from error
    if digest_of(as_scanned) != wanted:
        raise _ChangedError("other pixels")
    return image


def _refuse_other_activations(table: pd.DataFrame, candidates: Candidates) -> None:
    for row in table[~np.isfinite(table["activation"])].to_dict("records"):
        raise StudyError(
            f"{row['path']}: its activation is {row['activation']}, as no image's may be that is "
            f"shown (made of {row['source']}); choose another unit in the study file"
        )
    share = REDUCED_ROUNDING_SD if candidates.reduced else ROUNDING_SD
    for row in table.to_dict("records"):
        found, scanned = row["activation"], candidates.scanned[row["image"]].activation
        allowed = share * candidates.sd + ROUNDING * abs(scanned) + ROUNDING_AT_ZERO
        # Not the other way round: of what is no number nothing is known.
        if not abs(found - scanned) <= allowed:
            raise StudyError(
                f"{row['path']}: drives the unit with {found:.6g}, but {row['source']} did so with "
                f"{scanned:.6g} in the scan, and rounding explains at most {allowed:.2g}: delete "
                "the folder stimuli/scans and run the command again, which then scans anew"
            )
