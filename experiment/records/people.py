"""Who took part: ``participants.tsv``, kept apart from the trials and readable by nobody else."""

import os
from datetime import date

import pandas as pd

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.answering import Demographic
from conditions.tables.files import read_table, write_table
from conditions.tables.schema import Column
from conditions.tables.sessions import PARTICIPANTS
from experiment.records.lock import only_one
from experiment.records.start import is_begun

COLUMNS: dict[str, Column] = {column.name: column for column in PARTICIPANTS.columns}


def next_participant(folder: StudyFolder, prepared: list[int]) -> int:
    """The lowest number with a condition file whose session has not been begun.

    Raises
    ------
    StudyError
        Where there is none.
    """
    for participant in prepared:
        if not is_begun(folder, participant):
            return participant
    raise StudyError(
        f"{folder.conditions}: all {len(prepared)} condition files are used; write more with "
        f"`python -m conditions build {folder.path} --participants N`"
    )


def read_person(answers: dict[str, str], asked: list[Demographic]) -> dict[str, object]:
    """Checked answers of a participant about themselves; what was left empty is left out.

    Parameters
    ----------
    answers : dict
        Text by field.
    asked : list of str
        Fields of the study.

    Raises
    ------
    StudyError
        Names a field that the study does not ask for, or a value that does not fit.
    """
    person: dict[str, object] = {}
    for name, text in answers.items():
        if name not in asked:
            raise StudyError(f"{name}: not asked for in this study; it asks {', '.join(asked)}")
        column, value = COLUMNS[name], " ".join(text.split())
        if not value:
            continue
        is_number = column.kind == "int"
        if is_number:
            fits = value.isdecimal() and column.in_range(int(value))
        else:
            fits = not column.levels or value in column.levels
        if not fits:
            raise StudyError(f"{name}: found {value!r}, wanted {column.wanted()}")
        person[name] = int(value) if is_number else value
    return person


def enrol(folder: StudyFolder, participant: int, person: dict[str, object]) -> None:
    """Add a participant to ``participants.tsv``, mode 0600.

    A participant that is listed already stays as listed.
    """
    path = folder.data / "participants.tsv"
    with only_one(path.with_suffix(".lock"), "participants.tsv is being written"):
        name = folder.session(participant).name
        known = pd.DataFrame(columns=PARTICIPANTS.column_names)
        if path.exists():
            known = read_table(path, PARTICIPANTS)
        if name in set(known["participant_id"]):
            return
        row = {"participant_id": name, "date": date.today().isoformat(), **person}
        new = pd.DataFrame([row], columns=PARTICIPANTS.column_names)
        everybody = new if known.empty else pd.concat([known, new], ignore_index=True)
        # Private from the first moment, not only once it has been written.
        mask = os.umask(0o177)
        try:
            write_table(everybody, PARTICIPANTS, path)
        finally:
            os.umask(mask)
