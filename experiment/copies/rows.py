"""Rows that one copy of a table has and the other lacks."""

from dataclasses import dataclass
from pathlib import Path

from conditions.errors import StudyError
from experiment.records.copying import write_whole
from experiment.records.recorder import cells_of, mend
from experiment.records.same_session import ANSWERS

# Letters of a value that is told.
_SHOWN = 60


@dataclass(frozen=True)
class Rows:
    """Rows that a table lacks, and the header where it lacks that as well."""

    table: Path
    lines: tuple[str, ...]
    newline: str
    with_header: bool

    @property
    def n_rows(self) -> int:
        """How many they are, without a header."""
        return len(self.lines) - self.with_header

    @property
    def n_answers(self) -> int:
        """How many of them are answers."""
        return self.n_rows if self.table.stem in {table.name for table in ANSWERS} else 0


def lacking_rows(table: Path, lines: list[str], with_header: bool) -> Rows:
    """Lines that a table lacks, to be added with its own line ends.

    Raises
    ------
    StudyError
        Where its line ends are neither ours nor those of Windows.
    """
    content = table.read_bytes() if table.exists() else b""
    if content and b"\n" not in content and b"\r" in content:
        raise StudyError(
            f"{table}: its lines end in another way than the laboratory's; nothing is added to it"
        )
    return Rows(table, tuple(lines), "\r\n" if b"\r\n" in content else "\n", with_header)


def add_rows(rows: Rows) -> None:
    """Add what a table lacks, which is there whole or not at all."""
    mend(rows.table)
    content = rows.table.read_bytes() if rows.table.exists() else b""
    text = "".join(line + rows.newline for line in rows.lines)
    write_whole(rows.table, content + text.encode("utf-8", errors="surrogateescape"))


def check_same_rows(path: Path, here: list[str], source: Path, there: list[str]) -> None:
    """Check that the shorter of two tables is the beginning of the other.

    Parameters
    ----------
    path, source : Path
        The tables.
    here, there : list of str
        Their lines, see :func:`experiment.records.same_session.whole_lines`.

    Raises
    ------
    StudyError
        Names the first row and column that differ.
    """
    for number, (line, other) in enumerate(zip(here, there, strict=False), start=1):
        if line != other:
            where = "columns" if number == 1 else f"row {number}"
            names, *cells = map(cells_of, (here[0], line, other))
            unlike = (i for i, (a, b) in enumerate(zip(*cells, strict=False)) if a != b)
            i = next(unlike, min(map(len, cells)))
            if number > 1 and i < len(names):
                where += f", column {names[i]}"
            found, wanted = (row[i] if i < len(row) else "nothing" for row in cells)
            raise StudyError(
                f"{path}: {where}: found {found[:_SHOWN]!r}, {source} has {wanted[:_SHOWN]!r}: "
                "not the same answers. Nothing is written"
            )


def begins_run(lines: list[str], number: int) -> bool:
    """Whether a line of a table is the first of another run than the line before.

    Parameters
    ----------
    lines : list of str
        Of a table with a column ``run``.
    number : int
        Of the line, from 0, which is the header.
    """
    names = cells_of(lines[0])
    if number == 0 or "run" not in names:
        return False
    i = names.index("run")

    def run(line: str) -> int:
        cells = cells_of(line)
        found = cells[i] if i < len(cells) else ""
        return int(found) if found.isdecimal() and len(found) < _SHOWN else -1

    before = run(lines[number - 1]) if number > 1 else 0
    return run(lines[number]) > before >= 0
