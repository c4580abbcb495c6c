"""Sizes of images that a network runs on without being made for them."""

import torch
from torch import nn

from stimgen.activations import activations_of
from tests.stimgen.layers.nets import model_of


class Folding(nn.Module):
    """As in many a tutorial: all positions of a larger image do not fit, and become more images."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc, self.head = nn.Conv2d(3, 6, 4, 4), nn.Linear(6 * 64, 9), nn.Linear(9, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.relu(self.fc(self.conv(x).reshape(-1, 6 * 64))))


def test_a_network_that_makes_more_images_of_a_larger_one_is_shown_the_side_it_was_made_for():
    torch.manual_seed(0)
    net = Folding()
    model = model_of(net, side=32)
    assert model.side == 32
    assert (model.layer("fc").channels, model.layer("head").channels) == (9, 4)
    images = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        assert len(net(images)) == 8
        found = activations_of(model, images, {"head": None})["head"]
        torch.testing.assert_close(found, net(model.fitted(images)))
