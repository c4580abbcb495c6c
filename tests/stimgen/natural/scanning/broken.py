"""A small network whose channels break or are dead, and a pool and a study for it."""

from pathlib import Path

import numpy as np
import torch
import yaml
from PIL import Image

from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.study.recipes import ImageSize
from stimgen.models.model import Layer, Model
from stimgen.natural.scanning.scan import PoolScan, ScanSettings, scan

WHOLE, SOME, NEVER, DEAD, BIASED, HUGE, OVERFLOWS = range(7)
UNITS = [("units", channel) for channel in range(7)]
NAMES = [f"units_{channel:04d}" for _, channel in UNITS]
# Red means (0…1) beyond which a channel breaks.
BRIGHT = 0.7
LARGEST_HALF = 65504.0


class Channels(torch.nn.Module):
    """A convolution whose channels are whole, NaN for reddish images, always NaN, constant …"""

    def __init__(self, never: float, huge: float) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, len(UNITS), 1)
        self.never, self.huge = never, huge

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = list(self.conv(images).float().unbind(1))
        red = images[:, 0].mean((1, 2))[:, None, None]
        # The square root of what is negative; its value changes nothing else, nor do gradients.
        maps[SOME] = maps[SOME] + 0 * (BRIGHT - red).detach().sqrt()
        maps[NEVER] = torch.full_like(maps[NEVER], self.never)
        maps[DEAD] = 0 * maps[DEAD]
        maps[BIASED] = 0 * maps[BIASED] + 0.5
        maps[HUGE] = 0 * maps[HUGE] + self.huge
        if torch.is_autocast_enabled("cpu"):
            # As half precision on a GPU does it; bfloat16 has the range of float32.
            maps[OVERFLOWS] = maps[OVERFLOWS].half().float()
        return torch.stack(maps, 1)


class Small(torch.nn.Module):
    def __init__(self, never: float, huge: float) -> None:
        super().__init__()
        self.units = Channels(never, huge)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.units(images)


def network(never: float = torch.nan, huge: float = 1e20) -> Model:
    """The network, with what its constant channels give; OVERFLOWS leaves half precision."""
    torch.manual_seed(0)
    net = Small(never, huge)
    with torch.no_grad():
        net.units.conv.weight[OVERFLOWS] = 0
        net.units.conv.weight[OVERFLOWS, 0] = LARGEST_HALF / BRIGHT
        net.units.conv.bias[OVERFLOWS] = 0
    layers = {"units": Layer("units", len(UNITS), ("units",))}
    net.eval().requires_grad_(False)
    return Model("small", net, lambda images: images, layers, "made", "0" * 64)


def make_pool(folder: Path, reds: list[float]) -> Path:
    """Pictures of given mean red, each with a pattern of its own."""
    folder.mkdir(parents=True)
    for i, red in enumerate(reds):
        rng = np.random.default_rng(i)
        values = rng.uniform(0, 1, (6, 8, 3))
        values[..., 0] += red - values[..., 0].mean()
        values[..., 0] = red + (values[..., 0] - red) * min(red, 1 - red)
        picture = Image.fromarray(np.rint(values.clip(0, 1) * 255).astype(np.uint8))
        picture.resize((48, 40), Image.Resampling.NEAREST).save(folder / f"{i:03d}.png")
    return folder


def kinds(**recipe: object) -> dict:
    """Photographs, and visualisations by a recipe."""
    return {"natural": {"kind": "photographs"}, "synthetic": {"kind": "visualisation"} | recipe}


def study(
    root: Path, pool: Path, channels: list[int], conditions: str = "natural", **changes: object
) -> StudyFolder:
    """A study folder of some channels: 2 bins × 2 batches a pole, 2 synthetic images."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "broken",
        "model": {"name": "small"},
        "image": {"resize": 32, "crop": 32},
        "units": {"main": [NAMES[channel] for channel in channels]},
        "natural": {"pool": str(pool), "bins": 2, "batches": 2},
        "references": kinds(images=2, steps=2),
        "parts": [
            {
                "name": "only",
                "conditions": [conditions],
                "scheme": "Max-1",
                "main": len(channels),
            }
        ],
    } | changes
    root.mkdir(parents=True, exist_ok=True)
    path = root / "broken.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return open_study(str(path), root)


SIZE = ImageSize(resize=32, crop=32)
# Every third image is reddish.
REDS = [0.9 if i % 3 == 0 else 0.2 + 0.01 * i for i in range(30)]
REDDISH = [i for i, red in enumerate(REDS) if red == 0.9]


def scanned(pool, place, **settings) -> PoolScan:
    """A pool, scanned for all units of :func:`network`."""
    how = ScanSettings(**({"kept": 8, "workers": 0, "batch_size": 4} | settings))
    return scan(network(), pool, SIZE, UNITS, how, place)
