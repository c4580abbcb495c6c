"""What the events of earlier runs tell the next: its number, and when it cannot have begun yet."""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from experiment.records.recorder import cells_of

# Three years: a number that is greater is no time of a session.
LONGEST_S = 1e8
# Digits of a run's number: nobody starts a session a million times.
LONGEST_RUN = 6


@dataclass(frozen=True)
class Past:
    """The last run that left events, and when the last of them ended; 0 where there are none."""

    run: int = 0
    end: float = 0.0


def past_events(path: Path) -> Past:
    """What is known of earlier runs; cells that are no numbers tell nothing.

    Parameters
    ----------
    path : Path
        ``events.csv`` of a session, if it is there.
    """
    if not path.exists():
        return Past()
    # Python 3.10 cannot read zeros, which a power cut may leave.
    text = path.read_text(encoding="utf-8-sig", errors="replace").replace("\0", "")
    names, *lines = (cells_of(line) for line in text.split("\n"))
    rows = [dict(zip(names, cells, strict=False)) for cells in lines]
    runs = [int(cell) for row in rows if _is_run(cell := row.get("run", ""))]
    ends = [_number(row.get("onset")) + _number(row.get("duration")) for row in rows]
    return Past(max(runs, default=0), max(ends, default=0.0))


def _is_run(cell: str) -> bool:
    return cell.isdecimal() and len(cell) <= LONGEST_RUN


def _number(cell: str | None) -> float:
    try:
        found = float(cell or 0)
    except ValueError:
        return 0.0
    return found if isfinite(found) and 0 <= found < LONGEST_S else 0.0
