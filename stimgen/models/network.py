"""A network as a family gives it: before it is known what its layers are."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

Preprocess = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Network:
    """A frozen network in evaluation mode, what goes into it, and where its weights are from.

    Attributes
    ----------
    name : str
        As in the study file.
    net : Module
        Takes what ``preprocess`` gives.
    preprocess : callable
        From images N × 3 × H × W, values 0…1, to what the network takes.
    weights_source : str
        A file, an address, or a package, for people.
    weights_sha256 : str
        Hash of the tensors, see :func:`stimgen.models.weights.filling.state_hash`.
    side : int or None
        Height and width in pixels that it was made for. What it takes besides is found by trying.
    only_side : bool
        Whether it is to see no other, even where it would take some.
    weights_file : Path or None
        The file that the weights were read from, where there is one.
    """

    name: str
    net: nn.Module
    preprocess: Preprocess
    weights_source: str
    weights_sha256: str
    side: int | None = None
    only_side: bool = False
    weights_file: Path | None = None
