"""Feature visualisation: how long `preset: modern` takes for what the published recipe reaches.

    python -m benchmarks.synthetic.quality [--networks efficientnet inception] [--depths early …]
                                           [--units 2] [--poles max min] [--seeds 3] [--steps 2560]
                                           [--sheet FILE.png] [--json FILE]

A set's quality is the mean activation of its ten images, as 8 bits hold them; the published recipe
has it after its 2,560 steps. The modern one is looked at every few steps, and has reached it where
its activation is as extreme and its images are no more alike. The ratio is that of the time that
lucent's stock recipe takes for 2,560 steps, by its median step, to the time until then (looking
does not count). A row is a unit and pole, with medians over seeds: activation, similarity and
seconds of both at their ends, and how soon the modern one was there. The sheet shows both recipes'
images of the first seed. All of it takes a day on two cores; parts of it can be run by themselves.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.synthetic.compared import COUNT, SIDE, Subject, efficientnet, inception
from benchmarks.synthetic.sheet import draw
from benchmarks.synthetic.speed import lucent_step
from benchmarks.table import show
from conditions.study.kinds.visualisation import Visualisation
from stimgen.machine import keep_big_blocks
from stimgen.synthetic.images.fourier import FourierImages
from stimgen.synthetic.images.parameterisation import Parameterisation
from stimgen.synthetic.judged.quality import measure
from stimgen.synthetic.objective import UnitObjective
from stimgen.synthetic.optimise import ImageSet, optimise

NETWORKS = {"efficientnet": efficientnet, "inception": inception}
FIRST_CHANNEL = 3
# Steps between two looks at a modern set.
LOOK = 16


@dataclass(frozen=True)
class Look:
    """A set after so many steps and seconds: mean activation towards its pole, and similarity."""

    steps: int
    seconds: float
    towards: float
    similarity: float
    images: torch.Tensor


def looks(
    subject: Subject, depth: str, one: ImageSet, recipe: Visualisation, every: int
) -> list[Look]:
    """Optimise a set, and look at it on the way; the last look is at the result."""
    keep_big_blocks()
    layer, found, parameterised = subject.layers[depth], [], []
    spent, begun = 0.0, time.perf_counter()

    def make(*given: object) -> Parameterisation:
        parameterised.append(FourierImages(SIDE, *given))
        return parameterised[0]

    def look(images: torch.Tensor, steps: int) -> Look:
        quality = measure(subject.ours, images, layer, one.objective.channel)
        sign = 1 if one.objective.pole == "max" else -1
        towards = sign * float(quality.activations.mean())
        return Look(steps, spent, towards, quality.similarity, images)

    def on_step(_: int) -> None:
        nonlocal spent, begun
        spent += time.perf_counter() - begun
        steps = next(counted)
        if steps % every == 0:
            with torch.no_grad():
                found.append(look(parameterised[0].images(), steps))
        begun = time.perf_counter()

    counted = iter(range(1, recipe.steps + 1))
    (made,) = optimise(subject.ours, layer, [one], make, recipe, on_step)
    return [*(one for one in found if one.steps < made.steps), look(made.images, made.steps)]


def compared(
    subject: Subject, depth: str, channel: int, pole: str, arguments: argparse.Namespace
) -> tuple[dict, dict[str, torch.Tensor]]:
    """Row of a unit and pole, and the first seed's images by recipe."""
    published = Visualisation(images=COUNT, steps=arguments.steps)
    modern = Visualisation.model_validate({"preset": "modern", "images": COUNT})
    objective = UnitObjective(channel, pole, subject.diversity)
    wanted, reached, ends, at = [], [], [], []
    shown: dict[str, torch.Tensor] = {}
    for seed in range(arguments.seeds):
        one = ImageSet("unit", objective, seed)
        goal = looks(subject, depth, one, published, arguments.steps)[-1]
        tried = looks(subject, depth, one, modern, LOOK)
        there = [
            look
            for look in tried
            if look.towards >= goal.towards and look.similarity <= goal.similarity
        ]
        wanted.append(goal)
        ends.append(tried[-1])
        reached.append(there[0] if there else None)
        at.append(there[0].seconds if there else float("inf"))
        shown = shown or {"published": goal.images, "modern": (there or tried[-1:])[0].images}
    lucent = 2560 * lucent_step(subject, depth, channel)
    seconds = float(np.median(at))
    steps = [look.steps for look in reached if look]
    return {
        "network": subject.name,
        "unit": f"{subject.layers[depth]} {channel} {pole}",
        "published": float(np.median([look.towards for look in wanted])),
        "alike": float(np.median([look.similarity for look in wanted])),
        "s": float(np.median([look.seconds for look in wanted])),
        "modern": float(np.median([look.towards for look in ends])),
        "alike ": float(np.median([look.similarity for look in ends])),
        "s ": float(np.median([look.seconds for look in ends])),
        "reached": f"{len(steps)} of {arguments.seeds}",
        "steps": float(np.median(steps)) if steps else float("nan"),
        "s to it": seconds,
        "lucent s": lucent,
        "ratio": lucent / seconds,
    }, shown


def rows(arguments: argparse.Namespace) -> Iterator[tuple[dict, dict[str, torch.Tensor]]]:
    """A row at a time, with its images."""
    for network in arguments.networks:
        subject = NETWORKS[network]()
        for depth in arguments.depths or subject.layers:
            for channel in range(FIRST_CHANNEL, FIRST_CHANNEL + arguments.units):
                for pole in arguments.poles:
                    yield compared(subject, depth, channel, pole, arguments)


def main() -> None:
    """Run the benchmark; the files grow with each unit and pole."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--depths", nargs="+", choices=("early", "middle", "late"))
    parser.add_argument("--units", type=int, default=2, help="units a depth")
    parser.add_argument("--poles", nargs="+", default=["max", "min"], choices=("max", "min"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=2560, help="of the published recipe")
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    found: list[tuple[dict, dict[str, torch.Tensor]]] = []
    for one in rows(arguments):
        found.append(one)
        title = f"Time to what {arguments.steps} steps of the published recipe reach"
        show(title, [row for row, _ in found], arguments.json)
        if arguments.sheet:
            sets = {
                f"{name}\n{row['unit']}": images
                for row, shown in found
                for name, images in shown.items()
            }
            draw(sets, arguments.sheet)
    ratios = [row["ratio"] for row, _ in found if row["ratio"]]
    if ratios:
        mean = np.exp(np.mean(np.log(ratios)))
        print(
            f"reached in {len(ratios)} of {len(found)}; geometric mean of their ratios: {mean:.1f}"
        )


if __name__ == "__main__":
    main()
