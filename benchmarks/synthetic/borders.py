"""Feature visualisation: borders of the images, on a canvas with a margin and on a torus.

    python -m benchmarks.synthetic.borders [--networks efficientnet …] [--methods fourier maco]
                                           [--channels 3 4] [--steps 96] [--sheet FILE.png]
                                           [--json FILE]

The border index (``stimgen/synthetic/judged/border.py``; of sets of as many photographs 95 % are
below 1) of ten images of 224 px, for units of three depths and both poles, against 100
photographs of the pool that comes along. Before: a margin of 16 px is cut off, what comes in from
outside is reflected, and images move by a few pixels. After: the images are a torus, are shifted
anywhere, and their mean colour has more weight. Modern: the same by `preset: modern` in as many
steps. The sheet shows all three for all units.
"""

import argparse
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

from benchmarks.synthetic.compared import COUNT, MARGIN, SIDE, Subject
from benchmarks.synthetic.quality import CHANNELS, NETWORKS, SIZE
from benchmarks.synthetic.sheet import draw
from benchmarks.table import show
from conditions.study.kinds.visualisation import Visualisation
from conditions.study.recipes import ImageSize
from stimgen.activations import layer_maps
from stimgen.machine import keep_big_blocks
from stimgen.pool.finding.find import open_pool
from stimgen.pool.loader import load_batches
from stimgen.synthetic.images.by_method import MakeImages, parameterisation
from stimgen.synthetic.images.fourier import FourierImages
from stimgen.synthetic.images.maco import MacoImages, pool_magnitudes
from stimgen.synthetic.judged.border import BorderReference, moved_half_round
from stimgen.synthetic.judged.quality import quantised
from stimgen.synthetic.optimising import optimise as optimisation
from stimgen.synthetic.optimising.objective import UnitObjective
from stimgen.synthetic.optimising.optimise import ImageSet, optimise
from stimgen.synthetic.optimising.transformations import transform

PHOTOGRAPHS = 100
CANVAS = SIDE + 2 * MARGIN
SEEN = SIDE + MARGIN


@contextmanager
def before() -> Iterator[None]:
    """Optimise as on a canvas with a margin."""
    middle = torch.tensor([SEEN / CANVAS, SEEN / CANVAS, 1.0])

    def reflected(images: torch.Tensor, affines: torch.Tensor, *_: object, **__: object):
        return transform(images, affines * middle, SEEN)

    with (
        patch.object(optimisation, "transform", reflected),
        patch.object(optimisation, "shifted", lambda images, _: images),
    ):
        yield


@functools.cache
def photographs() -> torch.Tensor:
    """Photographs of the pool that comes along: count × 3 × side × side, 0…1."""
    batches = load_batches(open_pool("embedded", SIZE), SIZE, 32, workers=0)
    pixels = torch.cat([batch.pixels[torch.from_numpy(batch.usable)] for batch in batches])
    spread = np.linspace(0, len(pixels) - 1, PHOTOGRAPHS).round().astype(int)
    return pixels[torch.from_numpy(spread)].permute(0, 3, 1, 2).float() / 255


def maco(side: int) -> MakeImages:
    """Images of a side that have the spectrum of the pool that comes along."""
    size = ImageSize(resize=max(256, side), crop=side)
    return partial(MacoImages, pool_magnitudes(open_pool("embedded", size), size))


def unit_maps(subject: Subject, layer: str, channel: int, images: torch.Tensor) -> np.ndarray:
    """Activation of a unit at all places: images × rows × columns."""
    readout = subject.ours.readout(layer)
    with torch.inference_mode():
        parts = [
            readout.unit(layer_maps(subject.ours, part, [layer])[layer], channel)
            for part in images.split(COUNT)
        ]
    return torch.cat(parts).float().numpy()


def indices(
    subject: Subject, method: str, channels: list[int], steps: int
) -> Iterator[tuple[dict, dict[str, torch.Tensor]]]:
    """A row for each unit and pole, with the images before and after."""
    fields = {"method": method, "images": COUNT, "steps": steps}
    published = Visualisation.model_validate(fields)
    modern = Visualisation.model_validate({"preset": "modern", "precision": "full"} | fields)
    is_maco = method == "maco"
    old = maco(CANVAS) if is_maco else partial(FourierImages, CANVAS, mean=1)
    new = {
        name: (recipe, maco(SIDE) if is_maco else parameterisation(recipe, SIZE, None))
        for name, recipe in (("after", published), ("modern", modern))
    }
    inside = slice(MARGIN, -MARGIN)
    for depth, layer in subject.layers.items():
        for channel in channels:
            usual = unit_maps(subject, layer, channel, photographs())
            reference = BorderReference.of(photographs().numpy(), usual)

            def judged(images: torch.Tensor, index: Callable = reference.index) -> float:
                shown = images.numpy()
                maps, moved = (
                    unit_maps(subject, layer, channel, torch.from_numpy(seen))  # noqa: B023
                    for seen in (shown, moved_half_round(shown))
                )
                return index(shown, maps, moved)

            for pole in ("max", "min"):
                objective = UnitObjective(channel, pole, subject.diversity[depth])
                one = ImageSet("unit", objective, 0)
                with before():
                    (was,) = optimise(subject.ours, layer, [one], old, published)
                made = {"before": was.images[..., inside, inside]}
                for name, (recipe, make) in new.items():
                    (by_recipe,) = optimise(subject.ours, layer, [one], make, recipe)
                    made[name] = by_recipe.images
                shown = {name: quantised(images).float() / 255 for name, images in made.items()}
                row = {
                    "network": subject.name,
                    "unit": f"{layer} {channel} {pole}",
                    "method": method,
                    **{name: judged(images) for name, images in shown.items()},
                }
                yield row, shown


def main() -> None:
    """Run the benchmark; the files grow with each unit and pole."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--methods", nargs="+", default=["fourier", "maco"])
    parser.add_argument("--channels", nargs="+", type=int, default=CHANNELS, help="of each layer")
    parser.add_argument("--steps", type=int, default=96)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    keep_big_blocks()
    found: list[tuple[dict, dict[str, torch.Tensor]]] = []
    for network in arguments.networks:
        subject = NETWORKS[network]()
        for method in arguments.methods:
            for one in indices(subject, method, arguments.channels, arguments.steps):
                found.append(one)
                print(" ".join(f"{value}" for value in one[0].values()), flush=True)
    rows = [row for row, _ in found]
    show(f"Border index after {arguments.steps} steps", rows, arguments.json)
    for name in ("before", "after", "modern"):
        values = np.array([row[name] for row in rows])
        print(
            f"{name}: median {np.median(values):.2f}, above 1: {(values > 1).sum()} of {len(rows)}"
        )
    if arguments.sheet:
        draw(
            {
                f"{name}\n{row['unit']}": images
                for row, shown in found
                for name, images in shown.items()
            },
            arguments.sheet,
        )


if __name__ == "__main__":
    main()
