"""Quality of a set of synthetic images, against the natural ones of the same unit and pole."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import torch

from stimgen.activations import layer_maps
from stimgen.models.model import Model
from stimgen.synthetic.optimising.objective import similarity

# Weight of diversity as a share of the spread of the unit's activation over the pool.
DIVERSITY_SHARE = 0.25
# The search lowers the weight by this factor, so many times; the last try has none.
LOWERED = 0.5
MOST_TRIES = 6


@dataclass(frozen=True)
class Quality:
    """Activations of the images as written, and how alike they are to the layer (0…1)."""

    activations: np.ndarray
    similarity: float

    def weakest(self, pole: str) -> float:
        """Activation of the least extreme image."""
        return float(self.activations.min() if pole == "max" else self.activations.max())


@dataclass(frozen=True)
class NaturalLevel:
    """Activations of the natural images of a unit and pole."""

    mean: float
    most: float

    def is_beaten(self, weakest: float, pole: str) -> bool:
        """Whether an activation is more extreme than that of every natural image."""
        return weakest > self.most if pole == "max" else weakest < self.most

    def compared(self, weakest: float, pole: str) -> dict[str, float | bool]:
        """Columns of the report for a set whose least extreme image has this activation."""
        return {
            "natural_mean": self.mean,
            "natural_most": self.most,
            "beats_natural": self.is_beaten(weakest, pole),
        }


def quantised(images: torch.Tensor) -> torch.Tensor:
    """The images as 8-bit files hold them: N × 3 × H × W, uint8.

    Raises
    ------
    FloatingPointError
        Where one is no number: it would be black.
    """
    if not images.isfinite().all():
        raise FloatingPointError(
            "its images are no numbers (NaN or infinite): the network's gradient is not finite, or "
            "the learning rate too high; choose another unit or a lower learning_rate in the study "
            "file"
        )
    return (images * 255).round().to(torch.uint8)


def measure(model: Model, images: torch.Tensor, layer: str, channel: int) -> Quality:
    """Quality of images as a person will see them (N × 3 × H × W, 0…1)."""
    shown = quantised(images).float() / 255
    with torch.inference_mode():
        maps = layer_maps(model, shown.to(model.device), [layer])[layer]
        activations = model.readout(layer).activations(maps, [channel])[:, 0]
    alike = float(similarity(maps)) / max(1, len(images) - 1)
    return Quality(activations.float().cpu().numpy(), alike)


def natural_levels(stimuli: pd.DataFrame, photographs: str) -> dict[tuple[str, str], NaturalLevel]:
    """Levels of the pool's photographs by unit and pole, from the table of stimuli.

    Parameters
    ----------
    stimuli : DataFrame
        The table.
    photographs : str
        Name under which the pool's images lie.
    """
    natural = stimuli[stimuli["name"] == photographs]
    return {
        (str(unit), str(pole)): NaturalLevel(
            float(rows.mean()), float(rows.max() if pole == "max" else rows.min())
        )
        for (unit, pole), rows in natural.groupby(["unit", "pole"])["activation"]
    }


def diversity_weights(
    fixed: float | Literal["auto"], pool_sd: float | None, search: bool
) -> list[float]:
    """Weights of the similarity term to try for a unit, in order.

    A fixed weight is taken as it is. ``auto`` scales it to the unit: a quarter of the standard
    deviation of its activation over the pool. The published weight of 100 fits Inception V1,
    whose activations are some hundred times those of, for example, EfficientNet-Lite0, where it
    drowns the unit's own pattern. A search halves the weight from try to try and ends with none.
    """
    if fixed == "auto":
        assert pool_sd is not None  # without the scanned pool the command stops before
        first = DIVERSITY_SHARE * pool_sd
    else:
        first = float(fixed)
    if not search or not first:
        return [first]
    return [first * LOWERED**i for i in range(MOST_TRIES - 1)] + [0.0]
