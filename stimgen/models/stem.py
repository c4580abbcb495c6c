"""The gradient of images through a network's first convolution, in less time.

A first convolution has three channels before it, and often a large kernel and stride: for the
gradient of its inputs a CPU's libraries then work mostly on channels that are not there. With the
image folded, each stride × stride square of pixels as channels of one place, the same convolution
has stride 1 and stride² times the channels, and its gradient is an ordinary convolution.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

# Channels of an image, and where folding pays: not with 3 × 3 pixels at stride 2.
MOST_CHANNELS = 4
LEAST_KERNEL = 4

Pair = tuple[int, int]


class QuickStem(nn.Conv2d):
    """A first convolution whose images' gradient takes less time on a CPU; values are the same."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Convolve as torch does, with a gradient of our own where one is wanted of images."""
        if (
            input.requires_grad
            and input.dim() == 4
            and input.device.type == "cpu"
            and not self.weight.requires_grad
        ):
            return _Stem.apply(input, self.weight, self.bias, self.stride, self.padding)
        return super().forward(input)


def quicken_stems(net: nn.Module) -> None:
    """Make each frozen first convolution of a network a :class:`QuickStem` where that pays.

    Only torch's own convolutions are: what a subclass does besides would be lost.
    """
    for module in net.modules():
        if type(module) is nn.Conv2d and _pays(module):
            module.__class__ = QuickStem


def _pays(convolution: nn.Conv2d) -> bool:
    # A network may have been given another stride or padding since: torch takes numbers there too.
    written = (convolution.stride, convolution.padding)
    if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in written):
        return False
    rows, columns = convolution.stride
    return (
        rows == columns > 1
        and convolution.in_channels <= MOST_CHANNELS
        and min(convolution.kernel_size) >= LEAST_KERNEL
        and convolution.dilation == (1, 1)
        and convolution.groups == 1
        and convolution.weight.is_floating_point()
        and convolution.padding_mode == "zeros"
    )


class _Stem(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        images: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        stride: Pair,
        padding: Pair,
    ) -> torch.Tensor:
        ctx.save_for_backward(weight)
        ctx.size, ctx.stride, ctx.padding = images.shape[-2:], stride[0], padding
        return F.conv2d(images, weight, bias, stride, padding)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (weight,) = ctx.saved_tensors
        rows, columns = (-size % ctx.stride for size in weight.shape[-2:])
        folded = F.pixel_unshuffle(F.pad(weight, (0, columns, 0, rows)), ctx.stride)
        folded = folded.to(gradient.dtype).contiguous(memory_format=torch.channels_last)
        padded = F.pixel_shuffle(F.conv_transpose2d(gradient, folded), ctx.stride)
        # Off with the convolution's padding and the kernel's; pixels that it skips have none.
        edges: list[int] = []
        for size, padding, reached in zip(
            ctx.size[::-1], ctx.padding[::-1], padded.shape[:-3:-1], strict=True
        ):
            edges += [-padding, size + padding - reached]
        return F.pad(padded, edges), None, None, None, None
