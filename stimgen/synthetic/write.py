"""Synthetic images of a unit: optimised, written, measured again."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from PIL import Image

from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder, synthetic_image
from conditions.seeds import named_integer
from conditions.study import SyntheticImages
from conditions.tables import POLES
from stimgen.activations import measure_files
from stimgen.models import Model
from stimgen.synthetic.objective import UnitObjective
from stimgen.synthetic.optimise import optimise

# Weight of diversity as a share of the spread of the unit's activation over the pool.
DIVERSITY_SHARE = 0.25


def diversity_weight(recipe: SyntheticImages, pool_sd: float) -> float:
    """Weight of the similarity term for a unit.

    A fixed weight is taken as it is. ``auto`` scales it to the unit: a quarter of the standard
    deviation of its activation over the pool. The published weight of 100 fits Inception V1,
    whose activations are some hundred times those of, for example, EfficientNet-Lite0, where it
    drowns the unit's own pattern.
    """
    if recipe.diversity == "auto":
        return DIVERSITY_SHARE * pool_sd
    return float(recipe.diversity)


def write_synthetic(
    folder: StudyFolder,
    model: Model,
    unit: str,
    layer: str,
    channel: int,
    pool_sd: float,
    on_step: Callable[[], None] = lambda: None,
) -> pd.DataFrame:
    """Optimise and write a unit's images of both poles.

    Returns
    -------
    DataFrame
        Rows of the table of stimuli.
    """
    study = folder.study
    weight = diversity_weight(study.synthetic, pool_sd)
    rows = []
    for pole in POLES:
        images = optimise(
            model,
            layer,
            UnitObjective(channel, pole, weight),
            study.synthetic,
            study.image,
            named_integer(study.seed, f"synthetic/{unit}/{pole}"),
            on_step,
        )
        paths = [folder.path / synthetic_image(unit, pole, rank) for rank in range(len(images))]
        for path, image in zip(paths, images, strict=True):
            pixels = np.rint(image.permute(1, 2, 0).numpy() * 255).astype(np.uint8)
            with atomic_path(path) as temporary:
                Image.fromarray(pixels).save(temporary)
        activations = measure_files(model, paths, layer, channel)
        rows += [
            {
                "unit": unit,
                "kind": "synthetic",
                "pole": pole,
                "batch": None,
                "rank": rank,
                "activation": float(activation),
                "path": folder.relative(path),
                "source": f"fourier, {study.synthetic.steps} steps, diversity {weight:.4g}",
                "sha256": sha256_of(path),
            }
            for rank, (path, activation) in enumerate(zip(paths, activations, strict=True))
        ]
    return pd.DataFrame(rows)
