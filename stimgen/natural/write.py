"""A unit's natural images as files, measured again as a person will see them."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from PIL import Image
from scipy.ndimage import gaussian_filter

from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder, blurred_image, natural_image
from conditions.seeds import named_rng
from conditions.study.study import Study
from conditions.tables.stimuli import POLES
from stimgen.activations import measure_files
from stimgen.models import Model
from stimgen.natural.choose import Candidates, all_images, choose
from stimgen.pool.decode import decode
from stimgen.pool.images import Pool


def write_natural(
    folder: StudyFolder, model: Model, pool: Pool, candidates: Candidates, unit: pd.Series
) -> pd.DataFrame:
    """Choose and write a unit's natural images, measured again from the written files.

    Every set of batches that the study's parts show is chosen by itself; blurred copies are
    written where a condition shows them.

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
    """
    study = folder.study
    photographs = {i: pool.photograph(i) for i in map(int, all_images(candidates))}
    rows = []
    for bins in study.natural_sets:
        set_of = None if bins == study.natural.bins else bins
        name = f"natural/{unit.unit}" + ("" if set_of is None else f"/sets of {set_of}")
        rng = named_rng(study.seed, name)
        chosen = choose(candidates, photographs, bins, study.natural.batches, rng)
        # Pillow decodes and encodes outside the interpreter's lock.
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            write = partial(_write_image, folder, pool, unit.unit, set_of)
            for written in threads.map(write, sorted(chosen.items())):
                rows += written
    paths = [folder.path / row["path"] for row in rows]
    activations = measure_files(model, paths, unit.layer, unit.channel)
    return pd.DataFrame(rows).assign(activation=activations.astype(float))


def images_per_unit(study: Study) -> dict[str, int]:
    """Number of natural images of a unit by kind: natural, and blurred where shown."""
    count = sum(study.natural_sets) * study.natural.batches * len(POLES)
    return {kind: count for kind in ("natural", "blurred") if kind == "natural" or study.blurred}


def blur(image: Image.Image, sigma_px: float) -> Image.Image:
    """An RGB image under a Gaussian with a standard deviation in pixels; edges are reflected."""
    values = gaussian_filter(np.asarray(image, dtype=np.float64), (sigma_px, sigma_px, 0))
    return Image.fromarray(np.rint(values).astype(np.uint8))


def _write_image(
    folder: StudyFolder,
    pool: Pool,
    unit: str,
    set_of: int | None,
    item: tuple[tuple[str, int, int], int],
) -> list[dict]:
    (pole, batch, rank), index = item
    recipe = folder.study.blurred
    image, _ = decode(pool.read(index), folder.study.image, pool.box(index))
    versions = [("natural", natural_image, image, "")]
    if recipe:
        blurred = blur(image, recipe.sigma_px)
        versions.append(("blurred", blurred_image, blurred, f", blurred {recipe.sigma_px:g} px"))
    rows = []
    for kind, name, picture, suffix in versions:
        path = folder.path / name(unit, batch, pole, rank, set_of)
        with atomic_path(path) as temporary:
            picture.save(temporary)
        rows.append(
            {
                "unit": unit,
                "kind": kind,
                "pole": pole,
                "batch": batch,
                "rank": rank,
                "path": folder.relative(path),
                "source": pool.source(index) + suffix,
                "sha256": sha256_of(path),
            }
        )
    return rows
