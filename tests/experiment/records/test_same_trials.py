"""A session goes on from answers to its own trials only."""

import pandas as pd
import pytest

from conditions.errors import StudyError
from conditions.tables.sessions import TRIALS
from experiment.records.same_trials import check_answers, check_ratings
from experiment.records.start import load_trials
from tests.experiment.rehearsed import tiny_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_study(tmp_path_factory.mktemp("study"))


@pytest.fixture
def trials(folder) -> pd.DataFrame:
    return load_trials(folder, 1)


def answered(trials: pd.DataFrame, n: int) -> pd.DataFrame:
    rows = trials[trials.phase != "intuitiveness"].head(n).reindex(columns=TRIALS.column_names)
    return rows.assign(participant=1, session=1, confidence=2).reset_index(drop=True)


def test_the_first_answers_of_the_condition_file_are_gone_on_from(folder, trials):
    for n in (0, 1, 7):
        check_answers(folder, 1, trials, answered(trials, n))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("participant", 2),
        ("trial", 5),
        ("unit", "block02_9999"),
        ("correct_response", "sideways"),
        ("catch", True),
        ("batch", 3),
        ("upper", "stimuli/elsewhere.png"),
        ("block", None),
    ],
)
def test_any_decided_column_that_differs_is_named(folder, trials, column, value):
    rows = answered(trials, 4)
    rows[column] = rows[column].astype(object)
    rows.loc[2, column] = value
    with pytest.raises(StudyError, match=rf"trials.csv: row 4, column {column}: found .*{value}"):
        check_answers(folder, 1, trials, rows)


def test_answers_out_of_order_or_with_a_gap_are_named(folder, trials):
    rows = answered(trials, 4)
    for changed in (rows.iloc[[1, 0, 2, 3]], rows.iloc[[0, 1, 3]]):
        with pytest.raises(StudyError, match="column trial"):
            check_answers(folder, 1, trials, changed.reset_index(drop=True))


def test_more_answers_than_trials_are_named(folder, trials):
    every = answered(trials, len(trials))
    with pytest.raises(StudyError, match=r"trials.csv: (row|found)"):
        check_answers(folder, 1, trials, pd.concat([every, every], ignore_index=True))


def test_ratings_of_other_units_are_named(folder, trials):
    row = trials[trials.phase == "intuitiveness"].iloc[0]
    good = {"participant": 1, "session": 1, "trial": row.trial, "unit": row.unit}
    check_ratings(folder, 1, trials, pd.DataFrame([good]))
    with pytest.raises(StudyError, match=r"ratings\.csv: row 2, column unit"):
        check_ratings(folder, 1, trials, pd.DataFrame([good | {"unit": "block02_0004"}]))
