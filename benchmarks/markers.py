"""Markers: ``xvfb-run -a -s "-screen 0 1920x1080x24" python -m benchmarks.markers``.

Whole sessions of the same trials, pressed by a script, without outlets for markers, with each kind
and with all; at last with all, of which a port is pulled out and a recorder killed in mid-session.
Side by side: recorded less injected reaction times, frame intervals of trials of 20 images, and
what became of the codes. Under a virtual screen flips do not wait: the times are those of the work.
The script's clock starts when it is asked, after the codes were sent, and the reaction time on the
flip, before: what sending takes is in the errors, though not in the reaction times.

What else a machine does meanwhile differs from session to session by more than outlets cost. So
all ways go round several times, each round in the other direction, and the table has beside what
all sessions of a way have in common how far they are apart: a difference between two ways is one
only where it is larger than that.
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
from typing import Annotated, NamedTuple

import numpy as np
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

EVERY = ("lsl", "serial", "file")
KILLED = "all, killed"
WAYS = ("none", *EVERY, "all", KILLED)
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


class Played(NamedTuple):
    """What a session left: reaction times off and frame intervals (ms), and its counts."""

    errors: np.ndarray
    frames: np.ndarray
    dropped: int
    codes: int
    served: list[dict]


def measure(outlets: Sequence[str], trials: int, dies: bool = False) -> Played:
    """Run one session."""
    with tempfile.TemporaryDirectory() as root:
        study = study_of(Path(root) / "study", trials)
        beside = Beside(Path(root), outlets, dies)
        screen = {**os.environ, "HOME": root}

        def session() -> None:
            done = play(study, screen, "--rig", str(beside.rig))
            if done.returncode:
                raise RuntimeError(done.stderr)

        beside.run(study, session)
        return _left_by(study)


def _left_by(study: StudyFolder) -> Played:
    data = study.session(1)
    answered = read_table(data / "trials.csv", TRIALS)
    pressed = presses(study, "choice")
    errors = 1000 * (answered.rt.to_numpy() - pressed.rt.to_numpy())
    frames = read_table(data / "frames.csv", FRAMES).interval_ms.to_numpy()
    codes = int(read_table(data / "events.csv", EVENTS).code.notna().sum())
    served = facts(study).get("markers", {}).get("outlets", [])
    return Played(errors, frames, int(answered.dropped_frames.sum()), codes, served)


def summed_up(name: str, sessions: Sequence[Played]) -> dict:
    """A row of the table: all sessions of a way together, and how far they are apart."""
    served = [outlet for each in sessions for outlet in each.served]
    slowest = [each["longest_ms"] for each in served if each["longest_ms"] is not None]
    middle = [each["median_ms"] for each in served if each["median_ms"] is not None]
    totals = zip(*(each.served for each in sessions), strict=True)
    sums = [[sum(one[what] for one in outlet) for what in ("sent", "lost")] for outlet in totals]
    return {
        "outlets": name,
        "sessions": len(sessions),
        **_summary("rt_error", [each.errors for each in sessions]),
        **_summary("frame", [each.frames for each in sessions]),
        "dropped": _apart([each.dropped for each in sessions]),
        "codes": sum(each.codes for each in sessions),
        "sent": "/".join(str(sent) for sent, _ in sums) or "-",
        "lost": "/".join(str(lost) for _, lost in sums) or "-",
        "taken_median_ms": "-" if not middle else f"{max(middle):.2f}",
        "taken_max_ms": "-" if not slowest else f"{max(slowest):.1f}",
    }


def _summary(what: str, sessions: Sequence[np.ndarray]) -> dict[str, object]:
    """Percentiles (ms): of all sessions together, and the lowest and highest of one."""
    found: dict[str, object] = {}
    for word, percent in (("median", 50), ("p95", 95), ("max", 100)):
        together = float(np.percentile(np.concatenate(sessions), percent))
        each = [float(np.percentile(session, percent)) for session in sessions]
        found[f"{what}_{word}_ms"] = f"{together:.1f} ({_apart(each)})"
    return found


def _apart(values: Sequence[float]) -> str:
    low, high = (f"{value:.1f}".removesuffix(".0") for value in (min(values), max(values)))
    return low if low == high else f"{low}-{high}"


def main(
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write a JSON file.")
    ] = None,
    trials: Annotated[int, typer.Option(min=8, max=200, help="Trials of a session.")] = 30,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Sessions of each way.")] = 3,
) -> None:
    """Compare sessions without and with outlets for markers."""
    sessions: dict[str, list[Played]] = {name: [] for name in WAYS}
    for number in range(rounds):
        for name in list(WAYS)[:: -1 if number % 2 else 1]:
            outlets = EVERY if name.startswith("all") else [each for each in EVERY if each == name]
            sessions[name].append(measure(outlets, trials, dies=name == KILLED))
    rows = [summed_up(name, of_way) for name, of_way in sessions.items()]
    show("Sessions with markers to outlets", rows, json_file)


if __name__ == "__main__":
    typer.run(main)
