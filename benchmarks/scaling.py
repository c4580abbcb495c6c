"""Work on a cluster: what it costs beside one process, and how far one scheduler reaches.

    python -m benchmarks.scaling [--images 600] [--tasks 100000] [--json FILE]

First the same natural and synthetic work by this process, by local:1 and by local:2, start-up of
the workers apart. Then so many empty tasks through the same code, for the seconds of scheduling
each. Last a simulation: tasks of the durations that were recorded, drawn with replacement, handed
out one after the other by a scheduler of that speed to more and more workers; and what follows for
the 1.28 million images of ImageNet and ten thousand units of the published recipe, by the durations
of this machine scaled to it.
"""

import argparse
import heapq
import tempfile
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np
import yaml

from benchmarks.table import show
from conditions.folder import DESIGNS, StudyFolder, open_study
from stimgen.cluster.connect import connected
from stimgen.models.registry import load_model
from stimgen.natural import step as natural_step
from stimgen.natural.step import make_natural
from stimgen.natural.tasks import spans
from stimgen.synthetic import step as synthetic_step
from stimgen.synthetic.step import make_synthetic
from stimgen.work.workers import THIS_PROCESS, Shared, Step, Task

IMAGENET, UNITS = 1_281_167, 10_000
BATCH = 16
BINS, BATCHES, IMAGES, STEPS = 4, 3, 4, 16
# How much more the published recipe has of each: natural images of a unit, images times steps.
MORE_NATURAL = (10 * 20) / (BINS * BATCHES)
MORE_SYNTHETIC = (10 * 2560) / (IMAGES * STEPS)


