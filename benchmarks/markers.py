"""Markers: ``xvfb-run -a -s "-screen 0 1920x1080x24" python -m benchmarks.markers``.

Whole sessions of the same trials, pressed by a script, without outlets for markers, with each kind
and with all; at last with all, of which a port is pulled out and a recorder killed in mid-session.
Side by side: recorded less injected reaction times, frame intervals of trials of 20 images, and
what became of the codes. Under a virtual screen flips do not wait: the times are those of the work.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
import yaml

from benchmarks.table import show
from conditions.folder import StudyFolder
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table
from conditions.tables.sessions import FRAMES, TRIALS
from experiment.records.recorder import whole_rows
from tests.experiment.outlets.boxes import PlayedBox, wait_for
from tests.experiment.rehearsed import facts, play, presses, tiny_study

# A recorder in a process of its own, as LabRecorder is.
RECORDS = """
import sys
from tests.experiment.outlets.boxes import Recorder
recorder = Recorder(sys.argv[1], seconds=60)
sys.stdin.read()
"""


def study_of(root: Path, trials: int) -> StudyFolder:
    """A study of so many trials with 20 images of 224 px."""
    channels = product(("block08", "block13"), range(100))
    units = [f"{layer}_{channel:04d}" for layer, channel in channels][:trials]
    part = {"name": "references", "conditions": ["natural"], "main": trials}
    return tiny_study(
        root,
        image={"resize": 256, "crop": 224},
        units={"main": units, "practice": ["block02_0015"]},
        natural={"bins": 10, "batches": 2},
        parts=[part],
        batches={"offset": {"natural": 0}},
        intuitiveness=[],
        repeats=None,
    )


class Beside:
    """What stands beside a session, by the names of its outlets."""

    def __init__(self, folder: Path, names: Sequence[str], dies: bool) -> None:
        self._stream, self._names, self._dies = f"markers-{time.time_ns()}", names, dies
        self._box = PlayedBox(folder / "ttyBOX")
        self._recorders: list[subprocess.Popen] = []
        outlets: dict[str, dict[str, object]] = {
            "lsl": {"kind": "lsl", "stream": self._stream},
            "serial": {"kind": "serial", "port": str(self._box.port)},
            "file": {"kind": "file"},
        }
        listed = [outlets[name] for name in names]
        self.rig = folder / "marked.yaml"
        content = {"name": "marked", "shrink": True, "markers": listed}
        self.rig.write_text(yaml.safe_dump(content), encoding="utf-8")

    def run(self, study: StudyFolder, session: Callable[[], object]) -> None:
        """Run a session; in its middle the port is pulled out and the recorder killed."""
        if "lsl" in self._names:
            self._recorders.append(
                subprocess.Popen(
                    [sys.executable, "-c", RECORDS, self._stream],
                    stdin=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            )
        thread = threading.Thread(target=self._kill, args=(study,))
        if self._dies:
            thread.start()
        session()
        if self._dies:
            thread.join()
        for recorder in self._recorders:
            recorder.communicate()

    def _kill(self, study: StudyFolder) -> None:
        rows = study.session(1) / "trials.csv"
        half = whole_rows(study.condition_file(1)) // 2
        wait_for(lambda: whole_rows(rows) > half, 600)
        self._box.pull_out()
        for recorder in self._recorders:
            recorder.send_signal(signal.SIGKILL)


def measure(name: str, outlets: Sequence[str], trials: int, dies: bool = False) -> dict:
    """Run one session and sum it up; ms."""
    with tempfile.TemporaryDirectory() as root:
        study = study_of(Path(root) / "study", trials)
        beside = Beside(Path(root), outlets, dies)
        screen = {**os.environ, "HOME": root}

        def session() -> None:
            done = play(study, screen, "--rig", str(beside.rig))
            if done.returncode:
                raise RuntimeError(done.stderr)

        beside.run(study, session)
        return {"outlets": name, **_figures(study)}


def _figures(study: StudyFolder) -> dict:
    data = study.session(1)
    answered = read_table(data / "trials.csv", TRIALS)
    pressed = presses(study, "choice")
    errors = 1000 * (answered.rt.to_numpy() - pressed.rt.to_numpy())
    frames = read_table(data / "frames.csv", FRAMES).interval_ms.to_numpy()
    served = facts(study).get("markers", {}).get("outlets", [])
    slowest = [each["longest_ms"] for each in served if each["longest_ms"] is not None]
    middle = [each["median_ms"] for each in served if each["median_ms"] is not None]
    return {
        "trials": len(answered),
        **_summary("rt_error", errors),
        **_summary("frame", frames),
        "dropped": int(answered.dropped_frames.sum()),
        "codes": int(read_table(data / "events.csv", EVENTS).code.notna().sum()),
        "sent": "/".join(str(each["sent"]) for each in served) or "-",
        "lost": "/".join(str(each["lost"]) for each in served) or "-",
        "taken_median_ms": "-" if not middle else f"{max(middle):.2f}",
        "taken_max_ms": "-" if not slowest else f"{max(slowest):.1f}",
    }


def _summary(what: str, ms: np.ndarray | pd.Series) -> dict[str, float]:
    percentiles = (("median", 50), ("p95", 95), ("max", 100))
    return {f"{what}_{word}_ms": round(float(np.percentile(ms, p)), 2) for word, p in percentiles}


def main(
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write a JSON file.")
    ] = None,
    trials: Annotated[int, typer.Option(min=8, max=200, help="Trials of a session.")] = 60,
) -> None:
    """Compare sessions without and with outlets for markers."""
    every = ("lsl", "serial", "file")
    ways = [("none", ()), *((one, (one,)) for one in every), ("all", every), ("none again", ())]
    rows = [measure(name, outlets, trials) for name, outlets in ways]
    rows.append(measure("all, killed", every, trials, dies=True))
    show("Sessions with markers to outlets", rows, json_file)


if __name__ == "__main__":
    typer.run(main)
