"""A layer of a network, and where its values come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from stimgen.layers.layout import Layout

CHANNELS_FIRST = Layout(channel=1, rows=2, columns=3)
# Stands before the name of a value that is meant after its activation function.
AFTER = "post:"


@dataclass(frozen=True)
class Layer:
    """A layer that units can be chosen from.

    Attributes
    ----------
    name : str
        Its name, see :mod:`stimgen.layers.graph`.
    channels : int
        Number of its channels.
    sources : tuple of str
        Modules or operations that its values are read from, concatenated over channels.
    layout : Layout
        Axes of the values.
    takes_input : bool
        Whether the source is a module whose input is meant: that of an activation function, whose
        input is the value before ReLU.
    branches : tuple of (str, int)
        Each branch's exclusive upper channel.
    """

    name: str
    channels: int
    sources: tuple[str, ...]
    layout: Layout = CHANNELS_FIRST
    takes_input: bool = False
    branches: tuple[tuple[str, int], ...] = ()

    def branch_of(self, channel: int) -> str | None:
        """Branch that a channel lies in, or None where the layer has none."""
        return next((name for name, upper in self.branches if channel < upper), None)

    def joined(self, parts: Sequence[torch.Tensor]) -> torch.Tensor:
        """The layer's values out of those of its sources, in half precision only if asked to."""
        values = parts[0] if len(parts) == 1 else torch.cat(list(parts), dim=self.layout.channel)
        # Where a network is in half precision by itself, means of such values would tie.
        if values.dtype.itemsize < 4 and not torch.is_autocast_enabled(values.device.type):
            values = values.float()
        return values


class Reader(Protocol):
    """Reads values of layers while a network runs, no deeper than they need."""

    def read(
        self, net: nn.Module, inputs: torch.Tensor, layers: Sequence[Layer]
    ) -> list[torch.Tensor]:
        """The values of each layer, differentiable; later operations have not overwritten them."""
