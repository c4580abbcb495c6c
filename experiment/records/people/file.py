"""``participants.tsv`` line by line: rows are added, and whatever a lab has made of it stays.

The file is the lab's as much as ours: columns added or in another order, a byte order mark, line
ends of another system. Lines that nothing is added to keep their bytes.
"""

import csv
import io
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from conditions.errors import StudyError
from conditions.files import write_json
from conditions.tables.sessions import PARTICIPANTS
from experiment.records.copying import write_whole

ID = "participant_id"
PRIVATE = 0o600
_BOM = "\ufeff"
# BIDS writes n/a where nothing is known.
_MISSING = {"", "n/a"}
_NUMBERED = re.compile(r"sub-0*([0-9]+)")


@dataclass(frozen=True)
class PeopleFile:
    """The lines of a ``participants.tsv``; without any, a file that is to be made.

    Attributes
    ----------
    path : Path
        The file.
    columns : tuple of str
        Its columns, in its own order.
    head : str
        Its first line as it stands there.
    rows : tuple of (str, dict)
        Each row as it stands there, line end included, and its cells by column.
    newline : str
        Its line ends.
    """

    path: Path
    columns: tuple[str, ...]
    head: str
    rows: tuple[tuple[str, dict[str, str]], ...] = ()
    newline: str = "\n"

    def person(self, participant: int) -> dict[str, str] | None:
        """What is told of a participant; None for one who is not listed.

        ``sub-1`` and ``sub-001`` are one person.
        """
        return next((cells for _, cells in self.rows if _person(cells[ID]) == participant), None)

    def with_person(self, cells: Mapping[str, str]) -> "PeopleFile":
        """With a row added, or with the empty cells of that person's row filled.

        Raises
        ------
        StudyError
            Where the file has no column for something that is told, or tells something else.
        """
        told = {name: text for name, text in cells.items() if text.lower() not in _MISSING}
        if absent := [name for name in told if name not in self.columns]:
            raise StudyError(
                f"{self.path}: found no column {', '.join(absent)} for {told[ID]}; add it to the "
                "first line"
            )
        who = _person(told[ID])
        for i, (_, listed) in enumerate(self.rows):
            if _person(listed[ID]) == who:
                filled = self._filled(listed, told)
                if filled == listed:
                    return self
                row = (self._line(filled), filled)
                return replace(self, rows=(*self.rows[:i], row, *self.rows[i + 1 :]))
        new = {name: told.get(name, "") for name in self.columns}
        return replace(self, rows=(*self.rows, (self._line(new), new)))

    def without(self, participants: Iterable[int]) -> "PeopleFile":
        """Without the rows of some participants."""
        gone = set(participants)
        return replace(
            self, rows=tuple(row for row in self.rows if _person(row[1][ID]) not in gone)
        )

    def alone(self, participant: int, path: Path) -> "PeopleFile":
        """Only the row of one participant, for another file."""
        rows = tuple(row for row in self.rows if _person(row[1][ID]) == participant)
        return replace(self, path=path, rows=rows)

    def with_columns(self, names: Iterable[str]) -> "PeopleFile":
        """With columns behind its own, empty for everybody."""
        new = [name for name in names if name not in self.columns]
        if not new:
            return self
        wider = replace(self, columns=(*self.columns, *new))
        rows = [cells | dict.fromkeys(new, "") for _, cells in self.rows]
        head = (_BOM if self.head.startswith(_BOM) else "") + self._line_of(wider.columns)
        return replace(wider, head=head, rows=tuple((wider._line(row), row) for row in rows))

    def write(self) -> None:
        """Write the file, whole or not at all; a new one can be read by its owner only."""
        dictionary = self.path.with_suffix(".json")
        if not dictionary.exists():
            write_json(dictionary, PARTICIPANTS.dictionary())
        # Behind a link lies perhaps a safer disk: the file there is the one that is kept.
        path = self.path.resolve()
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else PRIVATE
        lines = [self.head, *(line for line, _ in self.rows)]
        # The last line of a file that was typed may have no end.
        whole = [line if line.endswith(("\n", "\r")) else line + self.newline for line in lines]
        write_whole(path, "".join(whole).encode(), mode)

    def _filled(self, listed: dict[str, str], told: dict[str, str]) -> dict[str, str]:
        filled = dict(listed)
        for name, text in told.items():
            if name == ID or listed[name] == text:
                continue
            if listed[name].lower() not in _MISSING:
                raise StudyError(
                    f"{self.path}: {listed[ID]}, column {name}: found {listed[name]!r} there, and "
                    f"now {text!r}; nothing that is listed is changed: correct one of the two"
                )
            filled[name] = text
        return filled

    def _line(self, cells: Mapping[str, str]) -> str:
        return self._line_of([cells[name] for name in self.columns])

    def _line_of(self, cells: Iterable[str]) -> str:
        stream = io.StringIO()
        csv.writer(stream, delimiter="\t", lineterminator=self.newline).writerow(cells)
        return stream.getvalue()


