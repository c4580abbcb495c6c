"""Networks whose own code asks how values lie in memory."""

import pytest
import torch

from stimgen.activations import activations_of
from stimgen.models.registry import load_model

NETWORK = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.pool = nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(4)
        self.fc = nn.Linear(64, 5)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv(x)))
        return self.fc(x.{operation}(x.size(0), -1))

def make():
    torch.manual_seed(0)
    return Net(), lambda images: images
"""


@pytest.mark.parametrize("operation", ["view", "reshape"])
def test_a_network_that_flattens_by_a_view_is_read(tmp_path, monkeypatch, operation):
    (tmp_path / f"flat_{operation}.py").write_text(NETWORK.replace("{operation}", operation))
    monkeypatch.syspath_prepend(tmp_path)
    model = load_model(f"flat_{operation}:make", device="cpu")
    last = torch.channels_last if operation == "reshape" else torch.contiguous_format
    assert model.memory_format == last
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        found = activations_of(model, images, {"fc": None})["fc"]
        torch.testing.assert_close(found, model.net(images))
