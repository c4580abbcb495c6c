"""What is optimised: a unit's activation, and images that differ from one another."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F


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
        Scalar.
    """
    flat = maps.flatten(2)
    grams = F.normalize((flat @ flat.transpose(1, 2)).flatten(1), dim=1)
    # The sum over all ordered pairs is the squared length of the sum, less the N pairs with itself.
    total = grams.sum(0).square().sum()
    return (total - len(grams)) / len(grams)


@dataclass(frozen=True)
class UnitObjective:
    """Mean activation of a channel, towards a pole, less weighted similarity of the images."""

    channel: int
    pole: str
    diversity: float

    def loss(self, maps: torch.Tensor) -> torch.Tensor:
        """What to minimise, for the layer's maps N × channels × height × width."""
        activation = maps[:, self.channel].mean()
        loss = -activation if self.pole == "max" else activation
        if self.diversity:
            loss = loss + self.diversity * similarity(maps)
        return loss
