"""Two copies of one session made one: rows that the shorter lacks are added, nothing is lost.

Serves answers that come back from a rescue folder and the joining of two copies of a study. All is
planned, and refused where it does not fit, before the first byte is written; each file is put in
place whole, so that what was cut off is gone on with by doing it again.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conditions.errors import StudyError
from conditions.strays import is_table
from conditions.tables.events import EVENTS, MARKERS
from experiment.copies.rows import Rows, add_rows, begins_run, check_same_rows, lacking_rows
from experiment.records.copying import files_of, write_whole
from experiment.records.facts import WEB_ANSWERS
from experiment.records.same_session import facts_in, identity, same_session, whole_lines

FACTS = "session.json"
# What they tell of is no answer, or stands in the tables of answers too.
TELLING = (*(f"{table.name}.csv" for table in (EVENTS, MARKERS)), WEB_ANSWERS)
# Where rescued answers were meant to go, on the computer where they could not.
_ONLY_RESCUED = "belongs_in"


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
    replaced : tuple of str
        Tables of its events that take the place of those of the folder, which are kept.
    """

    session: Path
    source: Path
    rows: tuple[Rows, ...]
    files: tuple[Path, ...]
    facts: bytes | None
    is_shorter: bool
    replaced: tuple[str, ...] = ()

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
    for name in (name for name in _tables(source) if name not in TELLING):
        here, there = whole_lines(session / name), whole_lines(source / name)
        check_same_rows(session / name, here, source / name, there)
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
    told = [_told(session / name, source / name, bool(grown), bool(longer)) for name in TELLING]
    rows += [more for more in told if isinstance(more, Rows)]
    replaced = tuple(path.name for path in told if isinstance(path, Path))
    besides = {Path(name) for name in (*_tables(source), *TELLING, FACTS)}
    files = [path for path in files_of(source) if path not in besides]
    lacking = [path for path in files if not (session / path).exists()]
    for path in files:
        if path.suffix != ".json" and not _same_content(session / path, source / path):
            raise StudyError(f"{session / path}: differs from {source / path}; nothing is written")
    facts = _later_facts(session, source, bool(grown), bool(longer))
    return Joining(session, source, tuple(rows), tuple(lacking), facts, bool(longer), replaced)


def join(joining: Joining) -> None:
    """Do what was planned; the session's lock must be held.

    An earlier ``session.json`` is kept under a name with its date, and so are events of its own.

    Raises
    ------
    OSError
        Where the disk fails; doing it again goes on.
    """
    for name in joining.files:
        write_whole(joining.session / name, (joining.source / name).read_bytes())
    for table in joining.replaced:
        _put(joining.session / table, (joining.source / table).read_bytes(), ".txt")
    for rows in joining.rows:
        add_rows(rows)
    # Last: a session is not called complete before its rows are there.
    if joining.facts is not None:
        _put(joining.session / FACTS, joining.facts, ".json")


def _put(path: Path, content: bytes, suffix: str) -> None:
    """Put a file in the place of another, which is kept."""
    if path.exists():
        stamp = datetime.fromtimestamp(path.stat().st_mtime).strftime("%Y%m%dT%H%M%S%f")
        write_whole(path.with_name(f"{path.stem}.until-{stamp}{suffix}"), path.read_bytes())
    write_whole(path, content)


def check_tables_equal(session: Path, source: Path) -> None:
    """Check that two sessions hold the same tables.

    Raises
    ------
    StudyError
        Names the first row that differs, or the table that is longer in one.
    """
    for name in sorted({*_tables(session), *_tables(source)}):
        here, there = whole_lines(session / name), whole_lines(source / name)
        check_same_rows(session / name, here, source / name, there)
        if len(here) != len(there):
            raise StudyError(
                f"{session / name}: found {len(here) - 1} rows, {source / name} holds "
                f"{len(there) - 1}; nothing is written"
            )


def _tables(session: Path) -> list[str]:
    return sorted(path.name for path in session.glob("*.csv") if is_table(path))


def _told(table: Path, source: Path, grows: bool, is_longer: bool) -> Rows | Path | None:
    """Rows of a table of events that a session lacks, or the table that takes the place of its own.

    A session that was taken up in both copies has other events in each, be it of a page alone. That
    keeps no answers apart: events stand where the answers are that they belong to.

    Raises
    ------
    StudyError
        Where rows differ before another run begins: one of the tables is damaged.
    """
    here, there = whole_lines(table), whole_lines(source)
    n = next((i for i, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), None)
    if n is None:
        lacks = len(there) > len(here) and not is_longer
        return lacking_rows(table, there[len(here) :], not here) if lacks else None
    if not all(begins_run(lines, n) for lines in (here, there)):
        check_same_rows(table, here, source, there)
    return source if grows else None


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
