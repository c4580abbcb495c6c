"""What was decided of a participant's trials, as answers are held against it."""

from typing import Any

import pandas as pd

from conditions.folder import StudyFolder
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import table_sha256
from conditions.trials.course import n_sessions, sessions_of
from conditions.trials.repeats import choose_repeats
from experiment.plan import RATED, Trial, as_rows
from experiment.records.standing import load_trials


class Planned:
    """What a participant is asked, in order; repeats follow from the answers.

    Parameters
    ----------
    folder, participant
        Whose condition file it is.

    Attributes
    ----------
    sha256 : str
        What the condition file is known by.
    asked : list of dict
        Rows of trials in order; of repeats once they are known.
    rated : list of tuple
        Rows that are rated, and the moment at which they are.
    session : dict
        Session of each trial of the file.
    confidence : dict
        Confidence by number of the trial, as far as it is known.

    Raises
    ------
    StudyError
        Where there is no condition file, or it does not fit its table.
    """

    def __init__(self, folder: StudyFolder, participant: int) -> None:
        self._study, self._participant = folder.study, participant
        self._table = load_trials(folder, participant)
        self.sha256 = table_sha256(self._table, CONDITION_FILE)
        rows = as_rows(self._table)
        numbers = sessions_of(folder.study, participant, self._table)
        self.session = dict(zip((row["trial"] for row in rows), numbers, strict=True))
        self.asked = [row for row in rows if row["phase"] != RATED]
        first = next((i for i, row in enumerate(rows) if row["phase"] != RATED), len(rows))
        self.rated = [
            (row, "beginning" if i < first else "end")
            for i, row in enumerate(rows)
            if row["phase"] == RATED
        ]
        self.n_decided = len(self.asked)
        self.confidence: dict[int, int] = {}

    def trial(self, number: int) -> Trial | None:
        """The trial that comes after so many; None where there is none."""
        if number == self.n_decided == len(self.asked):
            repeats = choose_repeats(self._study, self._participant, self._table, self.confidence)
            self.asked += as_rows(repeats)
        return self.asked[number] if number < len(self.asked) else None

    def knows(self, number: int) -> bool:
        """Whether there is a trial of a number."""
        return number in self.session or any(row["trial"] == number for row in self.asked)

    def session_of(self, trial: Trial) -> int:
        """The session in which a trial is asked; repeats in the last."""
        return self.session.get(trial["trial"], n_sessions(self._study))


def as_cell(value: Any) -> str:
    """A value as it stands in a table, be it given as text or as what it means."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, bool) or str(value) in ("True", "False"):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
