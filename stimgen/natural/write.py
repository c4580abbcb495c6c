"""A unit's natural images as files, measured again as a person will see them."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder, natural_image
from conditions.seeds import named_rng
from stimgen.activations import measure_files
from stimgen.models import Model
from stimgen.natural.choose import Candidates, choose
from stimgen.pool.decode import decode
from stimgen.pool.images import Pool


def write_natural(
    folder: StudyFolder, model: Model, pool: Pool, candidates: Candidates, unit: pd.Series
) -> pd.DataFrame:
    """Choose and write a unit's natural images, measured again from the written files.

    Parameters
    ----------
    folder : StudyFolder
        Where they go.
    model : Model
        The network that measures.
    pool : Pool
        Where they come from.
    candidates : Candidates
        Images to choose from.
    unit : Series
        Row of the table of units.

    Returns
    -------
    DataFrame
        Rows of the table of stimuli.
    """
    study = folder.study
    rng = named_rng(study.seed, f"natural/{unit.unit}")
    photographs = {i: pool.photograph(i) for i in map(int, _all_images(candidates))}
    recipe = study.natural
    chosen = choose(candidates, photographs, recipe.bins, recipe.batches, rng)

    def write(item: tuple[tuple[str, int, int], int]) -> dict:
        (pole, batch, rank), index = item
        image, _ = decode(pool.read(index), study.image, pool.box(index))
        path = folder.path / natural_image(unit.unit, batch, pole, rank)
        with atomic_path(path) as temporary:
            image.save(temporary)
        return {
            "unit": unit.unit,
            "kind": "natural",
            "pole": pole,
            "batch": batch,
            "rank": rank,
            "path": folder.relative(path),
            "source": pool.source(index),
            "sha256": sha256_of(path),
        }

    # Pillow decodes and encodes outside the interpreter's lock.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        rows = list(threads.map(write, sorted(chosen.items())))
    paths = [folder.path / row["path"] for row in rows]
    activations = measure_files(model, paths, unit.layer, unit.channel)
    return pd.DataFrame(rows).assign(activation=activations.astype(float))


def _all_images(candidates: Candidates) -> np.ndarray:
    parts = (candidates.high, candidates.low, candidates.high_queries, candidates.low_queries)
    return np.unique(np.concatenate([part for part in parts if part is not None]))
