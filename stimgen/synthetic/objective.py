"""What is optimised: a unit's activation, and images that differ from one another."""

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
        N × channels × height × width.

    Returns
    -------
    Tensor
        Scalar; differentiable once.
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
        # Positions × channels: no copy where the layer's maps are in channels_last.
        flat = maps.permute(0, 2, 3, 1).flatten(1, 2)
        grams = flat.transpose(1, 2) @ flat
        lengths = grams.flatten(1).norm(dim=1).clamp(min=_SHORTEST)
        total = ((1 / lengths) @ grams.flatten(1)).view_as(grams[0])
        ctx.save_for_backward(flat, grams, lengths, total)
        ctx.shape = maps.shape
        return (total.square().sum() - len(maps)) / len(maps)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        flat, grams, lengths, total = ctx.saved_tensors
        count, channels, height, width = ctx.shape
        shared = grams.flatten(1) @ total.flatten()
        to_grams = torch.addcmul(
            total / lengths[:, None, None], grams, (-shared / lengths.pow(3))[:, None, None]
        )
        to_flat = flat @ to_grams.mul_(4 / count * gradient)
        return to_flat.view(count, height, width, channels).permute(0, 3, 1, 2)


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
        activation = readout.unit(maps, self.channel).mean()
        loss = -activation if self.pole == "max" else activation
        if self.diversity:
            loss = loss + self.diversity * similarity(maps)
        return loss
