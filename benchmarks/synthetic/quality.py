"""Feature visualisation: how long `preset: modern` takes for what the published recipe reaches.

    python -m benchmarks.synthetic.quality [--networks efficientnet inception] [--depths early …]
                                           [--channels 3 4] [--poles max min] [--seeds 0 1 2]
                                           [--steps 2560] [--together 1] [--sheet FILE.png]
                                           [--json FILE]

A set's quality is the mean activation of its ten images, as 8 bits hold them; the published recipe
has it after its 2,560 steps. The modern one is looked at every few steps, and has reached it where
its activation is as extreme and its images are no more alike. The ratio is that of the time that
lucent's stock recipe takes for 2,560 steps, by its median step, to the time until then (looking
does not count). A row is a unit and pole, with medians over seeds: activation, similarity and
seconds of both at their ends, and how soon the modern one was there. The sheet shows both recipes'
images of the first seed. All of it takes a day on two cores; parts of it can be run by themselves.
On a GPU (ten minutes) --together optimises so many sets of a layer side by side; a set's seconds
are its share then. Lucent has no such thing: the ratio is that of what there is.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import torch

from benchmarks.synthetic.compared import COUNT, SIDE, Subject, efficientnet, inception
from benchmarks.synthetic.sheet import draw
from benchmarks.synthetic.speed import lucent_step
from benchmarks.table import show
from conditions.study.kinds.visualisation import Visualisation
from conditions.study.recipes import ImageSize
from stimgen.machine import keep_big_blocks
from stimgen.synthetic.images.by_method import parameterisation
from stimgen.synthetic.images.parameterisation import Parameterisation
from stimgen.synthetic.judged.quality import measure
from stimgen.synthetic.optimising.mixed import now, try_mixed
from stimgen.synthetic.optimising.objective import UnitObjective
from stimgen.synthetic.optimising.optimise import ImageSet, optimise

NETWORKS = {"efficientnet": efficientnet, "inception": inception}
# Units of a layer.
CHANNELS = (3, 4)
SIZE = ImageSize(resize=256, crop=SIDE)
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
    subject: Subject, depth: str, sets: list[ImageSet], recipe: Visualisation, every: int
) -> list[list[Look]]:
    """Optimise sets side by side, and look at each on the way; its last look is at the result."""
    layer, parameterised = subject.layers[depth], []
    found: list[list[Look]] = [[] for _ in sets]
    device = subject.ours.device
    spent, begun, counted = 0.0, now(device), 0

    def make(*given: object) -> Parameterisation:
        parameterised.append(parameterisation(recipe, SIZE, None)(*given))
        return parameterised[0]

    def look(one: ImageSet, images: torch.Tensor, steps: int) -> Look:
        quality = measure(subject.ours, images, layer, one.objective.channel)
        sign = 1 if one.objective.pole == "max" else -1
        towards = sign * float(quality.activations.mean())
        return Look(steps, spent / len(sets), towards, quality.similarity, images.cpu())

    def on_step(_: int) -> None:
        nonlocal spent, begun, counted
        counted += 1
        if counted % every:
            return
        spent += now(device) - begun
        with torch.no_grad():
            images = parameterised[0].images().split(COUNT)
        for one, seen, own in zip(sets, found, images, strict=True):
            seen.append(look(one, own, counted))
        begun = now(device)

    made = optimise(subject.ours, layer, sets, make, recipe, on_step)
    spent += time.perf_counter() - begun
    return [
        [*(one for one in seen if one.steps < last.steps), look(one, last.images, last.steps)]
        for one, seen, last in zip(sets, found, made, strict=True)
    ]


def both(
    subject: Subject, depth: str, sets: list[ImageSet], arguments: argparse.Namespace
) -> list[tuple[Look, list[Look]]]:
    """For each set what the published recipe makes of it, and looks at the modern one's way."""
    published = Visualisation(images=COUNT, steps=arguments.steps)
    modern = Visualisation.model_validate({"preset": "modern", "images": COUNT})
    # Lucent's steps, just measured, ran without.
    keep_big_blocks()
    first, make = sets[: arguments.together], parameterisation(modern, SIZE, None)
    trial = try_mixed(subject.ours, subject.layers[depth], first, make, modern)
    print(f"{subject.layers[depth]}: {trial}", flush=True)
    modern = modern.model_copy(update={"precision": "mixed" if trial.is_used else "full"})
    found: list[tuple[Look, list[Look]]] = []
    for start in range(0, len(sets), arguments.together):
        some = sets[start : start + arguments.together]
        goals = looks(subject, depth, some, published, arguments.steps)
        tried = looks(subject, depth, some, modern, LOOK)
        found += [(goal[-1], way) for goal, way in zip(goals, tried, strict=True)]
    return found


def row(
    subject: Subject, unit: str, seeds: list[tuple[Look, list[Look]]], lucent: float
) -> tuple[dict, dict[str, torch.Tensor]]:
    """Row of a unit and pole from what was found with each seed, and the first seed's images."""
    goals = [goal for goal, _ in seeds]
    ends = [way[-1] for _, way in seeds]
    there = [
        next(
            (
                look
                for look in way
                if look.towards >= goal.towards and look.similarity <= goal.similarity
            ),
            None,
        )
        for goal, way in seeds
    ]
    # Never there: later than anything.
    seconds = float(np.median([look.seconds if look else np.inf for look in there]))
    steps = [look.steps for look in there if look]
    shown = {"published": goals[0].images, "modern": (there[0] or ends[0]).images}

    def middle(values: list[Look], name: str) -> float:
        return float(np.median([getattr(look, name) for look in values]))

    return {
        "network": subject.name,
        "unit": unit,
        "published": middle(goals, "towards"),
        "alike": middle(goals, "similarity"),
        "s": middle(goals, "seconds"),
        "modern": middle(ends, "towards"),
        "alike ": middle(ends, "similarity"),
        "s ": middle(ends, "seconds"),
        "reached": f"{len(steps)} of {len(seeds)}",
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
            lucent = 2560 * lucent_step(subject, depth, arguments.channels[0])
            kinds = list(product(arguments.channels, arguments.poles))
            sets = [
                ImageSet("unit", UnitObjective(channel, pole, subject.diversity[depth]), seed)
                for channel, pole in kinds
                for seed in arguments.seeds
            ]
            found = both(subject, depth, sets, arguments)
            for place, (channel, pole) in enumerate(kinds):
                seeds = found[place * len(arguments.seeds) :][: len(arguments.seeds)]
                unit = f"{subject.layers[depth]} {channel} {pole}"
                yield row(subject, unit, seeds, lucent)


def main() -> None:
    """Run the benchmark; the files grow with each unit and pole."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--depths", nargs="+", choices=("early", "middle", "late"))
    parser.add_argument("--channels", nargs="+", type=int, default=CHANNELS, help="of each layer")
    parser.add_argument("--poles", nargs="+", default=["max", "min"], choices=("max", "min"))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=2560, help="of the published recipe")
    parser.add_argument("--together", type=int, default=1, help="sets of a layer, side by side")
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