def study(root: Path, images: int) -> StudyFolder:
    """Two units over the first photographs of the embedded pool."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "scaling",
        "units": {"main": ["block02_0004", "block02_0007"]},
        "natural": {"pool": str(_pool(root, images)), "bins": BINS, "batches": BATCHES},
        "references": {
            "natural": {"kind": "photographs"},
            "synthetic": {"kind": "visualisation", "images": IMAGES, "steps": STEPS},
        },
        "parts": [{"name": "only", "conditions": ["synthetic"], "scheme": "Max-1", "main": 2}],
    }
    file = root / "scaling.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return open_study(str(file), root)


def _pool(root: Path, images: int) -> Path:
    """Noise of low resolution, each picture its own: only the time to work on it matters."""
    from PIL import Image

    folder, rng = root / "pool", np.random.default_rng(1)
    folder.mkdir(exist_ok=True)
    for number in range(images):
        path = folder / f"{number:06d}.jpg"
        if not path.exists():
            noise = rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)
            Image.fromarray(noise).resize((256, 256), Image.Resampling.BICUBIC).save(path)
    return folder


@contextmanager
def recorded(seconds: dict[str, list[float]]):
    """Note how long each task takes in this process."""

    def timed(module, name):
        real = getattr(module, name)

        def run(*given):
            started = time.perf_counter()
            result = real(*given)
            seconds.setdefault(name, []).append(time.perf_counter() - started)
            return result

        return patch.object(module, name, run)

    with (
        timed(natural_step, "scan_span"),
        timed(natural_step, "write_unit"),
        timed(synthetic_step, "make_batch"),
    ):
        yield


def overhead(images: int) -> tuple[list[dict], dict[str, list[float]]]:
    """Seconds of the same work by each kind of workers, and of single tasks in this process."""
    rows, seconds = [], {}
    for name in ("this process", "local:1", "local:2"):
        # A plain run is not divided; its tasks are recorded from one that is.
        with tempfile.TemporaryDirectory() as root:
            workers = nullcontext(THIS_PROCESS) if name == "this process" else connected(name)
            model = load_model("efficientnet_lite0")
            began = time.perf_counter()
            with workers as by:
                ready = time.perf_counter()
                folder = study(Path(root), images)
                make_natural(folder, model, by=by, batch_size=BATCH, workers=0)
                middle = time.perf_counter()
                make_synthetic(folder, model, "synthetic", by)
                end = time.perf_counter()
        rows.append(
            {
                "workers": name,
                "start s": ready - began,
                "natural s": middle - ready,
                "synthetic s": end - middle,
                "times this process": (end - ready) / rows[0]["all s"] if rows else 1.0,
                "all s": end - ready,
            }
        )
    with tempfile.TemporaryDirectory() as root, recorded(seconds):
        folder = study(Path(root), images)
        with patch.object(THIS_PROCESS.__class__, "splits", True):
            make_natural(folder, model, batch_size=BATCH, workers=0)
        make_synthetic(folder, model, "synthetic")
    return rows, seconds


def nothing(folder, model, on_progress, shared, number: int) -> int:
    """A task without work."""
    return number


def seconds_a_task(tasks: int) -> dict[str, float]:
    """Seconds of scheduling a task: of the whole way through client, scheduler and worker."""
    with tempfile.TemporaryDirectory() as root, connected("local:1") as workers:
        folder, model = study(Path(root), 2), load_model("efficientnet_lite0")
        given = [Task(str(number), (number,)) for number in range(tasks)]

        def step(tasks: list[Task]) -> Step:
            return Step(nothing, folder, model, tasks, Shared(None, int, ()), lambda n: None)

        warm = list(workers.each(step(given[:100])))
        started = time.perf_counter()
        done = sum(1 for _ in workers.each(step(given)))
        seconds = time.perf_counter() - started
    if done != tasks or len(warm) != min(100, tasks):
        raise RuntimeError(f"{done} of {tasks} tasks came back")
    return {"tasks": tasks, "s": seconds, "ms a task": 1e3 * seconds / tasks}


def simulate(durations: list[float], tasks: int, workers: int, scheduling: float) -> float:
    """Seconds until the last task is done: each is handed out after the one before it."""
    drawn = np.random.default_rng(1).choice(durations, tasks)
    free = [0.0] * workers
    for number, duration in enumerate(drawn):
        start = max(heapq.heappop(free), number * scheduling)
        heapq.heappush(free, start + duration)
    return max(free)


def reach(seconds: dict[str, list[float]], tasks: int, scheduling: float) -> list[dict]:
    """How busy workers are kept, by their number."""
    rows = []
    for name, durations in seconds.items():
        for workers in (2, 64, 1024):
            whole = simulate(durations, tasks, workers, scheduling)
            rows.append(
                {
                    "tasks like": name,
                    "mean s": float(np.mean(durations)),
                    "workers": workers,
                    "simulated s": whole,
                    "busy": float(np.mean(durations)) * tasks / (whole * workers),
                    "most workers it can feed": int(np.mean(durations) / scheduling),
                }
            )
    return rows


def bounds(seconds: dict[str, list[float]], images: int, scheduling: float) -> list[dict]:
    """What the tasks of ImageNet and ten thousand units cost to schedule and to do."""
    per_image = sum(seconds["scan_span"]) / images
    kinds = {
        "spans of the pool, and merges": (
            2 * len(spans(IMAGENET, 32, split=True)) - 1,
            per_image * IMAGENET,
        ),
        "natural images of units": (
            UNITS,
            MORE_NATURAL * float(np.mean(seconds["write_unit"])) * UNITS,
        ),
        "synthetic images of units": (
            2 * UNITS,
            MORE_SYNTHETIC * float(np.mean(seconds["make_batch"])) * 2 * UNITS,
        ),
    }
    return [
        {
            "work": name,
            "tasks": count,
            "core hours of work": 2 * work / 3600,
            "s of scheduling": count * scheduling,
            "share": count * scheduling / work,
        }
        for name, (count, work) in kinds.items()
    ]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=600)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()

    def target(name: str) -> Path | None:
        return arguments.json and arguments.json.with_stem(f"{arguments.json.stem}_{name}")

    rows, seconds = overhead(arguments.images)
    show("The same work by several kinds of workers", rows, target("overhead"))
    scheduled = seconds_a_task(arguments.tasks)
    show("Tasks without work", [scheduled], target("scheduling"))
    scheduling = scheduled["ms a task"] / 1e3
    show(
        f"{arguments.tasks} tasks of recorded durations, simulated",
        reach(seconds, arguments.tasks, scheduling),
        target("reach"),
    )
    show(
        f"{IMAGENET} images and {UNITS} units, by this machine's durations",
        bounds(seconds, arguments.images, scheduling),
        target("bounds"),
    )


if __name__ == "__main__":
    main()
