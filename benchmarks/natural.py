"""Scanning a pool: images a second against the bare forward pass, and peak memory.

    python -m benchmarks.natural [--images DIR] [--json FILE]

The bare pass is the same model, truncated at the same layer, on tensors that are in memory. The
memory of 1 000, 10 000 and 100 000 images is measured in a process of its own each, on a list that
names the same small pictures again and again with other bytes at their end, and on a network that
does next to nothing, so that the pool's own bookkeeping shows.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.table import show
from conditions.study.recipes import ImageSize
from stimgen.machine import keep_big_blocks
from stimgen.models import Layer, Model, load_model
from stimgen.natural.scan import ScanSettings, columns_of, scan, unit_activations
from stimgen.pool.find import open_pool
from stimgen.pool.images import Pool
from stimgen.pool.loader import load_batches
from stimgen.pool.names import Names

REPEATS = 3
UNITS = 1000


def speed(images: str) -> list[dict]:
    """Images a second: bare pass, decoding alone, and the scan with 0 to 2 workers."""
    size, model = ImageSize(), load_model("efficientnet_lite0")
    layer = model.layers["block13"]
    units = [(layer.name, channel) for channel in range(layer.channels)]
    columns = columns_of(units)
    pool = open_pool(images, size)
    held = [batch.pixels for batch in load_batches(pool, size, 32, workers=1)]
    count = len(pool)
    best: dict[str, float] = {}

    def note(name: str, seconds: float) -> None:
        best[name] = max(best.get(name, 0.0), count / seconds)

    for _ in range(REPEATS):
        started = time.perf_counter()
        for pixels in held:
            unit_activations(model, pixels, columns, False)
        note("bare forward pass, tensors in memory", time.perf_counter() - started)
        started = time.perf_counter()
        for _ in load_batches(pool, size, 32, workers=1):
            pass
        note("decoding alone, 1 worker", time.perf_counter() - started)
        for workers in (0, 1, 2):
            with tempfile.TemporaryDirectory() as checkpoints:
                started = time.perf_counter()
                settings = ScanSettings(kept=200, workers=workers)
                scan(model, pool, size, units, settings, Path(checkpoints))
                note(f"scan, decoding in {workers} workers", time.perf_counter() - started)
    bare = best["bare forward pass, tensors in memory"]
    return [
        {"what": name, "images/s": rate, "of the bare pass": rate / bare}
        for name, rate in best.items()
    ]


class _Means(torch.nn.Module):
    """A thousand channels from three, cheaply: memory, not arithmetic, is measured."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, UNITS, 1, stride=32)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.conv(images)


class _Numbered(Pool):
    """A pool of different pictures that takes no disk: each is made from its number."""

    def read(self, index: int) -> bytes:
        values = np.random.default_rng(index).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        return b"P6 64 64 255\n" + values.tobytes()


def peak_memory(count: int) -> float:
    """Peak resident memory in MB of this process after scanning ``count`` made pictures."""
    torch.manual_seed(0)
    net = _Means().eval().requires_grad_(False)
    layers = {"conv": Layer("conv", UNITS, ("conv",))}
    model = Model("means", net, lambda x: x, layers, "random", "0")
    names = Names(f"synset_{i % 1000:04d}/picture_{i:08d}.JPEG" for i in range(count))
    pool = _Numbered("numbered", Path(), names)
    units = [("conv", channel) for channel in range(UNITS)]
    with tempfile.TemporaryDirectory() as checkpoints:
        settings = ScanSettings(kept=200, workers=0)
        scan(model, pool, ImageSize(resize=64, crop=64), units, settings, Path(checkpoints))
    # Not getrusage: its maximum is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024


def memory() -> list[dict]:
    """Peak memory by the size of the pool, each in a fresh process."""
    rows = []
    for count in (1_000, 10_000, 100_000):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.natural", "--peak", str(count)],
            capture_output=True,
            text=True,
            check=True,
        )
        peak = float(done.stdout)
        first = rows[0]["peak MB"] if rows else peak
        rows.append(
            {"images": count, "units": UNITS, "peak MB": peak, "of 1000 images": peak / first}
        )
    return rows


def sample_folder(folder: Path) -> str:
    """A stand-in for a data set: 300 photograph-sized JPEGs out of the embedded pool."""
    pool = open_pool("embedded", ImageSize())
    for i in range(300):
        with Image.open(pool.root / pool.names[i * len(pool) // 300]) as image:
            image.convert("RGB").resize((500, 375)).save(folder / f"{i:03d}.jpg", quality=90)
    return str(folder)


def main() -> None:
    """Run both measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--images", help="a folder of images (default: made from the embedded pool)"
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    keep_big_blocks()
    if arguments.peak:
        print(peak_memory(arguments.peak))
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = speed(arguments.images or sample_folder(Path(folder)))
    show("Scanning a pool (best of 3)", rows, arguments.json)
    target = arguments.json and arguments.json.with_stem(arguments.json.stem + "_memory")
    show("Peak memory of a scan", memory(), target)


if __name__ == "__main__":
    main()
