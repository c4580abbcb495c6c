"""Read the sessions of a study folder into the tidy table."""

import json
import re
from pathlib import Path

import pandas as pd

from analysis.data.dataset import TIDY, Dataset, no_ratings, tidy
from analysis.data.rigs import session_rigs
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.exclusions import Exclusions
from conditions.tables.files import read_table
from conditions.tables.schema import Table
from conditions.tables.sessions import PARTICIPANTS, RATINGS, TRIALS

HUMAN = "human"
SESSION_FOLDER = re.compile(r"sub-(\d{3,})")


def load_study(folder: StudyFolder) -> Dataset:
    """All sessions of a study.

    Parameters
    ----------
    folder : StudyFolder
        Its ``data/sub-*/trials.csv`` and, where they exist, ``ratings.csv`` and
        ``data/participants.tsv`` are read.

    Raises
    ------
    StudyError
        Where there is no data, or a file does not fit its schema (file, row, column), or holds
        another participant than its folder says.
    """
    sessions = session_folders(folder)
    remarks = [
        f"{path.name} has no trials.csv: a session that was not begun, or was stopped before its "
        "first answer."
        for path in sessions.values()
        if not (path / "trials.csv").is_file()
    ]
    begun = {n: path for n, path in sessions.items() if (path / "trials.csv").is_file()}
    tables = [_read_session(path / "trials.csv", TRIALS, n) for n, path in begun.items()]
    tables = [table for table in tables if len(table)]
    if not tables:
        raise StudyError(
            f"{folder.data}: no answered trials; wanted sub-001/trials.csv and so on, as a session "
            "leaves them"
        )
    raw = pd.concat(tables, ignore_index=True)
    trials = tidy_session(raw, folder.study.name, _expertise(folder))
    remarks += _observers(begun) + _oddities(raw)
    return Dataset(
        experiment=folder.study.name,
        title=folder.study.name,
        trials=trials,
        ratings=_ratings(begun),
        seed=folder.study.seed,
        exclusions=getattr(folder.study, "exclusions", Exclusions()),
        remarks=tuple(remarks),
        rigs=session_rigs(begun, {n: session_facts(path) for n, path in begun.items()}),
    )


def session_folders(folder: StudyFolder) -> dict[int, Path]:
    """Folders of the sessions by the participant's number."""
    found = [path for path in folder.data.glob("sub-*") if path.is_dir()]
    matches = {path: SESSION_FOLDER.fullmatch(path.name) for path in sorted(found)}
    return {int(match[1]): path for path, match in matches.items() if match}


def read_session(folder: StudyFolder, participant: int) -> pd.DataFrame:
    """The trials of one participant, as the session left them.

    Raises
    ------
    StudyError
        Where there are none, or the file does not fit its schema.
    """
    sessions = session_folders(folder)
    if participant not in sessions:
        known = ", ".join(str(number) for number in sessions) or "none"
        raise StudyError(
            f"{folder.data}: no session of participant {participant}; participants there: {known}"
        )
    return _read_session(sessions[participant] / "trials.csv", TRIALS, participant)


def tidy_session(
    raw: pd.DataFrame, experiment: str, expertise: dict[int, str] | None = None
) -> pd.DataFrame:
    """Tidy table of trials as sessions leave them; intuitiveness trials are left out.

    Parameters
    ----------
    raw : DataFrame
        Columns of :data:`conditions.tables.sessions.TRIALS`, of one participant or several.
    experiment : str
        Name of the study.
    expertise : dict, optional
        Expertise by participant.
    """
    frame = raw[raw["phase"] != "intuitiveness"]
    frame = frame[[name for name in TIDY.column_names if name in frame]]
    known = frame["participant"].map(expertise or {}).astype("object")
    return tidy(frame.assign(experiment=experiment, expertise=known.where(known.notna(), None)))


def _read_session(path: Path, table: Table, participant: int) -> pd.DataFrame:
    frame = read_table(path, table)
    wrong = frame.index[frame["participant"] != participant]
    if len(wrong):
        raise StudyError(
            f"{path}: row {wrong[0] + 2}, column participant: found "
            f"{frame['participant'][wrong[0]]}, wanted {participant}, as the folder says"
        )
    return frame


def _ratings(sessions: dict[int, Path]) -> pd.DataFrame:
    tables = [
        _read_session(path / "ratings.csv", RATINGS, number)
        for number, path in sessions.items()
        if (path / "ratings.csv").is_file()
    ]
    tables = [table for table in tables if len(table)]
    return pd.concat(tables, ignore_index=True) if tables else no_ratings()


def _expertise(folder: StudyFolder) -> dict[int, str]:
    path = folder.data / "participants.tsv"
    if not path.is_file():
        return {}
    people = read_table(path, PARTICIPANTS)
    known = people[people["expertise"].notna()]
    numbers = known["participant_id"].str.extract(r"^sub-(\d+)$")[0]
    if numbers.isna().any():
        row = numbers.index[numbers.isna()][0]
        raise StudyError(
            f"{path}: row {row + 2}, column participant_id: found "
            f"{known['participant_id'][row]!r}, wanted sub- and a number, as in sub-001"
        )
    return dict(zip(numbers.astype(int), known["expertise"].str.strip().str.lower(), strict=True))


def session_facts(folder: Path) -> dict:
    """Content of a session's ``session.json``; empty where there is none."""
    path = folder / "session.json"
    if not path.is_file():
        return {}
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(facts, dict):
        raise StudyError(f"{path}: found {type(facts).__name__}, wanted the facts of a session")
    return facts


def _observers(sessions: dict[int, Path]) -> list[str]:
    observers = {n: session_facts(path).get("observer", HUMAN) for n, path in sessions.items()}
    return [
        f"Participant {participant}: answers of the observer {observer}, not of a person."
        for participant, observer in observers.items()
        if observer != HUMAN
    ]


def _oddities(raw: pd.DataFrame) -> list[str]:
    remarks = []
    counts = raw[raw["phase"] == "main"].groupby("participant").size()
    usual = counts.mode().max()
    for participant, count in counts[counts < usual].items():
        remarks.append(
            f"Participant {participant} has {count} main and catch trials, others have {usual}: "
            "the session is not complete."
        )
    missed = int(raw["timed_out"].sum())
    if missed:
        remarks.append(
            f"{missed} trials passed their deadline without an answer; they count neither as "
            "correct nor as wrong."
        )
    return remarks
