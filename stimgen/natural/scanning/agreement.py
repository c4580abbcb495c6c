"""Whether reduced precision ranks images as full precision does, tried on a pool's beginning."""

import math

import torch

from conditions.commands.command_line import console
from conditions.study.recipes import ImageSize
from stimgen.dead_units import CONSTANT
from stimgen.models.model import Model
from stimgen.natural.scanning.activations import columns_of, unit_activations
from stimgen.natural.scanning.scan import ScanSettings
from stimgen.pool.images import Pool
from stimgen.pool.loader import load_batches

# Largest root mean square difference from full precision, in standard deviations of a unit.
TOLERANCE = 0.02
# Images of the pool that reduced precision is tried on.
TRIED = 128


def agrees(
    model: Model,
    pool: Pool,
    size: ImageSize,
    units: list[tuple[str, int]],
    settings: ScanSettings,
) -> bool:
    """Whether reduced precision agrees with full precision on the beginning of the pool."""
    columns = columns_of(units)
    full, reduced = [], []
    for batch in load_batches(pool, size, settings.batch_size, 0):
        # Images of no use are all zeros, and where a batch has no other, of no size.
        pixels = batch.pixels[torch.from_numpy(batch.usable)]
        if not len(pixels):
            continue
        full.append(unit_activations(model, pixels, columns, False))
        reduced.append(unit_activations(model, pixels, columns, True))
        if sum(map(len, full)) >= TRIED:
            break
    if sum(map(len, full)) < 2:
        # The scan will say what is wrong with the pool.
        return False
    rms, correlation = disagreement(torch.cat(full), torch.cat(reduced))
    used = rms <= TOLERANCE
    found = (
        f"differs by at most {rms:.4f} standard deviations of a unit (root mean square; tolerance "
        f"{TOLERANCE}), rank correlation at least {correlation:.5f}"
    )
    if math.isinf(rms):
        found = "gives activations that are not finite, where full precision gives finite ones"
    elif math.isnan(rms):
        found = "cannot be judged by units that are constant or not finite"
    console.print(f"autocast: {found}: {'used' if used else 'not used'}")
    return used


def disagreement(full: torch.Tensor, reduced: torch.Tensor) -> tuple[float, float]:
    """How far activations in reduced precision are from those in full precision.

    Nothing is judged by what is not finite in full precision, nor by units that are constant,
    whose images have no ranks.

    Parameters
    ----------
    full, reduced : Tensor
        images × units.

    Returns
    -------
    float
        Largest root mean square difference of a unit, in its standard deviations over the images:
        infinite where reduced precision leaves the finite numbers. NaN where no unit is judged.
    float
        Smallest Spearman rank correlation of a unit.
    """
    whole = full.isfinite().all(0)
    found = [_judged(full[:, whole], reduced[:, whole])]
    for column in (~whole).nonzero().flatten():
        rows = full[:, column].isfinite()
        found.append(_judged(full[rows, column, None], reduced[rows, column, None]))
    distances, correlations = (torch.cat(part) for part in zip(*found, strict=True))
    if not len(distances):
        return torch.nan, torch.nan
    return float(distances.max()), float(correlations.min())


def _judged(full: torch.Tensor, reduced: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Differences and rank correlations of the units that vary, all finite in full precision."""
    if len(full) >= 2:
        least, most = full.aminmax(dim=0)
        varies = most - least > CONSTANT * torch.maximum(least.abs(), most.abs())
        full, reduced = full[:, varies], reduced[:, varies]
    if len(full) < 2 or not full.shape[1]:
        return full.new_empty(0), full.new_empty(0)
    rms = (reduced - full).square().mean(0).sqrt().nan_to_num(nan=torch.inf, posinf=torch.inf)
    relative = rms / full.std(0).clamp_min(1e-12)
    ranks = [x.argsort(0).argsort(0).double() for x in (full, reduced)]
    centred = [r - r.mean(0) for r in ranks]
    lengths = [c.square().sum(0).sqrt() for c in centred]
    correlation = (centred[0] * centred[1]).sum(0) / (lengths[0] * lengths[1])
    return relative, correlation
