"""What a session goes on from: its condition file, and the answers that are there."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.tables.files import read_table
from conditions.tables.schema import Table
from conditions.tables.sessions import CONDITION_FILE, RATINGS, TRIALS
from experiment.records.facts import COMPLETE
from experiment.records.recorder import mend, whole_rows
from experiment.records.store import TABLES, check_nothing_rescued, read_facts


@dataclass(frozen=True)
class Start:
    """State of a participant's session before it begins or goes on.

    Attributes
    ----------
    trials : DataFrame
        The condition file.
    answered, rated : DataFrame
        Rows of ``trials.csv`` and ``ratings.csv``.
    facts : dict
        Content of ``session.json``; empty before the first run.
    torn : tuple of str
        Names of the files that hold the beginnings of rows that a killed session left.
    """

    trials: pd.DataFrame
    answered: pd.DataFrame
    rated: pd.DataFrame
    facts: dict
    torn: tuple[str, ...] = ()


def load_trials(folder: StudyFolder, participant: int) -> pd.DataFrame:
    """A participant's condition file.

    Raises
    ------
    StudyError
        Where it is missing or does not fit its table.
    """
    path = folder.condition_file(participant)
    if not path.exists():
        raise StudyError(
            f"{path}: no such file; write it with `python -m conditions build {folder.path} "
            f"--participants {participant}`"
        )
    return read_table(path, CONDITION_FILE)


def is_begun(folder: StudyFolder, participant: int) -> bool:
    """Whether a participant's session has been begun, be it without an answer yet."""
    data = folder.session(participant)
    # A run that was killed while it made its files left tables without a row: nothing was begun.
    has_rows = any(whole_rows(data / f"{table.name}.csv") for table in TABLES)
    return has_rows or (data / "session.json").exists()


def check_start(folder: StudyFolder, participant: int, resume: bool) -> None:
    """Check that a session may begin, or go on; reads only.

    Raises
    ------
    StudyError
        Where there are data and the session is not to be resumed, or the reverse; where it is
        complete, or was begun with another study or condition file.
    """
    data = folder.session(participant)
    check_nothing_rescued(folder, participant)
    if not is_begun(folder, participant):
        if resume:
            raise StudyError(f"{data}: there is no session to resume")
        return
    answers = whole_rows(data / "trials.csv")
    facts = read_facts(data / "session.json")
    if facts.get("state") == COMPLETE:
        raise StudyError(
            f"participant {participant} has {answers} answered trials in {data / 'trials.csv'}: "
            "the session is complete; take another number"
        )
    if not resume:
        raise StudyError(
            f"participant {participant} has {answers} answered trials in {data / 'trials.csv'}; "
            "go on with --resume, or take another number"
        )
    if not facts:
        raise StudyError(f"{data / 'session.json'}: no such file, but there are data beside it")
    _check_same(folder, participant, facts)


def load_start(folder: StudyFolder, participant: int) -> Start:
    """Mend and read what a session goes on from; its lock must be held."""
    data = folder.session(participant)
    torn = [mend(data / f"{table.name}.csv") for table in TABLES]
    return Start(
        trials=load_trials(folder, participant),
        answered=_read(data / "trials.csv", TRIALS),
        rated=_read(data / "ratings.csv", RATINGS),
        facts=read_facts(data / "session.json"),
        torn=tuple(path.name for path in torn if path),
    )


def progress(folder: StudyFolder, participant: int) -> tuple[int, int, str]:
    """Answered and wanted trials and ratings of a participant, and the state of the session."""
    trials, data = load_trials(folder, participant), folder.session(participant)
    wanted = len(trials) + folder.study.n_repeats
    done = sum(whole_rows(data / f"{table.name}.csv") for table in (TRIALS, RATINGS))
    if not is_begun(folder, participant):
        return done, wanted, "not begun"
    return done, wanted, read_facts(data / "session.json").get("state", "begun")


def _read(path: Path, table: Table) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame(columns=table.column_names)
    return read_table(path, table)


def _check_same(folder: StudyFolder, participant: int, facts: dict) -> None:
    begun_with = folder.session(participant) / "session.json"
    condition_file = folder.condition_file(participant)
    if facts["condition_file_sha256"] != sha256_of(condition_file):
        raise StudyError(
            f"{condition_file}: not the file that the session was begun with ({begun_with})"
        )
    if facts["study_sha256"] != folder.study.fingerprint():
        raise StudyError(
            f"{folder.study_file}: not the study that the session was begun with ({begun_with})"
        )
