"""Two copies of one session made one: rows that the shorter lacks are added, nothing is lost.

Serves answers that come back from a rescue folder and the joining of two copies of a study. All is
planned, and refused where it does not fit, before the first byte is written; each file is put in
place whole, so that what was cut off is gone on with by doing it again.
"""

import csv
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conditions.errors import StudyError
from conditions.strays import is_table
from experiment.records.copying import files_of, write_whole
from experiment.records.recorder import mend
from experiment.records.same_session import ANSWERS, facts_in, identity, same_session, whole_lines

FACTS = "session.json"
# Letters of a value that is told.
_SHOWN = 60
# Where rescued answers were meant to go, on the computer where they could not.
_ONLY_RESCUED = "belongs_in"


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


@dataclass(frozen=True)
class Joining:
    """What a session's folder lacks of another copy of that session.

    Attributes
    ----------
    session, source : Path
        The folder that is completed, and the copy, which stays as it is.
    rows : tuple of Rows
        Rows that tables lack.
    files : tuple of Path
        Files that the folder lacks, relative.
    facts : bytes, optional
        A later ``session.json``.
    is_shorter : bool
        Whether the copy has fewer rows than the folder.
    """

    session: Path
    source: Path
    rows: tuple[Rows, ...]
    files: tuple[Path, ...]
    facts: bytes | None
    is_shorter: bool

    @property
    def n_answers(self) -> int:
        """Answered trials and ratings that are added."""
        return sum(rows.n_answers for rows in self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether the folder lacks nothing."""
        return not (self.rows or self.files or self.facts)


def plan_joining(session: Path, source: Path) -> Joining:
    """What a session's folder lacks of another copy; reads only.

    Raises
    ------
    StudyError
        Where they are two sessions, or each has rows that the other lacks, or other files of the
        same name: names file, row and column.
    """
    began = [identity(path).started_at or "at an unknown time" for path in (session, source)]
    if began[0] != began[1] and not same_session(session, source):
        raise StudyError(
            f"{session} began {began[0]} and {source} began {began[1]}: two sessions under one "
            "number. Nothing is written; move the one that does not belong out of its study"
        )
    rows, longer = [], []
    for name in _tables(source):
        here, there = whole_lines(session / name), whole_lines(source / name)
        _check_same_rows(session / name, here, source / name, there)
        if len(there) > len(here):
            rows.append(lacking_rows(session / name, there[len(here) :], not here))
        elif len(here) > max(1, len(there)):
            longer.append(name)
    grown = [lacking.table.name for lacking in rows if lacking.n_rows]
    if grown and longer:
        raise StudyError(
            f"{session} and {source} went on apart from each other: {grown[0]} is longer there, "
            f"{longer[0]} here. Nothing is written; move one of them out of its study"
        )
    besides = {Path(name) for name in (*_tables(source), FACTS)}
    files = [path for path in files_of(source) if path not in besides]
    lacking = [path for path in files if not (session / path).exists()]
    for path in files:
        if path.suffix != ".json" and not _same_content(session / path, source / path):
            raise StudyError(f"{session / path}: differs from {source / path}; nothing is written")
    facts = _later_facts(session, source, bool(grown), bool(longer))
    return Joining(session, source, tuple(rows), tuple(lacking), facts, bool(longer))


def join(joining: Joining) -> None:
    """Do what was planned; the session's lock must be held.

    An earlier ``session.json`` is kept under a name with its date.

    Raises
    ------
    OSError
        Where the disk fails; doing it again goes on.
    """
    for name in joining.files:
        write_whole(joining.session / name, (joining.source / name).read_bytes())
    for rows in joining.rows:
        add_rows(rows)
    # Last: a session is not called complete before its rows are there.
    if joining.facts is not None:
        path = joining.session / FACTS
        if path.exists():
            stamp = datetime.fromtimestamp(path.stat().st_mtime).strftime("%Y%m%dT%H%M%S%f")
            write_whole(path.with_name(f"session.until-{stamp}.json"), path.read_bytes())
        write_whole(path, joining.facts)


def add_rows(rows: Rows) -> None:
    """Add what a table lacks, which is there whole or not at all."""
    mend(rows.table)
    content = rows.table.read_bytes() if rows.table.exists() else b""
    text = "".join(line + rows.newline for line in rows.lines)
    write_whole(rows.table, content + text.encode("utf-8", errors="surrogateescape"))


def check_tables_equal(session: Path, source: Path) -> None:
    """Check that two sessions hold the same tables.

    Raises
    ------
    StudyError
        Names the first row that differs, or the table that is longer in one.
    """
    for name in sorted({*_tables(session), *_tables(source)}):
        here, there = whole_lines(session / name), whole_lines(source / name)
        _check_same_rows(session / name, here, source / name, there)
        if len(here) != len(there):
            raise StudyError(
                f"{session / name}: found {len(here) - 1} rows, {source / name} holds "
                f"{len(there) - 1}; nothing is written"
            )


def _tables(session: Path) -> list[str]:
    return sorted(path.name for path in session.glob("*.csv") if is_table(path))


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


def _check_same_rows(path: Path, here: list[str], source: Path, there: list[str]) -> None:
    for number, (line, other) in enumerate(zip(here, there, strict=False), start=1):
        if line != other:
            where = "columns" if number == 1 else f"row {number}"
            names, *cells = map(_cells, (here[0], line, other))
            unlike = (i for i, (a, b) in enumerate(zip(*cells, strict=False)) if a != b)
            i = next(unlike, min(map(len, cells)))
            if number > 1 and i < len(names):
                where += f", column {names[i]}"
            found, wanted = (row[i] if i < len(row) else "nothing" for row in cells)
            raise StudyError(
                f"{path}: {where}: found {found[:_SHOWN]!r}, {source} has {wanted[:_SHOWN]!r}: "
                "not the same answers. Nothing is written"
            )


def _cells(line: str) -> list[str]:
    """Cells of one line alone: a quote that is not closed does not swallow the next."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return [line[:_SHOWN]]


def _same_content(path: Path, source: Path) -> bool:
    return not path.exists() or _content(path) == _content(source)


def _content(path: Path) -> bytes:
    """Content of a text file with our line ends; what is no text hardly holds those of others."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def _later_facts(session: Path, source: Path, grows: bool, is_longer: bool) -> bytes | None:
    """The copy's ``session.json`` where it is a later one than the folder's."""
    here, there = facts_in(session), facts_in(source)
    there.pop(_ONLY_RESCUED, None)
    if not there or is_longer or here == there:
        return None
    if here and not grows and _age(there) <= _age(here):
        return None
    return (json.dumps(there, indent=2, ensure_ascii=False) + "\n").encode()


def _age(facts: dict) -> tuple[int, float]:
    """Number of runs, and when the file was written last: the greater the later."""
    runs = facts.get("runs")
    try:
        written = datetime.fromisoformat(str(facts.get("written_at"))).timestamp()
    except (ValueError, OverflowError):
        written = 0.0
    return len(runs) if isinstance(runs, list) else 0, written
