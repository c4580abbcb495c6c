"""A network with what can be read of it and what goes into it."""

import difflib
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.files import sha256_of
from stimgen.layers.hooks import Hooks
from stimgen.layers.layer import AFTER, Layer, Reader
from stimgen.models.network import Preprocess
from stimgen.readouts.readout import Readout

# Of layers in a message, so many are named.
NAMED = 40


@dataclass(frozen=True)
class Model:
    """A frozen network in evaluation mode, with its layers in the order of the forward pass.

    Attributes
    ----------
    name, net, preprocess, weights_source, weights_sha256
        See :class:`stimgen.models.network.Network`.
    layers : dict of str to Layer
        Its layers.
    reader : Reader
        What reads them.
    side : int or None
        The side in pixels of its input, where it takes no other.
    weights_file : Path or None
        See :class:`~stimgen.models.network.Network`.
    readouts : dict of str to Readout
        The study's own; a layer is a readout by itself.
    memory_format : torch.memory_format
        How images are to lie in memory, see :class:`stimgen.layers.finding.discover.Found`.
    """

    name: str
    net: nn.Module
    preprocess: Preprocess
    layers: dict[str, Layer] = field(repr=False)
    weights_source: str
    weights_sha256: str
    reader: Reader = field(default_factory=lambda: Hooks(copies=False))
    side: int | None = None
    weights_file: Path | None = None
    readouts: dict[str, Readout] = field(default_factory=dict)
    memory_format: torch.memory_format = torch.channels_last

    @property
    def file_sha256(self) -> str | None:
        """Hash of the file of the weights: earlier versions knew them by it; None without one."""
        return sha256_of(self.weights_file) if self.weights_file else None

    @property
    def device(self) -> torch.device:
        """Device of the weights, also of those that cannot be learnt."""
        tensors = chain(self.net.parameters(), self.net.buffers())
        return next((tensor.device for tensor in tensors), torch.device("cpu"))

    @property
    def dictionaries(self) -> dict[str, str]:
        """For each readout with a map the hash of its tensors."""
        return {
            name: readout.dictionary.sha256
            for name, readout in self.readouts.items()
            if readout.dictionary
        }

    def different_layers(self) -> list[Layer]:
        """The layers of which each gives other values, all before their activation function.

        A block often is called as its last operation is, and as the stage that it ends.
        """
        first: dict[tuple, Layer] = {}
        for layer in self.layers.values():
            if not layer.name.startswith(AFTER):
                first.setdefault((layer.sources, layer.takes_input), layer)
        return list(first.values())

    def layer(self, name: str) -> Layer:
        """A layer by name.

        Raises
        ------
        StudyError
            Where there is none: lists those that exist, or the nearest of many.
        """
        if name not in self.layers:
            there = [*self.readouts, *self.layers]
            named = difflib.get_close_matches(name, there, n=5, cutoff=0.5) or there[:5]
            if len(there) <= NAMED:
                raise StudyError(
                    f"model {self.name} has no layer {name!r}; it has {', '.join(there)}"
                )
            raise StudyError(
                f"model {self.name} has no layer {name!r}; of its {len(self.layers)} there are "
                f"{', '.join(named)}; `{typed_command('stimgen', 'layers', self.name)}` lists all "
                "that can be read"
            )
        return self.layers[name]

    def readout(self, name: str) -> Readout:
        """A readout of the study by name, or a layer, whose channels are means over positions.

        Raises
        ------
        StudyError
            Where there is none.
        """
        return self.readouts.get(name) or Readout(name, self.layer(name))

    def check_unit(self, readout: str, channel: int) -> Readout:
        """The readout of a unit, after checking that readout and channel exist.

        Raises
        ------
        StudyError
            Names what exists.
        """
        found = self.readout(readout)
        if not 0 <= channel < found.channels:
            raise StudyError(
                f"layer {readout} of model {self.name} has no channel {channel}; "
                f"it has 0 to {found.channels - 1}"
            )
        return found

    def check_side(self, side: int, field: str) -> None:
        """Check that the network takes images of a size that a study will show it.

        Raises
        ------
        StudyError
            Names the field of the study file that the size comes from.
        """
        images = self.fitted(torch.zeros(1, 3, side, side, device=self.device))
        try:
            with torch.inference_mode():
                self.net(self.preprocess(images))
        except Exception as error:  # a network's own code may raise anything here
            said = str(error).partition("\n")[0]
            raise StudyError(
                f"{field}: model {self.name} does not take images of {side} px "
                f"({type(error).__name__}: {said})"
            ) from error

    def fitted(self, images: torch.Tensor) -> torch.Tensor:
        """Images as the network takes them: at its side, where it takes no other."""
        if self.side is None or images.shape[-2:] == (self.side, self.side):
            return images
        size = (self.side, self.side)
        return F.interpolate(images, size, mode="bilinear", antialias=True, align_corners=False)
