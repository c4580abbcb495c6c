"""What can be read of a model, in words."""

from collections.abc import Iterator

import torch

from stimgen.layers.layer import Layer
from stimgen.models.model import Model

# Side in pixels of the image whose values are shown, where the network takes any.
SIDE = 128
# Layers whose values are held at a time.
_TOGETHER = 64


def listed(model: Model) -> Iterator[str]:
    """A line on the image that was tried, then one for each layer in the order of the pass.

    Of each its name, its channels, the shape of its values for one image and how they are laid
    out, tokens that are no patches, whether it is before an activation function, and branches.
    """
    side = model.side or SIDE
    fixed = "" if model.side is None else ", the only size it takes"
    yield f"{model.name}: {len(model.layers)} layers; values of one image of {side} px{fixed}"
    image = model.preprocess(torch.zeros(1, 3, side, side, device=model.device))
    every = list(model.layers.values())
    for start in range(0, len(every), _TOGETHER):
        layers = every[start : start + _TOGETHER]
        with torch.inference_mode():
            values = model.reader.read(model.net, image, layers)
        for layer, value in zip(layers, values, strict=True):
            yield "; ".join(part for part in _parts(layer, value) if part)


def _parts(layer: Layer, value: torch.Tensor) -> Iterator[str]:
    yield f"{layer.name}: channels 0 to {layer.channels - 1}"
    yield f"{layer.layout}, {'×'.join(map(str, value.shape))}"
    count = len(layer.layout.prefix)
    if count:
        yield "class token" + (f" and {count - 1} more beside the patches" if count > 1 else "")
    if layer.takes_input:
        yield "before its activation function"
    yield ", ".join(f"{name} up to {upper - 1}" for name, upper in layer.branches)
