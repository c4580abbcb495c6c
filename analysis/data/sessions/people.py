"""What participants told about themselves, by their numbers."""

import re

import pandas as pd

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.tables.files import read_table, typed
from conditions.tables.sessions import PARTICIPANTS

_ID = re.compile(r"(?:sub-)?0*([1-9]\d{0,8})")


def read_people(folder: StudyFolder, participants: list[int]) -> tuple[pd.DataFrame, list[str]]:
    """The participants table.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    participants : list of int
        Those who have a session.

    Returns
    -------
    DataFrame
        Columns of :data:`conditions.tables.sessions.PARTICIPANTS` and those that the laboratory
        added, a row each of ``participants``, which are the index; empty cells where nothing is
        known.
    list of str
        What a reader has to know about it.

    Raises
    ------
    StudyError
        Where the table does not fit its schema, or two rows are of the same participant.
    """
    path = folder.data / "participants.tsv"
    if not path.exists():
        nobody = typed(pd.DataFrame(columns=PARTICIPANTS.column_names), PARTICIPANTS)
        asked = bool(folder.study.demographics)
        remarks = ["No participants.tsv: nothing is known of the participants."] if asked else []
        return nobody.reindex(participants), remarks
    people = read_table(path, PARTICIPANTS, keep_extra=True)
    found = people["participant_id"].map(lambda text: _ID.fullmatch(text.strip()))
    strange = people["participant_id"][found.isna()]
    remarks = [
        f"participants.tsv: row {row + 2}: participant_id {name!r} is no number of a participant "
        "(as in sub-001); the row is left aside."
        for row, name in zip(strange.index.to_list(), strange, strict=True)
    ]
    people = people[found.notna()]
    numbers = found[found.notna()].map(lambda match: int(match[1]))
    if (twice := numbers.duplicated()).any():
        row = numbers.index[twice][0]
        first = numbers.index[numbers == numbers[row]][0]
        raise StudyError(
            f"{path}: row {row + 2}, column participant_id: found "
            f"{people['participant_id'][row]!r}, the participant of row {first + 2}; wanted one "
            "row a participant"
        )
    people = people.set_axis(numbers.to_list(), axis="index")
    if without := [str(number) for number in participants if number not in people.index]:
        remarks.append(f"Not in participants.tsv: participant {', '.join(without)}.")
    return people.reindex(participants), remarks
