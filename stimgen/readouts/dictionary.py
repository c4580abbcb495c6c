"""A linear map behind a layer: concepts, dictionary elements, latents of a sparse autoencoder."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch

from conditions.errors import StudyError
from stimgen.readouts.map_file import read_map, tensors_sha256

# Values that are made at a time where all units are needed to know which of them are active.
_AT_A_TIME = 1 << 25
# Part of the gradient that passes where a unit is shut, as through the ReLUs of a network (Lucid):
# without it nothing would lead from noise to what opens it.
_LEAK = 0.1

_TENSORS = {"weights": "units × channels", "bias": "units", "centre": "channels"}


@dataclass(frozen=True)
class Dictionary:
    """Units = nonlinearity(weights · (channels − centre) + bias), at every position.

    Attributes
    ----------
    weights : Tensor
        units × channels, float32.
    bias : Tensor
        units: what is added, the centre's part included.
    activation : str or int
        ``none``; ``relu``; or how many units are active at a position (TopK: the largest keep
        their value where it is positive, all others are 0; Gao et al. 2024, "Scaling and
        evaluating sparse autoencoders").
    sha256 : str
        Of the file's tensors, whatever kind of file it is.
    """

    weights: torch.Tensor
    bias: torch.Tensor
    activation: Literal["none", "relu"] | int
    sha256: str

    @property
    def units(self) -> int:
        """How many there are."""
        return len(self.weights)

    @property
    def channels(self) -> int:
        """Of the layer that it reads."""
        return self.weights.shape[1]

    @property
    def is_linear(self) -> bool:
        """Whether the mean of the units is that of the mean channels."""
        return self.activation == "none"

    def to(self, device: torch.device) -> "Dictionary":
        """The same on a device."""
        return replace(self, weights=self.weights.to(device), bias=self.bias.to(device))

    def of_mean(self, means: torch.Tensor, units: list[int]) -> torch.Tensor:
        """Units (N × units) of mean channels (N × channels), where it is linear."""
        weights, bias = self._rows(units)
        return means.float() @ weights.T + bias

    def of_maps(self, maps: torch.Tensor, units: list[int], leak: bool = False) -> torch.Tensor:
        """Units at all positions.

        Parameters
        ----------
        maps : Tensor
            N × channels × rows × columns.
        units : list of int
            Which ones.
        leak : bool
            Whether a part of the gradient passes where a unit is shut; values are the same.

        Returns
        -------
        Tensor
            N × units × rows × columns, float32.
        """
        maps = maps.float()
        before = self._before(maps, units)
        if self.is_linear:
            return before
        after = before.clamp(min=0)
        if isinstance(self.activation, int):
            after = after * self._active(maps.detach(), units)
        if leak:
            after = after + _LEAK * (before - before.detach()) * (after.detach() == 0)
        return after

    def _before(self, maps: torch.Tensor, units: list[int]) -> torch.Tensor:
        weights, bias = self._rows(units)
        return torch.einsum("uc,nchw->nuhw", weights, maps) + bias[:, None, None]

    def _active(self, maps: torch.Tensor, units: list[int]) -> torch.Tensor:
        """Whether units are among the largest at a position: N × units × rows × columns."""
        every, most = list(range(self.units)), int(self.activation)
        at_once = max(1, _AT_A_TIME // (self.units * maps.shape[2] * maps.shape[3]))
        active = []
        for part in maps.split(at_once):
            values = self._before(part, every)
            # Of the same product: another one of fewer units may differ in the last digits.
            active.append(values[:, units] >= values.topk(most, dim=1).values[:, -1:])
        return torch.cat(active)

    def _rows(self, units: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        if len(units) == self.units:
            return self.weights, self.bias
        return self.weights[units], self.bias[units]


def load_dictionary(
    path: Path, activation: Literal["none", "relu"] | int, subtract: bool | None
) -> Dictionary:
    """Read a dictionary from a ``.safetensors`` or ``.npz`` file.

    Parameters
    ----------
    path : Path
        Holds ``weights`` (units × channels), and may hold ``bias`` (units) and ``centre``
        (channels), which is subtracted from the channels first: the bias of an autoencoder's
        decoder, or the mean that a decomposition was made around.
    activation : str or int
        See :class:`Dictionary`.
    subtract : bool or None
        Whether the centre is subtracted; by default where the file has one.

    Raises
    ------
    StudyError
        Where the file cannot be read, has other tensors, or they do not fit one another.
    """
    tensors = read_map(path)
    unknown = sorted(set(tensors) - set(_TENSORS))
    if unknown or "weights" not in tensors:
        wanted = ", ".join(f"{name} ({shape})" for name, shape in _TENSORS.items())
        raise StudyError(
            f"{path}: found {', '.join(sorted(tensors)) or 'nothing'}, wanted weights and, where "
            f"there are any, bias and centre: {wanted}"
        )
    weights = tensors["weights"]
    if weights.dim() != 2 or 0 in weights.shape:
        raise StudyError(
            f"{path}: weights: found shape {tuple(weights.shape)}, wanted units × channels"
        )
    lengths = {"bias": weights.shape[0], "centre": weights.shape[1]}
    for name, length in lengths.items():
        if name in tensors and tuple(tensors[name].shape) != (length,):
            raise StudyError(
                f"{path}: {name}: found shape {tuple(tensors[name].shape)}, wanted ({length},), as "
                f"weights are {weights.shape[0]} units × {weights.shape[1]} channels"
            )
    if subtract and "centre" not in tensors:
        raise StudyError(f"{path}: subtract_bias: true, but the file has no centre")
    if isinstance(activation, int) and activation > len(weights):
        raise StudyError(
            f"{path}: topk: found {activation}, wanted at most its {len(weights)} units"
        )
    bias = tensors.get("bias", torch.zeros(len(weights), dtype=torch.float64))
    if "centre" in tensors and subtract is not False:
        bias = bias - weights @ tensors["centre"]
    return Dictionary(weights.float(), bias.float(), activation, tensors_sha256(tensors))
