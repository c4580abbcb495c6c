"""Trial timing: ``xvfb-run -a -s "-screen 0 1920x1080x24" python -m benchmarks.trial_timing``.

How long from the end of the feedback to the next onset, and how long the frames are with 20 images
of 224 px on the screen: images decoded ahead in a thread, as sessions do it, against decoding them
when they are needed. Under a virtual screen flips do not wait: the times are those of the work.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.table import show
from conditions.study.answering import Timing
from experiment.keyboard.listener import KeyListener
from experiment.rig import Rig
from experiment.screen.focus import watched
from experiment.screen.sizes import layouts_of
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.window import measure_refresh, open_window, size_of
from experiment.selftest.material import Material, drawn_material
from experiment.selftest.trials import measure_trials
from experiment.texts.languages import load_texts

# Nothing is waited for between trials: what is left is the work.
AT_ONCE = Timing(fixation=0.0, blank=0.0)


def measure(material: Material, screen: TrialScreen, shown: float, ahead: bool) -> dict:
    """Time the trials one after the other; ms."""
    window = screen.window
    period = measure_refresh(window, Rig(name="benchmark")).period
    keyboard = watched(KeyListener(), window)
    rows, encoded = material.rows, material.encoded
    found = measure_trials(screen, keyboard, encoded, rows, AT_ONCE, period, shown, ahead)
    return {
        "images": "decoded ahead" if ahead else "decoded on demand",
        "trials": len(rows),
        **{f"gap_{name}_ms": value for name, value in _summary(found.gaps).items()},
        **{f"frame_{name}_ms": value for name, value in _summary(found.intervals).items()},
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
    seconds: Annotated[float, typer.Option(min=0.01, help="How long each is shown.")] = 0.4,
) -> None:
    """Time trials with their images decoded ahead and on demand."""
    material, rig = drawn_material(trials), Rig(name="benchmark")
    window = open_window(rig)
    references = {int(row["n_references"]) for row in material.rows}
    layouts, _ = layouts_of(material.study, rig, size_of(window), references)
    screen = TrialScreen(window, layouts, load_texts("en"), material.study.keys)
    # Once through, so that both ways find the textures made.
    measure(material, screen, 0.02, ahead=True)
    rows = [measure(material, screen, seconds, ahead) for ahead in (True, False)]
    window.close()
    show("From the end of the feedback to the next onset, and frames", rows, json_file)


if __name__ == "__main__":
    typer.run(main)
