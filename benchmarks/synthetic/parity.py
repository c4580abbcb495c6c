"""Feature visualisation: what lucent's stock recipe and ours reach after equal steps.

    python -m benchmarks.synthetic.parity [--steps 64] [--depths middle] [--units 5] [--seeds 3]
                                          [--sheet FILE.png] [--json FILE]

Mean activation and similarity of the ten images that are cut out, over units and seeds of
EfficientNet-Lite0, as a person would see them. The difference is of pairs of the same unit and
seed, in standard deviations of lucent's. The sheet shows the images of each for the first units.
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.synthetic.compared import Run, Subject, efficientnet, lucent_run, our_run
from benchmarks.synthetic.sheet import draw
from benchmarks.table import show
from stimgen.synthetic.judged.quality import measure

METHODS = {
    "lucent": lucent_run,
    "ours": our_run,
    "ours, mixed": lambda *given: our_run(*given, precision="mixed"),
}
ON_SHEET = 2


def compare(
    subject: Subject, depth: str, steps: int, units: int, seeds: int
) -> tuple[list[dict], dict[tuple[str, int], Run]]:
    """Rows of the table, and the first seed's runs by method and unit."""
    layer = subject.layers[depth]
    activations: dict[str, list[float]] = {name: [] for name in METHODS}
    similarities: dict[str, list[float]] = {name: [] for name in METHODS}
    shown: dict[tuple[str, int], Run] = {}
    for channel in range(units):
        for seed in range(seeds):
            for name, run in METHODS.items():
                made = run(subject, depth, channel, seed, steps)
                found = measure(subject.ours, made.images, layer, channel)
                activations[name].append(float(found.activations.mean()))
                similarities[name].append(found.similarity)
                shown.setdefault((name, channel), made)
    peer = np.array(activations["lucent"])
    return [
        {
            "layer": layer,
            "method": name,
            "runs": len(values),
            "activation": float(np.mean(values)),
            "SD": float(np.std(values, ddof=1)),
            "ahead of lucent (SD)": float(np.mean(np.array(values) - peer) / peer.std(ddof=1)),
            "runs ahead": int((np.array(values) > peer).sum()),
            "similarity": float(np.mean(similarities[name])),
        }
        for name, values in activations.items()
    ], shown


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=64)
    parser.add_argument("--depths", nargs="+", default=["middle"])
    parser.add_argument("--units", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    subject = efficientnet()
    rows: list[dict] = []
    for depth in arguments.depths:
        found, shown = compare(subject, depth, arguments.steps, arguments.units, arguments.seeds)
        rows += found
        if arguments.sheet:
            file = arguments.sheet.with_stem(f"{arguments.sheet.stem}_{depth}")
            layer = subject.layers[depth]
            sets = {
                f"{name}\n{layer}, unit {unit}": shown[name, unit].images
                for unit in range(min(ON_SHEET, arguments.units))
                for name in METHODS
            }
            draw(sets, file)
    show(f"After {arguments.steps} steps, {subject.name}", rows, arguments.json)


if __name__ == "__main__":
    main()
