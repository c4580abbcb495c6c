"""What can be read of a model, in words."""

from collections.abc import Iterator

from stimgen.layers.layer import Layer
from stimgen.models.model import Model


def listed(model: Model) -> Iterator[str]:
    """A line for each layer, in the order of the forward pass.

    Name, channels, for one image the shape of its values at the side that was tried and how they
    are laid out, the tokens that are no patches, branches, and whether it is before an activation
    function.
    """
    for layer in model.layers.values():
        parts = [f"{layer.name}: channels 0 to {layer.channels - 1}", *_values(layer)]
        parts += [", ".join(f"{name} up to {upper - 1}" for name, upper in layer.branches)]
        yield "; ".join(part for part in parts if part)


def _values(layer: Layer) -> list[str]:
    shape = "×".join(map(str, layer.shape))
    found = [f"{layer.layout} ({shape})" if shape else str(layer.layout)]
    count = len(layer.layout.prefix)
    if count:
        found.append("with class token" + (f" and {count - 1} registers" if count > 1 else ""))
    if layer.takes_input:
        found.append("before its activation function")
    return found
