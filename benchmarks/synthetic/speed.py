"""Feature visualisation: lucent's stock recipe and ours in turn, on the same network and unit.

    python -m benchmarks.synthetic.speed [--steps 8] [--turns 3] [--ablation] [--json FILE]

Seconds a step (the median over all steps of all turns but the first steps of each) for ten images
of 224 px with the study's objective and transformations, for an early, a middle and a late
layer; the floor is the bare forward and backward pass of the truncated, frozen network on a fixed
batch of what the network sees. With --ablation also what a step takes without each of the ideas
that make it fast, and with those that were found not to pay on a CPU.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks.synthetic.ablation import ablations
from benchmarks.synthetic.compared import (
    COUNT,
    SIDE,
    Run,
    Subject,
    efficientnet,
    inception,
    lucent_run,
    now,
    our_run,
)
from benchmarks.table import show
from stimgen.activations import layer_maps
from stimgen.machine import keep_big_blocks

CHANNEL = 3
# Steps at the beginning of a run, in which memory is still being claimed.
WARM_UP = 2


def floor_run(subject: Subject, depth: str, channel: int, seed: int, steps: int) -> Run:
    """Forward and backward passes of the truncated, frozen network on a fixed batch."""
    keep_big_blocks()
    layer = subject.layers[depth]
    images = torch.rand(COUNT, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))
    images = images.to(subject.ours.device).requires_grad_(True)
    seconds = []
    for _ in range(steps):
        started = now(subject.ours.device)
        layer_maps(subject.ours, images, [layer])[layer][:, channel].mean().backward()
        images.grad = None
        seconds.append(now(subject.ours.device) - started)
    return Run(images.detach().cpu(), seconds[1:])


def lucent_step(subject: Subject, depth: str, channel: int, steps: int = 6) -> float:
    """Seconds a step of lucent's stock recipe."""
    run = lucent_run(subject, depth, channel, 0, steps + WARM_UP)
    return float(np.median(run.seconds[WARM_UP - 1 :]))


def medians(runs: dict[str, Callable[[int], Run]], turns: int) -> dict[str, float]:
    """Median seconds a step of each of several runs, made in turns (called with the turn)."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(turns):
        for name, run in runs.items():
            seconds[name] += run(turn).seconds[WARM_UP - 1 :]
    return {name: float(np.median(values)) for name, values in seconds.items()}


def speed(subjects: list[Subject], steps: int, turns: int) -> list[dict]:
    """Seconds a step of each, and the ratios."""
    rows = []
    for subject in subjects:
        for depth, layer in subject.layers.items():
            known = {"lucent": lucent_run, "ours": our_run, "floor": floor_run}
            found = medians(
                {
                    name: lambda turn, run=run: run(subject, depth, CHANNEL, turn, steps)  # noqa: B023
                    for name, run in known.items()
                },
                turns,
            )
            rows.append(
                {
                    "network": subject.name,
                    "layer": layer,
                    **{f"{name} s/step": seconds for name, seconds in found.items()},
                    "lucent / ours": found["lucent"] / found["ours"],
                    "ours / floor": found["ours"] / found["floor"],
                }
            )
    return rows


def without_each(subjects: list[Subject], steps: int, turns: int) -> list[dict]:
    """How many times longer a step of the middle layer takes with something changed."""
    rows: dict[str, dict] = {}
    for subject in subjects:
        found = medians(
            {
                name: lambda turn, run=run: run(turn, steps)
                for name, run in ablations(subject, "middle", CHANNEL).items()
            },
            turns,
        )
        for name, seconds in found.items():
            row = rows.setdefault(name, {"changed": name})
            row[f"{subject.name} {subject.layers['middle']}"] = seconds / found["nothing"]
    return list(rows.values())


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=8, help="steps of a run")
    parser.add_argument("--turns", type=int, default=3, help="runs of each")
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    steps = arguments.steps + WARM_UP
    subjects = [efficientnet(), inception()]
    rows = speed(subjects, steps, arguments.turns)
    show(f"Seconds a step, {COUNT} images of {SIDE} px", rows, arguments.json)
    for ratio in ("lucent / ours", "ours / floor"):
        print(f"geometric mean of {ratio}: {np.exp(np.mean(np.log([r[ratio] for r in rows]))):.2f}")
    if arguments.ablation:
        changed = without_each(subjects, steps, arguments.turns)
        target = arguments.json and arguments.json.with_stem(f"{arguments.json.stem}_ablation")
        show("A step with something changed, times ours", changed, target)


if __name__ == "__main__":
    main()
