"""What a session goes on from: its condition file, and the answers that are there."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.study import load_study
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table, table_sha256
from conditions.tables.schema import Table
from conditions.tables.session_facts import LAB, WEB, moment, read_session_facts
from conditions.tables.sessions import ONSETS, RATINGS, TRIALS
from experiment.records.recorder import check_can_grow, mend, whole_rows
from experiment.records.rescues import rescues_of
from experiment.records.same_trials import check_answers, check_own, check_ratings
from experiment.records.standing import (
    Standing,
    check_not_withdrawn,
    is_begun,
    known_facts,
    load_trials,
    standing,
    standing_of,
)
from experiment.records.store import TABLES


@dataclass(frozen=True)
class Start:
    """State of a participant's session before it begins or goes on.

    Attributes
    ----------
    trials : DataFrame
        The condition file.
    answered, rated, onsets : DataFrame
        Rows of ``trials.csv``, ``ratings.csv`` and ``onsets.csv``.
    facts : dict
        Content of ``session.json``; of a session that has lost it, what its answers tell; empty
        before the first run.
    torn : tuple of str
        Names of the files that hold what was damaged: beginnings of rows that a killed session
        left, a ``session.json`` that could not be read.
    standing : Standing
        Which session is to begin or to go on.
    """

    trials: pd.DataFrame
    answered: pd.DataFrame
    rated: pd.DataFrame
    onsets: pd.DataFrame
    facts: dict[str, Any]
    torn: tuple[str, ...] = ()
    standing: Standing = field(default_factory=Standing)

    @property
    def of_session(self) -> pd.DataFrame:
        """The rows of the condition file that belong to the session."""
        numbers = list(self.standing.of_trials) or [1] * len(self.trials)
        return self.trials[pd.Series(numbers, index=self.trials.index) == self.standing.session]

    @property
    def last_onset(self) -> float:
        """The latest onset so far, in seconds since the session's start; 0 before the first."""
        onsets = [*self.answered["onset"], *self.onsets["onset"]]
        return float(max(onsets, default=0.0))


def check_start(
    folder: StudyFolder, participant: int, resume: bool, session: int | None = None
) -> None:
    """Check that a session may begin, or go on; reads only.

    Parameters
    ----------
    folder, participant
        Whose session.
    resume : bool
        Whether it is to go on.
    session : int, optional
        Which one it is to be, from 1; by default the one that comes next.

    Raises
    ------
    StudyError
        Where another session comes next; where the session has been begun and is not to be
        resumed, or the reverse; where answers wait in a rescue folder; where all is complete, was
        begun with another study or condition file, or holds answers that are not those of its
        condition file.
    """
    data = folder.session(participant)
    check_not_withdrawn(folder, participant)
    for rescue in rescues_of(folder):
        if rescue.participant == participant:
            raise StudyError(
                f"{rescue.path}: holds {rescue.held} answers of participant {participant}, {data} "
                f"holds {rescue.have}, because it could not be written; bring them back with "
                f"`{typed_command('experiment', 'join', folder.path)}`, then resume"
            )
    now = standing(folder, participant)
    if session not in (None, now.session) and not now.complete:
        raise StudyError(
            f"--session: found {session}, wanted {now.session}: participant {participant} "
            f"{'goes on with' if now.begun else 'begins'} {now.words}"
        )
    if not is_begun(folder, participant):
        if resume:
            raise StudyError(f"{data}: there is no session to resume")
        return
    if known_facts(data).get("place", LAB) != LAB:
        raise StudyError(
            f"{data}: holds a session of the {WEB}, which goes on in its browser alone; take "
            "another number"
        )
    have = (
        f"participant {participant} has {whole_rows(data / 'trials.csv')} answered trials in "
        f"{data / 'trials.csv'}"
    )
    if now.complete:
        done = "the session is" if now.sessions == 1 else f"all {now.sessions} sessions are"
        raise StudyError(f"{have}: {done} complete; take another number")
    if now.waits and resume:
        raise StudyError(
            f"{have}: session {now.session - 1} is complete and {now.words} has not been begun: "
            "there is nothing to resume; begin it without --resume"
        )
    if not now.waits and not resume:
        which = "" if now.sessions == 1 else f" ({now.words} has been begun)"
        raise StudyError(f"{have}{which}; go on with --resume, or take another number")
    _check_same(folder, participant, known_facts(data))


