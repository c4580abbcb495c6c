"""Who took part: ``participants.tsv``, kept apart from the trials and readable by nobody else."""

from datetime import date
from pathlib import Path

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.answering import Demographic
from conditions.tables.schema import Column
from conditions.tables.sessions import PARTICIPANTS
from experiment.records.lock import only_one
from experiment.records.people.file import ID, PeopleFile, read_people

COLUMNS: dict[str, Column] = {column.name: column for column in PARTICIPANTS.columns}


def fields_of(about: list[str]) -> dict[str, str]:
    """Values by field of what the operator says as ``FIELD=VALUE``.

    Raises
    ------
    StudyError
        Where there is no = in it.
    """
    pairs = [item.partition("=") for item in about]
    for name, equals, _ in pairs:
        if not equals:
            raise StudyError(f"--about: found {name!r}, wanted FIELD=VALUE, as in age=25")
    return {name.strip(): value for name, _, value in pairs}


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


def check_people(folder: StudyFolder, participant: int, person: dict[str, object]) -> None:
    """Check that a participant can be added to ``participants.tsv``; reads only.

    Raises
    ------
    StudyError
        Where the file is damaged, or tells something else about that participant.
    """
    _with(read_people(people_path(folder)), folder, participant, person)


def enrol(folder: StudyFolder, participant: int, person: dict[str, object]) -> None:
    """Add a participant to ``participants.tsv``, which only its owner can read.

    Who tells nothing is listed all the same. Who is listed already stays as listed; what was told
    later fills empty cells only.

    Raises
    ------
    StudyError
        Where :func:`check_people` raises it.
    """
    path = people_path(folder)
    with only_one(path.with_suffix(".lock"), "participants.tsv is being written"):
        known = read_people(path)
        everybody = _with(known, folder, participant, person)
        if everybody is not known:
            everybody.write()


def people_path(folder: StudyFolder) -> Path:
    """The file of those who took part."""
    return folder.data / "participants.tsv"


def _with(
    known: PeopleFile, folder: StudyFolder, participant: int, person: dict[str, object]
) -> PeopleFile:
    told = {name: str(value) for name, value in person.items()}
    # The day of the first run stays; a lab may keep no days at all.
    if known.person(participant) is None and "date" in known.columns:
        told["date"] = date.today().isoformat()
    return known.with_person({ID: folder.session(participant).name, **told})
