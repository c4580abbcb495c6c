"""Small networks that do what public ones do, and what they should not."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from stimgen.layers.finding.discover import discover
from stimgen.models.model import Model


def model_of(net: nn.Module, side: int | None = None, only: bool = False) -> Model:
    """A network with all that can be read of it."""
    net.eval().requires_grad_(False)
    prepare: Callable[[torch.Tensor], torch.Tensor] = lambda images: images  # noqa: E731
    found = discover(net, prepare, side, "small", only)
    return Model("small", net, prepare, found.layers, "made", "0", found.reader, found.side)


class Residual(nn.Module):
    """A block of a ResNet: one ReLU module that is called twice, and an addition in place."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 6, 1), nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 3, 1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.conv2(self.relu(self.bn1(self.conv1(x))))
        out += x - 1
        return self.relu(out)


class Overwriting(nn.Module):
    """As GoogLeNet: what a module gives is overwritten by a function that works in place."""

    def __init__(self, traceable: bool = True) -> None:
        super().__init__()
        self.bn, self.last = nn.BatchNorm2d(3), nn.Conv2d(3, 4, 1)
        self.traceable = traceable

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.traceable and x.sum() < 0:
            raise ValueError("an image is not below zero")
        y = self.bn(x) - 0.5 if self.traceable else self.bn(x - 0.5)
        y.mul_(2)
        return self.last(F.relu(y, inplace=True))


class Inverted(nn.Module):
    """Parts with an activation function each, concatenated; then a map that is flattened."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.three = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 5, 3, padding=1)
        self.pool, self.head = nn.AdaptiveAvgPool2d(4), nn.Linear(9 * 16, 7)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        both = torch.cat([F.relu(self.one(x)), F.dropout(F.gelu(self.three(x)), 0.5, False)], 1)
        return self.head(self.pool(both).flatten(1))


class ChannelsLast(nn.Module):
    """As ConvNeXt and Swin: a linear layer over the channels of a map of rows and columns."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.norm, self.up = (
            nn.Conv2d(3, 8, 4, stride=4),
            nn.LayerNorm(8),
            nn.Linear(8, 6),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.up(self.norm(self.stem(x).permute(0, 2, 3, 1))).mean((1, 2))


class Transformer(nn.Module):
    """A class token, two registers, and the patches of an image of one size."""

    def __init__(self, side: int = 32, registers: int = 2) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 8, stride=8)
        self.first = nn.Parameter(torch.randn(1, 1 + registers, 8))
        self.places = nn.Parameter(torch.randn(1, 1 + registers + (side // 8) ** 2, 8))
        self.norm, self.fc1, self.fc2 = nn.LayerNorm(8), nn.Linear(8, 20), nn.Linear(20, 8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n = x.shape[0]
        patches = self.stem(x).reshape(n, 8, -1).permute(0, 2, 1)
        x = torch.cat([self.first.expand(n, -1, -1), patches], 1) + self.places
        y = self.norm(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        x = x + self.fc2(F.gelu(self.fc1(self.norm(x))))
        return self.head(x[:, 0])


class Mixer(nn.Module):
    """As an MLP-mixer: a linear layer over positions, then one over channels."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 8, stride=8)
        self.tokens, self.channels = nn.Linear(16, 16), nn.Linear(8, 12)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x).flatten(2).transpose(1, 2)
        x = x + self.tokens(x.transpose(1, 2)).transpose(1, 2)
        return self.channels(x).mean(1)
