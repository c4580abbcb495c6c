"""A network with its layers and what goes into it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import nn

from conditions.errors import StudyError

Preprocess = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Layer:
    """A layer that units can be chosen from.

    ``modules`` are the submodules whose outputs, concatenated over channels, are the layer's
    activation; where ``takes_input`` is set it is their input (an activation function's module:
    its input is the value before ReLU). ``branches`` gives each branch's exclusive upper channel.
    """

    name: str
    channels: int
    modules: tuple[str, ...]
    takes_input: bool = False
    branches: tuple[tuple[str, int], ...] = ()

    def branch_of(self, channel: int) -> str | None:
        """Branch that a channel lies in, or None where the layer has none."""
        return next((name for name, upper in self.branches if channel < upper), None)


@dataclass(frozen=True)
class Model:
    """A frozen network in evaluation mode, with its layers in the order of the forward pass."""

    name: str
    net: nn.Module
    preprocess: Preprocess
    layers: dict[str, Layer] = field(repr=False)
    weights_source: str
    weights_sha256: str

    @property
    def device(self) -> torch.device:
        """Device of the weights."""
        return next(self.net.parameters()).device

    def layer(self, name: str) -> Layer:
        """A layer by name.

        Raises
        ------
        StudyError
            Where there is none: lists those that exist.
        """
        if name not in self.layers:
            raise StudyError(
                f"model {self.name} has no layer {name!r}; it has {', '.join(self.layers)}"
            )
        return self.layers[name]

    def check_unit(self, layer: str, channel: int) -> Layer:
        """The layer of a unit, after checking that layer and channel exist.

        Raises
        ------
        StudyError
            Names what exists.
        """
        found = self.layer(layer)
        if not 0 <= channel < found.channels:
            raise StudyError(
                f"layer {layer} of model {self.name} has no channel {channel}; "
                f"it has 0 to {found.channels - 1}"
            )
        return found
