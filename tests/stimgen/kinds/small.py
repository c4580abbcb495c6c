"""A small network of known receptive fields, and a study of six kinds for it."""

from pathlib import Path

import torch
import yaml
from torch import nn

from conditions.folder import DESIGNS, StudyFolder, open_study
from stimgen.models.model import Layer, Model

SIDE = 32
REDDISH, OTHER = 0, 1
UNITS = ["near_0000", "near_0001", "far_0002"]
KINDS = {
    "photos": {"kind": "photographs"},
    "fourier": {"kind": "visualisation", "images": 2, "steps": 2},
    "maco": {"kind": "visualisation", "method": "maco", "images": 2, "steps": 2},
    "parts": {"kind": "crops", "of": "photos"},
    "soft": {"kind": "blurred", "of": "photos", "sigma_px": 2},
    "soft-parts": {"kind": "blurred", "of": "parts", "sigma_px": 1},
}


class Net(nn.Module):
    """Three layers: of 5 px, of 5 + 2 · 4 px, and of one position."""

    def __init__(self) -> None:
        super().__init__()
        self.near = nn.Conv2d(3, 3, 5, padding=2, padding_mode="replicate")
        self.far = nn.Conv2d(3, 3, 3, dilation=4, padding=4, padding_mode="replicate")
        self.flat = nn.AdaptiveAvgPool2d(1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.flat(self.far(self.near(images)))


def network() -> Model:
    """Channel ``REDDISH`` of the layer ``near`` is how much redder than green 5 × 5 pixels are."""
    torch.manual_seed(0)
    net = Net()
    with torch.no_grad():
        net.near.weight[REDDISH] = torch.tensor([1.0, -1.0, 0.0])[:, None, None] / 25
        net.near.bias[REDDISH] = 0
    names = ("near", "far", "flat")
    layers = {name: Layer(name, 3, (name,)) for name in names}
    net.eval().requires_grad_(False)
    return Model("small", net, lambda images: images, layers, "made", "0" * 64)


def study(root: Path, pool: Path, kinds: dict, units: list[str] = UNITS) -> StudyFolder:
    """A study of 3 bins × 3 batches a pole that shows the first of its kinds."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "kinds",
        "model": {"name": "small"},
        "image": {"resize": SIDE, "crop": SIDE},
        "units": {"main": units},
        "natural": {"pool": str(pool), "bins": 3, "batches": 3},
        "references": kinds,
        "parts": [
            {"name": "only", "conditions": [next(iter(kinds))], "scheme": "Max-1"}
            | {"main": len(units)}
        ],
        "batches": {},
    }
    root.mkdir(parents=True, exist_ok=True)
    path = root / "kinds.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return open_study(str(path), root)
