"""Scanning a pool: images a second against the bare forward pass, and peak memory.

    python -m benchmarks.natural [--images DIR] [--json FILE]

By default the images are made to be like those of ImageNet, whose sides and size of files decide
how long decoding takes. The bare pass is the same model, truncated at the same layer, on tensors
that are in memory. The memory of 1 000, 10 000 and 100 000 images is measured in a process of its
own each, on a list that names the same small pictures again and again with other bytes at their
end, and on a network that does next to nothing, so that the pool's own bookkeeping shows.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.photographs import write_photographs
from benchmarks.table import show
from conditions.study.recipes import ImageSize
from stimgen.layers.layer import Layer
from stimgen.machine import keep_big_blocks
from stimgen.models.model import Model
from stimgen.models.registry import load_model
from stimgen.natural.scanning.activations import columns_of, unit_activations
from stimgen.natural.scanning.scan import ScanSettings, scan
from stimgen.pool.decoding.decode import decode
from stimgen.pool.decoding.quick import decode_for_scan
from stimgen.pool.finding.find import open_pool
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
    held = [batch.pixels for batch in load_batches(pool, size, 32, workers=0)]
    files = [pool.read(index) for index in range(len(pool))]

    def forward() -> None:
        for pixels in held:
            unit_activations(model, pixels, columns, False)

    def decode_on_a_core(how: Callable) -> None:
        for content in files:
            how(content, size)

    def decode_on_all_cores() -> None:
        for _ in load_batches(pool, size, 32, workers=0):
            pass

    def scan_all(workers: int) -> None:
        with tempfile.TemporaryDirectory() as checkpoints:
            settings = ScanSettings(kept=200, workers=workers)
            scan(model, pool, size, units, settings, Path(checkpoints))

    ways: dict[str, Callable[[], None]] = {
        "bare forward pass, tensors in memory": forward,
        "decoding as it is shown, 1 core": partial(decode_on_a_core, decode),
        "decoding as it is scanned, 1 core": partial(decode_on_a_core, decode_for_scan),
        f"decoding as it is scanned, {torch.get_num_threads()} threads": decode_on_all_cores,
        "scan, decoding in threads": partial(scan_all, 0),
        "scan, decoding in 1 worker": partial(scan_all, 1),
        "scan, decoding in 2 workers": partial(scan_all, 2),
    }
    best = dict.fromkeys(ways, 0.0)
    # One after the other in each turn: what else the machine does befalls all of them.
    for _ in range(REPEATS):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            best[name] = max(best[name], len(pool) / (time.perf_counter() - started))
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
        images = arguments.images or str(folder)
        if not arguments.images:
            print(f"Photographs like ImageNet's: {write_photographs(Path(folder))}")
        rows = speed(images)
    show(f"Scanning a pool (best of {REPEATS})", rows, arguments.json)
    target = arguments.json and arguments.json.with_stem(arguments.json.stem + "_memory")
    show("Peak memory of a scan", memory(), target)


if __name__ == "__main__":
    main()