def read_people(path: Path) -> PeopleFile:
    """The lines of a ``participants.tsv``; those of an empty one where there is none.

    Raises
    ------
    StudyError
        Where rows cannot be added to it without doubt: names file, row and what is wanted.
    """
    if not path.exists():
        return PeopleFile(path, tuple(PARTICIPANTS.column_names), _head(PARTICIPANTS.column_names))
    try:
        text = path.read_bytes().decode("utf-8")
        if "\0" in text:
            raise csv.Error("it holds zeros, as a power cut leaves them")
        # Universal line ends, as they are: a cell may hold one between quotes.
        lines = list(io.StringIO(text, newline=""))
        read = csv.reader(lines, delimiter="\t", strict=True)
        ends, cells = [0], []
        for row in read:
            cells.append(row)
            ends.append(read.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise StudyError(
            f"{path}: not a readable table: {error}; wanted UTF-8 and tabs between cells"
        ) from error
    if not cells:
        raise StudyError(
            f"{path}: an empty file; move it away, or put back the one with the people"
        )
    columns = tuple(cells[0][:1] and [cells[0][0].removeprefix(_BOM), *cells[0][1:]])
    if ID not in columns or len(set(columns)) < len(columns):
        raise StudyError(
            f"{path}: found the columns {', '.join(columns)!r}, wanted {ID} and others, each once, "
            "with tabs between them"
        )
    texts = ["".join(lines[a:b]) for a, b in pairwise(ends)]
    newline = next((end for end in ("\r\n", "\n", "\r") if texts[0].endswith(end)), "\n")
    rows = [
        (line, _cells(path, row, columns, number))
        for number, (line, row) in enumerate(zip(texts, cells, strict=True), start=1)
        if number > 1 and any(cell.strip() for cell in row)
    ]
    _check_each_once(path, [row[ID] for _, row in rows])
    return PeopleFile(path, columns, texts[0], tuple(rows), newline)


def _head(columns: list[str]) -> str:
    return "\t".join(columns) + "\n"


def _cells(path: Path, row: list[str], columns: tuple[str, ...], number: int) -> dict[str, str]:
    if len(row) > len(columns):
        raise StudyError(
            f"{path}: row {number}: found {len(row)} cells, wanted {len(columns)}, one a column"
        )
    # A spreadsheet leaves out the last cells of a row where they are empty.
    cells = dict(zip(columns, [*row, *[""] * (len(columns) - len(row))], strict=True))
    if cells[ID].strip().lower() in _MISSING:
        raise StudyError(f"{path}: row {number}, column {ID}: found nothing, wanted sub-001")
    return cells


def _check_each_once(path: Path, people: list[str]) -> None:
    seen: dict[int | str, str] = {}
    for person in people:
        who = _person(person)
        if who in seen:
            raise StudyError(
                f"{path}: {ID}: found {seen[who]} and {person}, which are one person; wanted one "
                "row"
            )
        seen[who] = person


def _person(participant_id: str) -> int | str:
    """The number of ``sub-001`` or ``sub-1``; another name as it is."""
    match = _NUMBERED.fullmatch(participant_id.strip())
    return int(match[1]) if match else participant_id.strip()
