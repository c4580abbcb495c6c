"""Sessions as they lie in a study folder: answers, ratings, and the facts of each."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.data.sessions.places import place_of
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import session_folders, withdrawals
from conditions.tables.events import EVENTS, MARKERS
from conditions.tables.files import read_table, typed
from conditions.tables.schema import Table
from conditions.tables.session_facts import read_session_facts
from conditions.tables.sessions import RATINGS, TRIALS

HUMAN = "human"
# Tables that tell of a session, and hold no answer.
_BESIDE = (EVENTS, MARKERS)


@dataclass(frozen=True)
class Recorded:
    """What one session left.

    Attributes
    ----------
    participant : int
        Number of the participant, as the folder says.
    path : Path
        The folder.
    trials, ratings : DataFrame
        Columns of :data:`conditions.tables.sessions.TRIALS` and ``RATINGS``; may have no rows.
    facts : dict
        Content of ``session.json``; empty where it is missing or damaged.
    remarks : tuple of str
        What is missing, damaged or added among its files.
    events : DataFrame
        Columns of :data:`conditions.tables.events.EVENTS`, by run and onset; no rows where a
        session left none, as those before events were recorded, or they cannot be read.
    """

    participant: int
    path: Path
    trials: pd.DataFrame
    ratings: pd.DataFrame
    facts: dict[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    events: pd.DataFrame = field(default_factory=lambda: _nothing(EVENTS))

    @property
    def observer(self) -> str:
        """Who answered; a person where nothing else is known."""
        return self.facts.get("observer", HUMAN)

    @property
    def place(self) -> str:
        """Where it was: in the laboratory or on the web."""
        return place_of(self.facts)


def read_sessions(folder: StudyFolder) -> dict[int, Recorded]:
    """All sessions of a study by the participant's number.

    Raises
    ------
    StudyError
        Where a table does not fit its schema (file, row, column), or holds another participant
        than its folder says.
    """
    found = session_folders(folder.data)
    return {number: _read(path, number) for number, path in found.items()}


def read_session(folder: StudyFolder, participant: int) -> Recorded:
    """The session of one participant.

    Raises
    ------
    StudyError
        Where there is none, or a table does not fit its schema.
    """
    sessions = session_folders(folder.data)
    if participant not in sessions:
        known = ", ".join(str(number) for number in sessions) or "none"
        gone = ", who was withdrawn" if participant in withdrawals(folder) else ""
        raise StudyError(
            f"{folder.data}: no session of participant {participant}{gone}; participants there: "
            f"{known}"
        )
    return _read(sessions[participant], participant)


def _read(path: Path, participant: int) -> Recorded:
    trials, remarks = session_table(path / "trials.csv", TRIALS, participant)
    if not (path / "trials.csv").exists():
        remarks = [
            f"{path.name} has no trials.csv: a session that was not begun, or was stopped before "
            "its first answer."
        ]
    ratings, of_ratings = session_table(path / "ratings.csv", RATINGS, participant)
    facts: dict[str, Any] = {}
    file = path / "session.json"
    if not file.exists() and len(trials):
        remarks.append("No session.json: study, observer and screen are not known.")
    try:
        facts = read_session_facts(file)
    except StudyError as error:
        remarks.append(
            f"session.json is damaged: study, observer and screen are not known "
            f"({str(error).splitlines()[0]})."
        )
    events, of_events = session_events(path / "events.csv", participant)
    if len(trials) and events.empty and not of_events and (path / "events.csv").exists():
        of_events = ["events.csv holds no events."]
    return Recorded(
        participant,
        path,
        trials,
        ratings,
        facts,
        (*remarks, *of_ratings, *of_events),
        events,
    )


def session_events(path: Path, participant: int) -> tuple[pd.DataFrame, list[str]]:
    """The events of a session, by run and onset, and what is to be known of their file."""
    events, remarks = unless_damaged(path, EVENTS, participant)
    return events.sort_values(["run", "onset"], kind="stable", ignore_index=True), remarks


def unless_damaged(path: Path, table: Table, participant: int) -> tuple[pd.DataFrame, list[str]]:
    """As :func:`session_table`, of a table on which no result rests.

    Where it cannot be read, that is said, and it is left aside.
    """
    try:
        frame, remarks = session_table(path, table, participant)
    except StudyError as error:
        # The folder's name stands before what is said of a session.
        words = str(error).splitlines()[0].replace(str(path), path.name)
        return _nothing(table), [f"The {table.name} are left aside: {words}."]
    if len(frame) and not path.read_bytes().rstrip(b"\0").endswith((b"\n", b"\r")):
        remarks.append(f"The last row of {path.name} is not whole, and left out.")
    return frame, remarks


def session_table(path: Path, table: Table, participant: int) -> tuple[pd.DataFrame, list[str]]:
    """A table of one participant's session.

    Returns
    -------
    DataFrame
        Its columns; no rows where the file is not there or empty.
    list of str
        What is to be known of the file, a sentence each.

    Raises
    ------
    StudyError
        Where it does not fit its schema, or holds another participant than its folder says.
    """
    if not path.exists():
        return _nothing(table), []
    if path.is_file() and not path.stat().st_size:
        # Left by a disk that was full when the file was begun.
        what = "event" if table in _BESIDE else "answer"
        return _nothing(table), [f"{path.name} is empty: there is no {what} in it."]
    # A row that a power cut left half may cost an event, but no answer: those are mended by hand.
    frame = read_table(path, table, keep_extra=True, growing=table in _BESIDE)
    wrong = frame.index[frame["participant"] != participant]
    if len(wrong):
        raise StudyError(
            f"{path}: row {wrong[0] + 2}, column participant: found "
            f"{frame['participant'][wrong[0]]}, wanted {participant}, as the folder says"
        )
    extra = [str(name) for name in frame if name not in table.column_names]
    remarks = [f"{path.name} has other columns, left aside: {', '.join(extra)}."] if extra else []
    if frame.empty and table is TRIALS:
        remarks.append(f"{path.name} holds no answers yet.")
    return frame[table.column_names], remarks


def _nothing(table: Table) -> pd.DataFrame:
    return typed(pd.DataFrame(columns=table.column_names), table)