def load_start(folder: StudyFolder, participant: int) -> Start:
    """Mend and read what a session goes on from; its lock must be held.

    Raises
    ------
    StudyError
        Where a table does not fit, or its rows are not those of the condition file.
    """
    data = folder.session(participant)
    torn = [mend(data / f"{table.name}.csv") for table in TABLES]
    torn.append(_set_aside_damaged_facts(data / "session.json"))
    for table in TABLES:
        # Before anybody sits down: what can be read cannot always be gone on with.
        check_can_grow(data / f"{table.name}.csv", table)
    check_own(data / f"{EVENTS.name}.csv", participant)
    trials = load_trials(folder, participant)
    answered, rated, onsets = (_read(data, table) for table in (TRIALS, RATINGS, ONSETS))
    check_answers(folder, participant, trials, answered)
    check_ratings(folder, participant, trials, rated)
    facts = known_facts(data)
    if not facts and len(answered) + len(rated):
        facts = _facts_from(answered, onsets)
    return Start(
        trials=trials,
        answered=answered,
        rated=rated,
        onsets=onsets,
        facts=facts,
        torn=tuple(path.name for path in torn if path),
        standing=standing_of(
            folder.study,
            participant,
            trials,
            (len(answered), len(rated)),
            facts,
            is_begun(folder, participant),
        ),
    )


def session_lock(folder: StudyFolder, participant: int) -> Path:
    """The file that a running session of a participant locks."""
    return folder.session(participant).with_suffix(".lock")


def _read(data: Path, table: Table) -> pd.DataFrame:
    path = data / f"{table.name}.csv"
    if not path.exists():
        return pd.DataFrame(columns=table.column_names)
    return read_table(path, table)


def _set_aside_damaged_facts(path: Path) -> Path | None:
    """Keep a ``session.json`` that cannot be read under another name; None where it is good."""
    try:
        read_session_facts(path)
    except StudyError:
        aside = path.with_name(f"session.damaged-{datetime.now():%Y%m%dT%H%M%S%f}.json")
        return path.rename(aside)
    return None


def _facts_from(answered: pd.DataFrame, onsets: pd.DataFrame) -> dict[str, Any]:
    """What the tables of a session tell that has lost its ``session.json``."""
    known = [*onsets["started_at"], *answered["started_at"]]
    return {"started_at": min(known, key=moment)} if known else {}


def _check_same(folder: StudyFolder, participant: int, facts: dict[str, Any]) -> None:
    data = folder.session(participant)
    condition_file = folder.condition_file(participant)
    begun_with = data / "session.json"
    trials = load_trials(folder, participant)
    if facts and facts["condition_file_sha256"] != table_sha256(trials, CONDITION_FILE):
        build = ("conditions", "build", folder.path, "--participants", participant)
        raise StudyError(
            f"{condition_file}: not the file that the session was begun with ({begun_with}): put "
            "that one back, or move this one away and write it anew with "
            f"`{typed_command(*build)}`"
        )
    study = facts.get("study_sha256") or _fingerprint_of_copy(data / "study.yaml")
    if study not in (None, folder.study.fingerprint()):
        raise StudyError(
            f"{folder.study_file}: not the study that the session was begun with ({begun_with}); "
            f"its own copy is {data / 'study.yaml'}: put that one back, or go on in the folder of "
            "that study"
        )


def _fingerprint_of_copy(path: Path) -> str | None:
    return load_study(path).fingerprint() if path.is_file() else None
