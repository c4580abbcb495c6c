"""Condition files: every trial of every participant, decided in advance."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from conditions.errors import StudyError
from conditions.files import sha256_of, write_json, write_text
from conditions.folder import StudyFolder
from conditions.strays import condition_files
from conditions.study.study import Study
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import typed
from conditions.tables.schema import Column, Table
from conditions.tables.stimuli import POLES
from conditions.trials.trials import Row, participant_trials
from conditions.units.roster import Roster, roster_of
from conditions.units.table import units_for

# One check of many files: most of pandera's time is the same for ten rows and for ten thousand.
CHECKED_AT_ONCE = 100
_MANY_FILES = replace(
    CONDITION_FILE,
    columns=(Column("participant", "int", "Number of the participant."), *CONDITION_FILE.columns),
    key=("participant", "trial"),
)


def build_participant(study: Study, units: pd.DataFrame, participant: int) -> pd.DataFrame:
    """All trials of one participant.

    Parameters
    ----------
    study : Study
        The design.
    units : DataFrame
        The table of units, see :func:`conditions.units.table.unit_table`.
    participant : int
        From 1; the result depends on nothing but these three.

    Returns
    -------
    DataFrame
        One row a trial in order of presentation, columns of
        :data:`conditions.tables.condition_file.CONDITION_FILE`.
    """
    rows = participant_trials(study, roster_of(units), participant)
    return typed(pd.DataFrame(rows, columns=CONDITION_FILE.column_names), CONDITION_FILE)


def build_all(folder: StudyFolder, participants: list[int]) -> list[Path]:
    """Write the condition files of the given participants; existing equal ones are left alone.

    Returns
    -------
    list of Path
        The files that were written now.

    Raises
    ------
    StudyError
        Where a file exists with other content, or the table of units is not that of the study:
        nothing is written then.
    """
    roster = roster_of(units_for(folder))
    there = [p for p in participants if folder.condition_file(p).exists()]
    missing = sorted(set(participants) - set(there))
    changed = [
        path.name
        for path, text in _texts(folder, roster, there)
        if path.read_bytes() != text.encode()
    ]
    if changed:
        raise StudyError(
            f"{folder.conditions}: {', '.join(changed)} would change, because the study file or "
            "the units changed since; condition files are never overwritten. Use a new study "
            "folder (--root)"
        )
    if missing:
        folder.begin()
    written = []
    dictionary = table_of(folder.study).dictionary()
    for path, text in _texts(folder, roster, missing):
        write_json(path.with_suffix(".json"), dictionary)
        write_text(path, text)
        written.append(path)
    return written


def table_of(study: Study) -> Table:
    """The table of condition files, with the conditions and kinds of a study."""
    titles = (*POLES, *study.references)
    levels = {"condition": tuple(study.conditions), "left_title": titles, "right_title": titles}
    return CONDITION_FILE.with_levels(levels)


def as_csv(rows: list[Row]) -> str:
    """Rows of a participant as the condition file holds them, see :func:`participant_trials`."""
    return _text(_cells(rows))


def file_hashes(folder: StudyFolder) -> dict[str, str]:
    """SHA-256 of every condition file, by name."""
    return {path.name: sha256_of(path) for path in condition_files(folder).values()}


def _texts(
    folder: StudyFolder, roster: Roster, participants: list[int]
) -> Iterator[tuple[Path, str]]:
    """Paths and texts of condition files, checked against their table, a few in memory."""
    for start in range(0, len(participants), CHECKED_AT_ONCE):
        chunk = {
            p: _cells(participant_trials(folder.study, roster, p))
            for p in participants[start : start + CHECKED_AT_ONCE]
        }
        _check(chunk)
        for participant, rows in chunk.items():
            yield folder.condition_file(participant), _text(rows)


def _cells(rows: list[Row]) -> list[list]:
    """The cells of each row in the order of the columns, None where they are empty."""
    names = CONDITION_FILE.column_names
    return [[row.get(name) for name in names] for row in rows]


def _text(rows: list[list]) -> str:
    """Text of a condition file: empty = missing, true and false in lower case."""
    truths = [i for i, column in enumerate(CONDITION_FILE.columns) if column.kind == "bool"]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CONDITION_FILE.column_names)
    for row in rows:
        cells = row.copy()
        for i in truths:
            cells[i] = "true" if row[i] else "false"
        writer.writerow(cells)
    return stream.getvalue()


def _check(chunk: dict[int, list[list]]) -> None:
    rows = [[participant, *row] for participant, trials in chunk.items() for row in trials]
    # As objects: guessing the types of millions of paths would take longer than the check.
    frame = pd.DataFrame(rows, columns=_MANY_FILES.column_names, dtype=object)
    _MANY_FILES.schema().validate(typed(frame, _MANY_FILES))
