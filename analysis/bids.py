"""A study's data as a BIDS data set (behaviour only): the form in which data is shared."""

import re
from pathlib import Path

import pandas as pd

from analysis.data.study import read_session, session_folders
from conditions.errors import StudyError
from conditions.files import write_json, write_text
from conditions.folder import StudyFolder
from conditions.provenance import commit
from conditions.tables.files import cells, read_table
from conditions.tables.schema import Table
from conditions.tables.sessions import PARTICIPANTS, RATINGS, TRIALS

BIDS_VERSION = "1.10.0"
MISSING = "n/a"


def write_bids(folder: StudyFolder, out: Path) -> list[int]:
    """Write all sessions of a study as a new BIDS data set.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    out : Path
        A folder that does not exist yet or is empty.

    Returns
    -------
    list of int
        The participants.

    Raises
    ------
    StudyError
        Where ``out`` holds something, there is no data, or a file does not fit its schema.

    References
    ----------
    https://bids-specification.readthedocs.io, Behavioral experiments (with no neural recordings).
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StudyError(f"{out}: is not empty; a BIDS data set is written to a new folder")
    sessions = {
        number: path
        for number, path in session_folders(folder).items()
        if (path / "trials.csv").is_file()
    }
    if not sessions:
        raise StudyError(f"{folder.data}: no sessions; wanted sub-001/trials.csv and so on")
    people = _participants(folder, list(sessions))
    tables = {number: read_session(folder, number) for number in sessions}
    ratings = {
        number: read_table(path / "ratings.csv", RATINGS)
        for number, path in sessions.items()
        if (path / "ratings.csv").is_file()
    }
    task = re.sub(r"[^A-Za-z0-9]", "", folder.study.name)
    for number, trials in tables.items():
        _write(trials, TRIALS, out, number, task, folder.study.title)
    for number, rows in ratings.items():
        title = f"{folder.study.title}: intuitiveness ratings"
        _write(rows, RATINGS, out, number, f"{task}Intuitiveness", title)
    _write_participants(people, out)
    write_text(out / "README", _readme(folder, len(sessions)))
    write_json(
        out / "dataset_description.json",
        {
            "Name": folder.study.title,
            "BIDSVersion": BIDS_VERSION,
            "DatasetType": "raw",
            "GeneratedBy": [
                {
                    "Name": "python -m analysis bids",
                    "Description": "From the trials.csv of each session.",
                    "Version": commit() or "unknown",
                }
            ],
        },
    )
    return list(sessions)


def bids_dictionary(table: Table) -> dict:
    """Descriptions of a table's columns as BIDS sidecars have them."""
    entries = {}
    for column in table.columns:
        entry: dict = {"Description": column.description}
        if column.unit:
            entry["Units"] = column.unit
        if column.kind == "bool":
            entry["Levels"] = {"true": "yes", "false": "no"}
        elif column.levels:
            entry["Levels"] = {level: level for level in column.levels}
        entries[column.name] = entry
    return entries


def _write(
    frame: pd.DataFrame, table: Table, out: Path, participant: int, task: str, description: str
) -> None:
    label = f"sub-{participant:03d}"
    path = out / label / "beh" / f"{label}_task-{task}_beh.tsv"
    # BIDS names the participant in the path.
    columns = [name for name in table.column_names if name != "participant"]
    write_text(path, _tsv(cells(frame, table)[columns]))
    entries = bids_dictionary(table)
    entries.pop("participant")
    write_json(
        path.with_suffix(".json"), {"TaskName": task, "TaskDescription": description} | entries
    )


def _write_participants(people: pd.DataFrame, out: Path) -> None:
    write_text(out / "participants.tsv", _tsv(people))
    write_json(out / "participants.json", bids_dictionary(PARTICIPANTS))


def _participants(folder: StudyFolder, numbers: list[int]) -> pd.DataFrame:
    """One row a session, also where nothing is known of the person."""
    path = folder.data / "participants.tsv"
    known = read_table(path, PARTICIPANTS) if path.is_file() else pd.DataFrame()
    ids = pd.DataFrame({"participant_id": [f"sub-{number:03d}" for number in numbers]})
    if known.empty:
        return ids.reindex(columns=PARTICIPANTS.column_names)
    return ids.merge(known, on="participant_id", how="left")[PARTICIPANTS.column_names]


def _tsv(frame: pd.DataFrame) -> str:
    return frame.to_csv(sep="\t", index=False, na_rep=MISSING, lineterminator="\n")


def _readme(folder: StudyFolder, count: int) -> str:
    return (
        f"# {folder.study.title}\n\n"
        f"Behavioural data of {count} participants: in each trial a participant sees reference "
        "images of a unit of a neural network and two query images, and tells which of the two "
        "activates the unit more, and how confident the answer is.\n\n"
        "The columns of the tables are described in the JSON files beside them. Image paths are "
        "relative to the study folder, which is not part of this data set.\n"
    )
