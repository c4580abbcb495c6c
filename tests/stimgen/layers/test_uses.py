"""What a value is given to tells its layout, where neither the image's size nor its source does."""

import torch
from torch import nn

from stimgen.activations import activations_of
from tests.stimgen.layers.nets import model_of


class Windows(nn.Module):
    """As MaxViT: windows of an image of one size, put together again to maps for a pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.block = nn.Conv2d(3, 6, 4, stride=4), Together()
        self.pool, self.head = nn.AdaptiveAvgPool2d(1), nn.Linear(6, 5)
        self.places = nn.Parameter(torch.randn(1, 4, 16, 6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x).reshape(-1, 6, 2, 4, 2, 4).permute(0, 2, 4, 3, 5, 1)
        return self.head(self.pool(self.block(x.reshape(-1, 4, 16, 6) + self.places)).flatten(1))


class Together(nn.Module):
    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        x = windows.reshape(-1, 2, 2, 4, 4, 6).permute(0, 5, 1, 3, 2, 4)
        return x.reshape(-1, 6, 8, 8)


def test_what_a_pooling_of_maps_is_given_is_maps():
    torch.manual_seed(0)
    net = Windows()
    model = model_of(net, side=32)
    images = torch.rand(4, 3, 32, 32)
    kept = []
    handle = net.block.register_forward_hook(lambda module, given, output: kept.append(output))
    with torch.inference_mode():
        net(images)
        handle.remove()
        found = activations_of(model, images, {"block": None})["block"]
    assert str(model.layer("block").layout) == "N×C×H×W"
    torch.testing.assert_close(found, kept[0].mean((2, 3)))
