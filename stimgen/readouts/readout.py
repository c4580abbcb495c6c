"""A readout: a layer, how its positions are pooled, and where there is one a linear map."""

from dataclasses import dataclass

import torch

from stimgen.layers.layer import Layer
from stimgen.readouts.dictionary import Dictionary
from stimgen.readouts.pooling import MEAN, Pooling


@dataclass(frozen=True)
class Readout:
    """What units are channels of.

    Attributes
    ----------
    name : str
        As in the names of its units: the layer's, or one of the study's own.
    layer : Layer
        What is read.
    pooling : Pooling
        How the values at all positions become one.
    dictionary : Dictionary or None
        The units as linear combinations of the layer's channels; without it they are the channels.
    """

    name: str
    layer: Layer
    pooling: Pooling = MEAN
    dictionary: Dictionary | None = None

    @property
    def channels(self) -> int:
        """How many units there are."""
        return self.dictionary.units if self.dictionary else self.layer.channels

    def maps(self, values: torch.Tensor) -> torch.Tensor:
        """The layer's channels at the positions that count: N × channels × rows × columns."""
        if self.pooling.kind == "token":
            return self.layer.layout.token(values, self.pooling.token)
        return self.layer.layout.maps(values)

    def unit(self, maps: torch.Tensor, channel: int) -> torch.Tensor:
        """What a unit's activation is the mean of, over images and positions; differentiable.

        Parameters
        ----------
        maps : Tensor
            See :meth:`maps`.
        channel : int
            The unit.
        """
        if self.dictionary is None:
            return self.pooling.of_unit(maps[:, channel])
        return self.pooling.of_unit(self.dictionary.of_maps(maps, [channel], leak=True)[:, 0])

    def activations(self, maps: torch.Tensor, units: list[int] | None = None) -> torch.Tensor:
        """The activation of units, by default of all: N × units."""
        if self.dictionary is None:
            values = self.pooling.over(maps)
            return values if units is None else values[:, units]
        units = list(range(self.channels)) if units is None else units
        if self.dictionary.is_linear and self.pooling.kind != "max":
            # The same, without the units at every position.
            return self.dictionary.of_mean(self.pooling.over(maps).float(), units)
        return self.pooling.over(self.dictionary.of_maps(maps, units))
