"""Reduced precision, and whether it ranks images as full precision does."""

from contextlib import AbstractContextManager

import torch

from stimgen.dead_units import CONSTANT

# Largest root mean square difference from full precision, in standard deviations of a unit.
TOLERANCE = 0.02


def autocast(device: torch.device, enabled: bool) -> AbstractContextManager:
    """Automatic mixed precision: float16 on a GPU, bfloat16 on a CPU."""
    dtype = torch.float16 if device.type == "cuda" else torch.bfloat16
    return torch.autocast(device.type, dtype=dtype, enabled=enabled)


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
