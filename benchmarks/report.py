"""Time of a report: ``python -m benchmarks.report [--json FILE]``.

A whole study of 23 participants, four reference schemes and 4968 trials is simulated in the
released format, and ``python -m analysis published`` is timed as a user runs it: from the start of
the interpreter to the written report. With ``--many`` also one of 500 participants and 108 000
trials, by the time that the processor takes.
"""

import json
import os
import resource
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
WANTED_SECONDS, WANTED_CPU_SECONDS = 20.0, 90.0
# Experts and lay people.
STUDY, MANY = (10, 13), (200, 300)


def written(folder: Path, experts: int, lay: int) -> int:
    """Write simulated data; the number of trials."""
    trials = released_experiment_2(experts=experts, naive=lay)
    write_released(trials, folder / TRIALS_FILES["II"])
    write_released(released_ratings_2(1, 0), folder / RATINGS_FILES["II", "beginning"])
    write_released(released_ratings_2(2, 15), folder / RATINGS_FILES["II", "end"])
    return len(trials)


def timed_report(data: Path, out: Path) -> tuple[float, float]:
    """Seconds of one report, on the clock and of the processor."""
    started, used = time.perf_counter(), _used()
    subprocess.run(
        [sys.executable, "-m", "analysis", "published", str(data), "--out", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started, _used() - used


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main(
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write a JSON file.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Reports to time.")] = 3,
    many: Annotated[bool, typer.Option("--many", help="Also one of 500 participants.")] = False,
) -> None:
    """Time the report of a study of 23 participants, and of one of 500."""
    results = []
    for people, count in ((STUDY, runs), *([(MANY, 1)] if many else [])):
        with tempfile.TemporaryDirectory() as folder:
            trials = written(Path(folder) / "data", *people)
            found = [
                timed_report(Path(folder) / "data", Path(folder) / f"report-{i}")
                for i in range(count)
            ]
        results.append(
            {
                "participants": sum(people),
                "trials": trials,
                "cores": len(os.sched_getaffinity(0)),
                "seconds": [round(clock, 2) for clock, _ in found],
                "cpu_seconds": [round(cpu, 2) for _, cpu in found],
                "wanted_below": WANTED_SECONDS if people == STUDY else None,
                "wanted_cpu_below": WANTED_CPU_SECONDS if people == MANY else None,
            }
        )
    table = Table("participants", "trials", "cores", "seconds", "CPU seconds", "wanted below")
    for row in results:
        wanted = (
            f"{row['wanted_below']:g}"
            if row["wanted_below"]
            else f"{row['wanted_cpu_below']:g} of CPU"
        )
        clock, cpu = (
            ", ".join(f"{value:.1f}" for value in row[name]) for name in ("seconds", "cpu_seconds")
        )
        table.add_row(
            str(row["participants"]), str(row["trials"]), str(row["cores"]), clock, cpu, wanted
        )
    Console().print(table)
    if json_file is not None:
        json_file.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
