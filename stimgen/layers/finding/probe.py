"""Runs of a network on noise, which tell what it takes and how its values are laid out."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import fx, nn

from stimgen.layers.finding.order import halves
from stimgen.layers.tracing import tensors_in

# Sides in pixels of the images that are tried. Networks that take any take these: three maps of
# Inception V3, whose least side is 75, are still of several positions.
SMALL, LARGE = 128, 192
# Of those that nothing is known of, and that ask for more, or for multiples of 14 or 32.
USUAL = 224


@dataclass(frozen=True)
class Probes:
    """Inputs of a network, and what it gives for them.

    ``inputs`` are square images, higher and wider ones; only the square ones of two numbers where
    the network takes no other size. Which axis is the image is told by the numbers of images.
    ``halves`` are of :func:`~stimgen.layers.finding.order.halves`.
    """

    inputs: tuple[torch.Tensor, ...]
    halves: torch.Tensor
    outputs: tuple[object, ...]
    any_size: bool

    @property
    def side(self) -> int:
        """Of the square ones."""
        return self.inputs[0].shape[-1]


def noise(count: int, height: int, width: int) -> torch.Tensor:
    """Images of noise, all different: count × 3 × height × width, 0…1; the same at every call."""
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(0))


def probes_for(
    net: nn.Module, prepare: Callable[[torch.Tensor], torch.Tensor], side: int | None, only: bool
) -> Probes | str:
    """Inputs that a network takes, or what it says of those that it refuses.

    Parameters
    ----------
    net : Module
        The network.
    prepare : callable
        From images to what the network takes.
    side : int or None
        The side that the network was made for, in case that it takes no other; by default 224.
    only : bool
        Whether it is to be shown no other side, even if it takes some.
    """
    said = ""
    sizes = [] if only else [_sizes(SMALL, LARGE)]
    if side is None:
        sizes.append(_sizes(USUAL, 2 * USUAL))
    made_for = side or USUAL
    for tried in (*sizes, ((2, made_for, made_for), (1, made_for, made_for))):
        try:
            inputs = tuple(prepare(noise(*size)) for size in tried)
            with torch.inference_mode():
                outputs = tuple(net(one) for one in inputs)
        except Exception as error:  # a network's own code may raise anything here
            said = f"{type(error).__name__}: {error}".partition("\n")[0]
            continue
        if len(tried) == 3 and all(len(one) != len(inputs[0]) for one in _given(outputs[0])):
            # What is left over of a larger image was taken for more images: `reshape(-1, 400)`.
            continue
        return Probes(inputs, prepare(halves(tried[0][1])), outputs, len(tried) == 3)
    return said


def _given(output: object) -> list[torch.Tensor]:
    """The tensors of an output that have axes."""
    return [one for one in tensors_in(output) if one.dim()]


def _sizes(small: int, large: int) -> tuple[tuple[int, int, int], ...]:
    """Of images: square ones, a higher and a wider one."""
    return (2, small, small), (1, large, small), (1, small, large)


class Look(fx.Interpreter):
    """Runs a graph and shows every value that is a tensor to a function, when it arises."""

    def __init__(
        self, graph: fx.GraphModule, look: Callable[[fx.Node, torch.Tensor], None]
    ) -> None:
        super().__init__(graph)
        self._look = look

    def run_node(self, n: fx.Node) -> object:
        """Run an operation."""
        value = super().run_node(n)
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            self._look(n, value)
        return value
