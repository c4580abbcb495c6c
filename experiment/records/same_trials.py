"""Whether the answers of a session are those of its condition file, trial by trial."""

from pathlib import Path

import pandas as pd

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.tables.condition_file import CONDITION_FILE
from conditions.trials.repeats import choose_repeats
from experiment.records.recorder import cells_of
from experiment.records.same_session import whole_lines

# Letters of a value that is told.
_SHOWN = 60
_DECIDED = [name for name in CONDITION_FILE.column_names if name != "trial"]


def check_answers(
    folder: StudyFolder, participant: int, trials: pd.DataFrame, answered: pd.DataFrame
) -> None:
    """Check that answered trials are the first of those decided, in order and in every column.

    Parameters
    ----------
    folder, participant
        Whose they are; named in messages.
    trials, answered : DataFrame
        The condition file, and the rows of ``trials.csv``; repeats follow from the answers.

    Raises
    ------
    StudyError
        Names the first row and column that differ.
    """
    path = folder.session(participant) / "trials.csv"
    asked = trials[trials["phase"] != "intuitiveness"]
    if len(answered) > len(asked):
        confidence = answered["confidence"].notna()
        known = dict(
            zip(answered["trial"][confidence], answered["confidence"][confidence], strict=True)
        )
        repeats = choose_repeats(
            folder.study, participant, trials, {int(t): int(c) for t, c in known.items()}
        )
        asked = pd.concat([asked, repeats], ignore_index=True) if len(repeats) else asked
    _compare(path, answered, asked, folder.condition_file(participant), participant)
    if len(answered) > len(asked):
        found = f"found {len(answered)} rows, wanted at most {len(asked)}"
        raise StudyError(f"{path}: {found}. {_CURE}")


def check_ratings(
    folder: StudyFolder, participant: int, trials: pd.DataFrame, rated: pd.DataFrame
) -> None:
    """Check that rated trials are the first of those decided, as :func:`check_answers` does."""
    wanted = trials[trials["phase"] == "intuitiveness"]
    path = folder.session(participant) / "ratings.csv"
    _compare(path, rated, wanted, folder.condition_file(participant), participant)


def check_own(path: Path, participant: int) -> None:
    """Check that no row of a table, if it is there, is another participant's.

    Cells that are no number are not judged: what a row of events is worth is told by the analysis.

    Raises
    ------
    StudyError
        Names the first row that is.
    """
    for row, line in enumerate(whole_lines(path)[1:], start=2):
        number = next(iter(cells_of(line)), "")
        if number.isdecimal() and number != str(participant):
            raise StudyError(
                f"{path}: row {row}, column participant: found {number[:_SHOWN]}, wanted "
                f"{participant}. Nothing is added to it: put back the file that belongs here, or "
                "move this one away"
            )


_CURE = "The session cannot go on from answers to other trials: put back the file that belongs here"


def _compare(
    path: Path, found: pd.DataFrame, wanted: pd.DataFrame, source: Path, participant: int
) -> None:
    pairs = zip(found.to_dict("records"), wanted.to_dict("records"), strict=False)
    for row, (there, decided) in enumerate(pairs, start=2):
        expected = {"participant": participant, "trial": decided["trial"]}
        expected |= {name: decided[name] for name in _DECIDED if name in there}
        for name, value in expected.items():
            if there[name] != value and not (pd.isna(there[name]) and pd.isna(value)):
                raise StudyError(
                    f"{path}: row {row}, column {name}: found {there[name]!r}, wanted {value!r}, "
                    f"as {source} says. {_CURE}"
                )
