"""Feature visualisation: sets side by side, reduced precision and torch.compile, as a GPU likes it.

    python -m benchmarks.synthetic.together [--sets 1 5 10] [--networks inception …] [--depths …]
                                            [--steps 12] [--compile] [--experiment] [--json FILE]

Milliseconds a step and set (ten images of 224 px, the study's recipe): of lucent, which takes one
set at a time, and of ours with so many sets in a batch, in full precision (on a GPU: TF32 in
convolutions, as torch has it by itself) and mixed; with --compile also mixed with the network's
pass compiled. With --experiment how long all synthetic images of Experiment I take: for each layer
the sets of its units, both poles, in one batch, 2,560 times the median step.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

from benchmarks.synthetic.compared import Subject, efficientnet, inception, lucent_run, our_run
from benchmarks.synthetic.speed import CHANNEL, WARM_UP
from benchmarks.table import show
from conditions.folder import DESIGNS
from conditions.study.study import load_study
from conditions.tables.stimuli import POLES
from stimgen.activations import layer_maps
from stimgen.models.model import Model
from stimgen.synthetic.optimising import optimise

NETWORKS = {"efficientnet": efficientnet, "inception": inception}
STEPS = 2560
COMPILED = "mixed, compiled"


def compiled() -> AbstractContextManager:
    """The network's pass, compiled once for each layer."""
    passes: dict[tuple[str, str], Callable[[torch.Tensor], torch.Tensor]] = {}

    def maps(model: Model, images: torch.Tensor, names: list[str]) -> dict[str, torch.Tensor]:
        (layer,) = names
        if (model.name, layer) not in passes:
            passes[model.name, layer] = torch.compile(
                lambda images: layer_maps(model, images, [layer])[layer]
            )
        return {layer: passes[model.name, layer](images)}

    return patch.object(optimise, "layer_maps", maps)


def step(subject: Subject, depth: str, sets: int, steps: int, how: str) -> float:
    """Median milliseconds of a step of so many sets; the first steps do not count."""
    with compiled() if how == COMPILED else nullcontext():
        precision = how.partition(",")[0]
        run = our_run(subject, depth, CHANNEL, 0, steps, precision=precision, beside=sets)
    return 1000 * float(np.median(run.seconds[WARM_UP - 1 :]))


def rows(arguments: argparse.Namespace) -> list[dict]:
    """A row for each network, layer and number of sets."""
    ways = ["full", "mixed"] + [COMPILED] * arguments.compile
    found = []
    for subject in (NETWORKS[name]() for name in arguments.networks):
        for depth in arguments.depths or subject.layers:
            run = lucent_run(subject, depth, CHANNEL, 0, arguments.steps + WARM_UP)
            lucent = 1000 * float(np.median(run.seconds[WARM_UP - 1 :]))
            for sets in arguments.sets:
                times = {
                    way: step(subject, depth, sets, arguments.steps + WARM_UP, way) / sets
                    for way in ways
                }
                found.append(
                    {
                        "network": subject.name,
                        "layer": subject.layers[depth],
                        "sets": sets,
                        "lucent": lucent,
                        **times,
                        "lucent / best": lucent / min(times.values()),
                    }
                )
                show(f"Milliseconds a step and set, {device_name(subject)}", found, arguments.json)
    return found


def experiment(steps: int, ways: list[str]) -> list[dict]:
    """A row for each layer of Experiment I, and one for all."""
    study = load_study(DESIGNS / "experiment_1.yaml")
    names = [*study.units.main, *study.units.intuitiveness]
    layers = Counter(name.rpartition("_")[0] for name in names)
    subject, found = inception(), []
    for layer, units in layers.items():
        one = replace(subject, layers={"this": layer})
        sets = units * len(POLES)
        minutes = {
            f"{way}, min": STEPS * step(one, "this", sets, steps + WARM_UP, way) / 60_000
            for way in ways
        }
        found.append({"layer": layer, "sets": sets, **minutes})
    total = {name: sum(row[name] for row in found) for name in found[0] if name != "layer"}
    return [*found, {"layer": "all", **total}]


def device_name(subject: Subject) -> str:
    """What computes."""
    device = subject.ours.device
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, nargs="+", default=[1, 5, 10])
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--networks", nargs="*", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--depths", nargs="+", choices=("early", "middle", "late"))
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--experiment", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if arguments.networks:
        rows(arguments)
    if arguments.experiment:
        ways = ["full", "mixed"] + [COMPILED] * arguments.compile
        target = arguments.json and arguments.json.with_stem(f"{arguments.json.stem}_experiment")
        show("Experiment I's synthetic images", experiment(arguments.steps, ways), target)


if __name__ == "__main__":
    main()
