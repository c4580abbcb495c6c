"""Inception V1 as in Lucid's model zoo, written for speed: the same weights, outputs and gradients.

Lucent's forward pass pads before every pooling and convolution, normalises responses by a
three-dimensional average pooling and selects the negative inputs of every ReLU twice in the
backward pass. Here pooling pads by itself, the sum over neighbouring channels takes four additions,
and the backward pass of ReLU is one kernel.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

# Channels of a module's convolutions: 1x1, 3x3 bottleneck, 3x3, 5x5 bottleneck, 5x5, pool reduce.
_WIDTHS = {
    "mixed3a": (64, 96, 128, 16, 32, 32),
    "mixed3b": (128, 128, 192, 32, 96, 64),
    "mixed4a": (192, 96, 204, 16, 48, 64),
    "mixed4b": (160, 112, 224, 24, 64, 64),
    "mixed4c": (128, 128, 256, 24, 64, 64),
    "mixed4d": (112, 144, 288, 32, 64, 64),
    "mixed4e": (256, 160, 320, 32, 128, 128),
    "mixed5a": (256, 160, 320, 48, 128, 128),
    "mixed5b": (384, 192, 384, 48, 128, 128),
}
# Modules whose input is pooled with stride 2.
_POOLED_BEFORE = ("mixed4a", "mixed5a")
_CLASSES = 1008

# Local response normalisation (Krizhevsky et al. 2012, section 3.3), k = 1 and beta = 1/2.
_NEIGHBOURS = 9
_ALPHA = 9.99999974738e-05

# Part of the gradient that passes where a ReLU is shut: lets noise become a pattern (Lucid).
_LEAK = 0.1


class _RedirectedReLU(torch.autograd.Function):
    """ReLU whose gradient is scaled by 0.1, not 0, where the input is negative."""

    @staticmethod
    def forward(ctx: Any, inputs: torch.Tensor) -> torch.Tensor:
        outputs = inputs.clamp(min=0)
        ctx.save_for_backward(outputs)
        return outputs

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        (outputs,) = ctx.saved_tensors
        return torch.ops.aten.leaky_relu_backward(gradient, outputs, _LEAK, False)


class _ResponseNorm(torch.autograd.Function):
    """x / sqrt(1 + alpha · mean of x² over neighbouring channels)."""

    @staticmethod
    def forward(ctx: Any, inputs: torch.Tensor) -> torch.Tensor:
        # Not square(), which a GPU would compute in full precision in mixed, and all after it.
        scale = _over_neighbours(inputs * inputs).mul_(_ALPHA / _NEIGHBOURS).add_(1).rsqrt_()
        outputs = inputs * scale
        ctx.save_for_backward(inputs, scale, outputs)
        return outputs

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        inputs, scale, outputs = ctx.saved_tensors
        scaled = gradient * scale
        # Neighbours are so of one another: the sum over those that an input scales is the same one.
        through = _over_neighbours((scaled * scale).mul_(outputs))
        return scaled.addcmul_(inputs, through, value=-_ALPHA / _NEIGHBOURS)


def _over_neighbours(x: torch.Tensor) -> torch.Tensor:
    """Sums over nine channels, the one in their midst and four at each side."""
    one = F.pad(x.movedim(1, -1), (4, 4))
    two = one[..., :-1] + one[..., 1:]
    four = two[..., :-2] + two[..., 2:]
    eight = four[..., :-4] + four[..., 4:]
    return (eight[..., :-1] + one[..., 8:]).movedim(-1, 1)


class InceptionV1(nn.Module):
    """Inception V1; parameters are named and ordered as in ``lucent.modelzoo.inceptionv1``.

    Units are read from its convolutions by hooks, as from any model of the registry.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv2d0_pre_relu_conv = nn.Conv2d(3, 64, 7, stride=2)
        self.conv2d1_pre_relu_conv = nn.Conv2d(64, 64, 1)
        self.conv2d2_pre_relu_conv = nn.Conv2d(64, 192, 3, padding=1)
        before = 192
        for name, (one, narrow3, three, narrow5, five, pooled) in _WIDTHS.items():
            for part, conv in {
                "1x1": nn.Conv2d(before, one, 1),
                "3x3_bottleneck": nn.Conv2d(before, narrow3, 1),
                "5x5_bottleneck": nn.Conv2d(before, narrow5, 1),
                "pool_reduce": nn.Conv2d(before, pooled, 1),
                "3x3": nn.Conv2d(narrow3, three, 3, padding=1),
                "5x5": nn.Conv2d(narrow5, five, 5, padding=2),
            }.items():
                self.add_module(f"{name}_{part}_pre_relu_conv", conv)
            before = one + three + five + pooled
        self.softmax2_pre_activation_matmul = nn.Linear(before, _CLASSES)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """From images (N × 3 × H × W, 0…255 less 117) to the logits (N × 1008)."""
        x = self._conv("conv2d0", F.pad(images, (2, 3, 2, 3)))
        x = _ResponseNorm.apply(_halved(x))
        x = self._conv("conv2d2", self._conv("conv2d1", x))
        x = _halved(_ResponseNorm.apply(x))
        for name in _WIDTHS:
            x = self._mixed(name, _halved(x) if name in _POOLED_BEFORE else x)
        return self.softmax2_pre_activation_matmul(x.mean((2, 3)))

    def _conv(self, name: str, x: torch.Tensor) -> torch.Tensor:
        return _RedirectedReLU.apply(self.get_submodule(f"{name}_pre_relu_conv")(x))

    def _mixed(self, name: str, x: torch.Tensor) -> torch.Tensor:
        one = self._conv(f"{name}_1x1", x)
        three = self._conv(f"{name}_3x3", self._conv(f"{name}_3x3_bottleneck", x))
        five = self._conv(f"{name}_5x5", self._conv(f"{name}_5x5_bottleneck", x))
        pooled = self._conv(f"{name}_pool_reduce", F.max_pool2d(x, 3, stride=1, padding=1))
        return torch.cat((one, three, five, pooled), 1)


def _halved(x: torch.Tensor) -> torch.Tensor:
    """The maximum of 3 × 3 with stride 2; windows may hang over the right and lower edge."""
    return F.max_pool2d(x, 3, stride=2, ceil_mode=True)
