"""Trial timing: ``xvfb-run -a -s "-screen 0 1920x1080x24" python -m benchmarks.trial_timing``.

How long from the end of the feedback to the next onset, and how long the frames are with 20 images
of 224 px on the screen: images decoded ahead in a thread, as sessions do it, against decoding them
when they are needed. Under a virtual screen flips do not wait: the times are those of the work.
"""

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.table import show
from conditions.study.answering import Keys
from experiment.checks.preflight import file_checks
from experiment.plan import as_rows
from experiment.records.start import load_trials
from experiment.rehearsal import make_rehearsal
from experiment.rig import Rig
from experiment.screen.sizes import layouts_of
from experiment.screen.trial_screen import IMAGE_COLUMNS, TrialScreen, decode
from experiment.screen.window import open_window
from experiment.texts.languages import load_texts

DESIGN = "experiment_1"


def measure(
    encoded: dict[str, bytes], rows: list[dict], screen: TrialScreen, frames: int, preload: bool
) -> dict:
    """Time the trials one after the other; ms."""
    from psychopy import core

    pool = ThreadPoolExecutor(max_workers=1)
    gaps, intervals = [], []
    clock = core.Clock()

    def coming(row: dict) -> Callable:
        if preload:
            return pool.submit(decode, encoded, row, screen.image).result
        return lambda: decode(encoded, row, screen.image)

    images = coming(rows[0])
    for i, row in enumerate(rows):
        # The feedback of the trial before is on the screen; now it ends.
        ended = clock.getTime()
        screen.window.flip()
        screen.load(row, images(), 0.5)
        screen.ask_choice(row)
        screen.draw()
        screen.window.flip()
        gaps.append(clock.getTime() - ended)
        if i + 1 < len(rows):
            images = coming(rows[i + 1])
        for _ in range(frames):
            before = clock.getTime()
            screen.draw()
            screen.window.flip()
            intervals.append(clock.getTime() - before)
    pool.shutdown()
    return {
        "images": "decoded ahead" if preload else "decoded on demand",
        "trials": len(rows),
        **{f"gap_{name}_ms": value for name, value in _summary(gaps).items()},
        **{f"frame_{name}_ms": value for name, value in _summary(intervals).items()},
    }


def _summary(seconds: list[float]) -> dict[str, float]:
    ms = 1000 * np.array(seconds)
    percentiles = (("median", 50), ("p95", 95), ("max", 100))
    return {name: round(float(np.percentile(ms, p)), 1) for name, p in percentiles}


def main(
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write a JSON file.")
    ] = None,
    trials: Annotated[int, typer.Option(min=2, help="Trials with 20 images.")] = 60,
    frames: Annotated[int, typer.Option(min=1, help="Frames measured in each.")] = 30,
) -> None:
    """Time trials with their images decoded ahead and on demand."""
    with tempfile.TemporaryDirectory() as root:
        folder = make_rehearsal(DESIGN, Path(root), [1], fast=True)
        everything = as_rows(load_trials(folder, 1))
        full = [row for row in everything if all(row[name] for name in IMAGE_COLUMNS)][:trials]
        rig = Rig(name="benchmark")
        window = open_window(rig)
        references = {int(row["n_references"]) for row in full}
        layouts, _ = layouts_of(folder.study, rig, tuple(map(int, window.size)), references)
        screen = TrialScreen(window, layouts, load_texts("en"), Keys())
        _, encoded = file_checks(folder, 1, load_trials(folder, 1))
        # Once through, so that both ways find the textures made.
        measure(encoded, full, screen, 1, preload=True)
        rows = [measure(encoded, full, screen, frames, preload) for preload in (True, False)]
        window.close()
    show("From the end of the feedback to the next onset, and frames", rows, json_file)


if __name__ == "__main__":
    typer.run(main)
