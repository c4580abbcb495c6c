"""Which of a participant's sessions comes next, told by the answers that are there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import withdrawals
from conditions.study.study import Study
from conditions.tables.files import read_table
from conditions.tables.session_facts import read_session_facts
from conditions.trials.build import table_of
from conditions.trials.course import n_sessions, sessions_of
from experiment.records.facts import COMPLETE
from experiment.records.recorder import whole_rows
from experiment.records.store import TABLES

WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Standing:
    """Where a participant stands.

    Attributes
    ----------
    session : int
        The session that is to begin or to go on, from 1; the last one where all are complete.
    sessions : int
        How many there are.
    begun : bool
        Whether that session has been begun, be it without an answer yet.
    complete : bool
        Whether all are complete.
    of_trials : tuple of int
        The session of each row of the condition file.
    """

    session: int = 1
    sessions: int = 1
    begun: bool = False
    complete: bool = False
    of_trials: tuple[int, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a session is complete and the next one has not been begun."""
        return self.session > 1 and not (self.begun or self.complete)

    @property
    def words(self) -> str:
        """The session and how many there are, as in ``session 2 of 3``."""
        return f"session {self.session} of {self.sessions}"


def standing_of(
    study: Study,
    participant: int,
    trials: pd.DataFrame,
    answers: tuple[int, int],
    facts: dict[str, Any],
    is_begun: bool,
) -> Standing:
    """Where a participant stands.

    A session but the last is complete with the answer to its last trial, whatever came after: a
    kill at that moment leaves nothing to go on with.

    Parameters
    ----------
    study, participant
        Whose sessions they are.
    trials : DataFrame
        The condition file.
    answers : tuple of int
        How many trials are answered, and how many ratings given.
    facts : dict
        Content of ``session.json``, as far as it can be read.
    is_begun : bool
        Whether there is anything of the participant.
    """
    complete = facts.get("state") == COMPLETE
    last = n_sessions(study)
    of_trials = sessions_of(study, participant, trials)
    if last == 1:
        return Standing(1, 1, is_begun, complete, tuple(of_trials))
    number = pd.Series(of_trials, index=trials.index)
    is_rated = trials["phase"] == "intuitiveness"
    session, more = 1, False
    for session in range(1, last + 1):
        asked = (number[~is_rated].le(session).sum(), number[is_rated].le(session).sum())
        if session == last or any(n < m for n, m in zip(answers, asked, strict=True)):
            before = number.lt(session)
            had = ((before & ~is_rated).sum(), (before & is_rated).sum())
            more = any(n > m for n, m in zip(answers, had, strict=True))
            break
    begun = more or (is_begun and (session == 1 or facts.get("session", 1) >= session))
    return Standing(session, last, bool(begun), complete, tuple(of_trials))


def standing(folder: StudyFolder, participant: int) -> Standing:
    """Where a participant stands among the sessions; reads only.

    Raises
    ------
    StudyError
        Where the study has several sessions and the condition file cannot be read.
    """
    data, begun = folder.session(participant), is_begun(folder, participant)
    facts = known_facts(data)
    if not folder.study.sessions:
        return Standing(begun=begun, complete=facts.get("state") == COMPLETE)
    trials = load_trials(folder, participant)
    answers = whole_rows(data / "trials.csv"), whole_rows(data / "ratings.csv")
    return standing_of(folder.study, participant, trials, answers, facts, begun)


def check_among(session: int | None, now: Standing) -> None:
    """Check that a session that is asked for is one of the participant's.

    Raises
    ------
    StudyError
        Names how many there are.
    """
    if session is not None and session > now.sessions:
        raise StudyError(
            f"--session: found {session}, wanted 1"
            + (f" to {now.sessions}" if now.sessions > 1 else ": the study has a single session")
        )


def check_not_withdrawn(folder: StudyFolder, participant: int) -> None:
    """Check that a participant has not withdrawn: nobody else gets the number.

    Raises
    ------
    StudyError
        Names where the data are.
    """
    if gone := withdrawals(folder).get(participant):
        raise StudyError(
            f"participant {participant} was {WITHDRAWN} ({gone}): the number is not given again; "
            "take another one"
        )


def is_begun(folder: StudyFolder, participant: int) -> bool:
    """Whether a participant's session has been begun, be it without an answer yet."""
    data = folder.session(participant)
    # A run that was killed while it made its files left tables without a row: nothing was begun.
    has_rows = any(whole_rows(data / f"{table.name}.csv") for table in TABLES)
    return has_rows or (data / "session.json").exists()


def known_facts(data: Path) -> dict[str, Any]:
    """Content of a session's ``session.json``; empty where it is missing or damaged."""
    try:
        return read_session_facts(data / "session.json")
    except StudyError:
        return {}


def begun_language(folder: StudyFolder, participant: int) -> str | None:
    """The language of a session that was begun and goes on; None where none does."""
    if not standing(folder, participant).begun:
        return None
    language = known_facts(folder.session(participant)).get("language")
    return language if isinstance(language, str) else None


def load_trials(folder: StudyFolder, participant: int) -> pd.DataFrame:
    """A participant's condition file.

    Raises
    ------
    StudyError
        Where it is missing or does not fit its table.
    """
    path = folder.condition_file(participant)
    if not path.exists():
        build = ("build", *folder.typed, "--participants", participant)
        raise StudyError(
            f"{path}: no such file; write it with `{typed_command('conditions', *build)}`"
        )
    return read_table(path, table_of(folder.study))
