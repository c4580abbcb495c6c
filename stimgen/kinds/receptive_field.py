"""The receptive field of a layer, as it is measured."""

from weakref import WeakKeyDictionary

import torch
from torch import nn

from conditions.errors import StudyError
from conditions.seeds import named_integer
from stimgen.activations import layer_maps
from stimgen.models.model import Model

# Images of noise that it is measured on, and the part of the squared gradient that it holds: with
# fewer images it is another one by a few pixels in the hundred.
NOISE, HELD = 8, 0.95
# What was measured, by layer and side, as long as the network is there: units share layers.
_KNOWN: WeakKeyDictionary[nn.Module, dict[tuple[str, int], int]] = WeakKeyDictionary()


def receptive_field(model: Model, layer: str, side: int) -> int:
    """Side in pixels of the square that a position in the middle of a layer's map looks at.

    The smallest square around that position which holds 95 % of the squared gradient of its
    channels, in random proportions, with respect to images of noise: the effective receptive field
    of Luo et al. (2016), which is smaller than the one that follows from sizes of filters.

    Parameters
    ----------
    model : Model
        The network.
    layer : str
        The layer or readout.
    side : int
        Height and width of the images in pixels.

    Returns
    -------
    int
        From 1 to ``side``.

    Raises
    ------
    StudyError
        Where no gradient comes back.
    """
    known = _KNOWN.setdefault(model.net, {})
    if (layer, side) not in known:
        known[layer, side] = _measured(model, layer, side)
    return known[layer, side]


def _measured(model: Model, layer: str, side: int) -> int:
    # By the layer's name, whatever the unit and the worker: a layer has one receptive field.
    generator = torch.Generator().manual_seed(named_integer(0, f"receptive field/{layer}"))
    noise = torch.rand(NOISE, 3, side, side, generator=generator)
    images = noise.to(model.device).requires_grad_(True)
    maps = layer_maps(model, images, [layer])[layer]
    shares = torch.randn(maps.shape[:2], generator=generator).to(maps.device)
    row, column = maps.shape[2] // 2, maps.shape[3] // 2
    try:
        (maps[:, :, row, column] * shares).sum().backward()
    except RuntimeError as error:
        if "grad" not in str(error):
            raise
    if images.grad is None or not images.grad.any():
        raise StudyError(
            f"layer {layer} of model {model.name}: no gradient reaches the images, so that its "
            "receptive field cannot be measured: give the side of the crops in pixels"
        )
    energy = images.grad.double().square().sum((0, 1)).cpu()
    pixels = torch.arange(side) + 0.5
    away = torch.maximum(
        (pixels - (row + 0.5) / maps.shape[2] * side).abs()[:, None],
        (pixels - (column + 0.5) / maps.shape[3] * side).abs()[None],
    )
    order = away.flatten().argsort()
    held = energy.flatten()[order].cumsum(0) / energy.sum()
    farthest = float(away.flatten()[order][int((held < HELD).sum())])
    return min(side, round(2 * farthest + 1))
