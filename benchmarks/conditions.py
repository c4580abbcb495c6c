"""Time of condition files: ``python -m benchmarks.conditions [--json FILE]``.

Trials of both published experiments are built for 100 and 1000 participants, built again (all files
are there and are compared) and read and checked.
"""

import json
import os
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from conditions.check import read_conditions
from conditions.folder import open_study
from conditions.trials.build import build_all

DESIGNS = ("experiment_1", "experiment_2")
WANTED_SECONDS = 20.0


def measure(design: str, participants: int) -> dict:
    """Seconds to build, build again and check the files of a number of participants."""
    with tempfile.TemporaryDirectory() as root:
        folder = open_study(design, Path(root))
        numbers = list(range(1, participants + 1))
        times = [time.perf_counter()]
        build_all(folder, numbers)
        times.append(time.perf_counter())
        build_all(folder, numbers)
        times.append(time.perf_counter())
        frames = read_conditions(folder)
        times.append(time.perf_counter())
    build, again, check = (round(b - a, 2) for a, b in pairwise(times))
    return {
        "design": design,
        "participants": participants,
        "trials": sum(map(len, frames.values())),
        "build_s": build,
        "build_again_s": again,
        "read_and_check_s": check,
    }


def main(
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write a JSON file.")
    ] = None,
    participants: Annotated[
        list[int] | None, typer.Option(min=1, help="Numbers of participants; may be repeated.")
    ] = None,
) -> None:
    """Time the condition files of both published experiments."""
    numbers = participants or [100, 1000]
    rows = [measure(design, number) for design in DESIGNS for number in numbers]
    for row in rows:
        first = next(other for other in rows if other["design"] == row["design"])
        if len(numbers) > 1:
            # What a participant costs, compared with one among the fewest.
            cost = (row["build_s"] / row["participants"], first["build_s"] / first["participants"])
            row["cost_ratio"] = round(cost[0] / cost[1], 2) if cost[1] else None
    result = {
        "cores": len(os.sched_getaffinity(0)),
        "rows": rows,
        "slowest_build_s": max(row["build_s"] for row in rows),
        "wanted_below_s": WANTED_SECONDS,
    }
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)
    if json_file is not None:
        json_file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
