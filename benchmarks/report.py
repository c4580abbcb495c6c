"""Time of a report: ``python -m benchmarks.report [--json FILE]``.

A whole study of 23 participants, four reference schemes and 4968 trials is simulated in the
released format, and ``python -m analysis published`` is timed as a user runs it: from the start of
the interpreter to the written report.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from analysis.data.released_format import RATINGS_FILES, TRIALS_FILES
from tests.analysis.released import released_experiment_2, released_ratings_2, write_released

ROOT = Path(__file__).parent.parent
WANTED_SECONDS = 20.0


def timed_report(data: Path, out: Path) -> float:
    """Seconds of one report."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "analysis", "published", str(data), "--out", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


def main(
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write a JSON file.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Reports to time.")] = 3,
) -> None:
    """Time the report of a study of 23 participants."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        write_released(released_experiment_2(), data / TRIALS_FILES["II"])
        write_released(released_ratings_2(1, 0), data / RATINGS_FILES["II", "beginning"])
        write_released(released_ratings_2(2, 15), data / RATINGS_FILES["II", "end"])
        seconds = [timed_report(data, Path(folder) / f"report-{i}") for i in range(runs)]
    result = {
        "participants": 23,
        "trials": 4968,
        "cores": len(os.sched_getaffinity(0)),
        "seconds": [round(value, 2) for value in seconds],
        "slowest": round(max(seconds), 2),
        "wanted_below": WANTED_SECONDS,
    }
    table = Table("participants", "trials", "cores", "seconds", "slowest", "wanted below")
    table.add_row(
        "23",
        "4968",
        str(result["cores"]),
        ", ".join(f"{value:.1f}" for value in seconds),
        f"{result['slowest']:.1f}",
        f"{WANTED_SECONDS:.0f}",
    )
    Console().print(table)
    if json_file is not None:
        json_file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
