"""What is optimised: a unit's activation, and images that differ from one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from stimgen.readouts.readout import Readout

# The length of a Gram matrix of nothing but zeros, whose direction is undefined.
_SHORTEST = 1e-12


def similarity(maps: torch.Tensor) -> torch.Tensor:
    """How alike images are to a layer: 0 (no shared style) to count − 1 (all the same).

    For each image the sum of the cosine similarities of its Gram matrix (channels × channels) to
    those of the other images, averaged over the images. The diversity term of Olah, Mordvintsev &
    Schubert (2017), after the style distance of Gatys, Ecker & Bethge (2015).

    Parameters
    ----------
    maps : Tensor
        … × N × channels × height × width; images of different sets do not count for one another.

    Returns
    -------
    Tensor
        One for each set (a scalar for N × channels × height × width); differentiable once.
    """
    return _Similarity.apply(maps)


class _Similarity(torch.autograd.Function):
    """With its gradient written out: a Gram matrix is symmetric, so one product does for two.

    With G_i the Gram matrices, n_i their lengths and S = Σ G_i / n_i, the similarity is
    (|S|² − N) / N: the sum over all ordered pairs is the squared length of the sum, less the N
    pairs of a matrix with itself.
    """

    @staticmethod
    def forward(ctx: Any, maps: torch.Tensor) -> torch.Tensor:
        count = maps.shape[-4]
        # Positions × channels: no copy where the layer's maps are in channels_last.
        flat = maps.movedim(-3, -1).flatten(-3, -2)
        grams = flat.mT @ flat
        lengths = grams.flatten(-2).norm(dim=-1).clamp(min=_SHORTEST)
        # Sets × 1 × N times sets × N × channels²: no second copy of the Gram matrices.
        total = ((1 / lengths).unsqueeze(-2) @ grams.flatten(-2)).squeeze(-2)
        ctx.save_for_backward(flat, grams, lengths, total)
        ctx.shape = maps.shape
        return (total.square().sum(-1) - count) / count

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        flat, grams, lengths, total = ctx.saved_tensors
        *_, count, channels, height, width = ctx.shape
        shared = (grams.flatten(-2) @ total.unsqueeze(-1)).squeeze(-1)
        total = total.unflatten(-1, (channels, channels)).unsqueeze(-3)
        to_grams = torch.addcmul(
            total / lengths[..., None, None], grams, (-shared / lengths.pow(3))[..., None, None]
        )
        to_flat = flat @ to_grams.mul_(4 / count * gradient[..., None, None, None])
        return to_flat.unflatten(-2, (height, width)).movedim(-1, -3)


@dataclass(frozen=True)
class UnitObjective:
    """Activation of a unit, towards a pole, less weighted similarity of the images."""

    channel: int
    pole: str
    diversity: float

    def loss(self, readout: Readout, maps: torch.Tensor) -> torch.Tensor:
        """What to minimise, for the maps of the layer that the unit's readout reads.

        Parameters
        ----------
        readout : Readout
            What the unit is a channel of.
        maps : Tensor
            N × channels × rows × columns. Images are alike to the layer, whatever is made of it.
        """
        return losses([self], readout, maps[None])[0]


def losses(
    objectives: Sequence[UnitObjective], readout: Readout, maps: torch.Tensor
) -> torch.Tensor:
    """What to minimise for sets of images of one readout's units, one number a set.

    Parameters
    ----------
    objectives : sequence of UnitObjective
        One for each set.
    readout : Readout
        What the units are channels of.
    maps : Tensor
        Sets × N × channels × rows × columns.
    """
    towards = [-1.0 if one.pole == "max" else 1.0 for one in objectives]
    found = [
        sign * readout.unit(own, one.channel).mean()
        for sign, one, own in zip(towards, objectives, maps, strict=True)
    ]
    # Only where it counts: without it a set needs no other channel to be a number.
    apart = [place for place, one in enumerate(objectives) if one.diversity]
    if apart:
        chosen = maps if len(apart) == len(objectives) else maps[apart]
        for place, alike in zip(apart, similarity(chosen).unbind(), strict=True):
            found[place] = found[place] + objectives[place].diversity * alike
    return torch.stack(found)
