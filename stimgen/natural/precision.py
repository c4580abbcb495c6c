"""Reduced precision, and whether it ranks images as full precision does."""

from contextlib import AbstractContextManager

import torch

# Largest root mean square difference from full precision, in standard deviations of a unit.
TOLERANCE = 0.02


def autocast(device: torch.device, enabled: bool) -> AbstractContextManager:
    """Automatic mixed precision: float16 on a GPU, bfloat16 on a CPU."""
    dtype = torch.float16 if device.type == "cuda" else torch.bfloat16
    return torch.autocast(device.type, dtype=dtype, enabled=enabled)


def disagreement(full: torch.Tensor, reduced: torch.Tensor) -> tuple[float, float]:
    """How far activations in reduced precision are from those in full precision.

    Parameters
    ----------
    full, reduced : Tensor
        images × units.

    Returns
    -------
    float
        Largest root mean square difference of a unit, in its standard deviations over the images.
    float
        Smallest Spearman rank correlation of a unit.
    """
    rms = (reduced - full).square().mean(0).sqrt()
    relative = rms / full.std(0).clamp_min(1e-12)
    ranks = [x.argsort(0).argsort(0).double() for x in (full, reduced)]
    centred = [r - r.mean(0) for r in ranks]
    lengths = [c.square().sum(0).sqrt() for c in centred]
    correlation = (centred[0] * centred[1]).sum(0) / (lengths[0] * lengths[1])
    return float(relative.max()), float(correlation.min())
