"""What the events of a session tell of its outlets for markers."""

from collections.abc import Iterable

from experiment.monitor.files import Row, whole_rows_of

OPEN = ("opened", "back", "closed")


def marker_rows(content: bytes) -> list[Row]:
    """Rows of ``events.csv`` that are of outlets: few of many thousands, which are not read."""
    first, *rest = content.splitlines(keepends=True) or [b""]
    return whole_rows_of(first + b"".join(line for line in rest if b"marker" in line))


def outlets_of(rows: Iterable[Row]) -> dict[str, str]:
    """The last that was told of each outlet in the last run, by its name.

    Parameters
    ----------
    rows : iterable of dict
        Rows of ``events.csv``.
    """
    found: dict[str, str] = {}
    run = ""
    for row in rows:
        if row.get("kind") != "marker":
            continue
        if row.get("run", "") != run:
            run, found = row.get("run", ""), {}
        name, _, what = row.get("detail", "").partition(" ")
        # The offset of its clock says nothing of how it is.
        if not what.startswith("clock"):
            found[name] = what
    return found


def is_open(told: str) -> bool:
    """Whether what was told last of an outlet is that it is open, or was closed in order."""
    return told.partition(",")[0] in OPEN
