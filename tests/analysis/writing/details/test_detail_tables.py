"""Tables of the details: what a page shows of results."""

import pandas as pd
import pytest

from analysis.statistics.results import Results
from analysis.writing.details import answering_tables, descriptive_tables, model_tables
from analysis.writing.page_table import errors_told, page_table, words
from tests.analysis.simulated import dataset_of_kinds


def results(**tables: pd.DataFrame) -> Results:
    data = dataset_of_kinds({"photos": 1.0, "maco": 0.0}, 2, 2)
    return Results(data, {name: (None, frame) for name, frame in tables.items()})


def test_a_table_without_rows_is_none_and_parts_are_told():
    assert page_table("nothing", pd.DataFrame({"a": []}), [words("a", "A")]) is None
    frame = pd.DataFrame({"a": ["x", "x", None]})
    table = page_table("three", frame, [words("a", "A")], parts=lambda row: row["a"])
    assert table.rows == [["x"], ["x"], ["–"]]
    assert table.parted == [False, False, True]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ({"sem": [0.1], "ci_low": [0.2]}, "± is 2 standard errors over participants; intervals"),
        ({"sem": [None], "ci_low": [0.2]}, " Intervals are for other people and these units."),
        ({"sem": [None], "ci_low": [None]}, ""),
    ],
)
def test_a_caption_tells_of_errors_where_there_are_any(frame, words):
    assert words in errors_told(pd.DataFrame(frame))
    assert bool(errors_told(pd.DataFrame(frame))) == bool(words)


@pytest.mark.parametrize(("people", "rows"), [(5, 5), (80, 2)])
def test_of_many_participants_only_those_with_a_wrong_catch_trial_are_listed(people, rows):
    catch = pd.DataFrame({"participant": range(1, people + 1), "n_correct": 6, "n_trials": 6})
    catch.loc[:1, "n_correct"] = 5
    tables = descriptive_tables.catch_and_practice(
        results(catch_trials=catch, practice=pd.DataFrame())
    )
    assert len(tables[0].rows) == rows
    assert tables[0].rows[0] == ["1", "5 / 6"]


def test_a_standard_deviation_at_its_bound_is_said_to_be_there():
    common = {"se": None, "ci_low": None, "ci_high": None, "odds_ratio": None, "p": None}
    common |= {"difference": None, "difference_low": None, "difference_high": None}
    rows = [
        {"term": "intercept", "log_odds": 2.46, "note": None},
        {"term": "SD of participants", "log_odds": 0.0, "note": "at its bound"},
    ]
    mixed = pd.DataFrame([row | common for row in rows])
    (table,) = model_tables.models(results(mixed_model=mixed, mixed_model_rt=pd.DataFrame()))
    assert [row[1] for row in table.rows] == ["2.46", "0 (at its bound)"]
    assert table.parted == [False, True]


def test_a_trend_has_the_letter_of_its_test():
    row = {"question": "layer", "measure": "accuracy", "factor": "layer", "comparison": "slope (a)"}
    row |= {"over": "participants", "n": 9, "estimate": 0.01, "ci_low": 0.0, "ci_high": 0.02}
    row |= {"p": 0.1, "p_holm": 0.2}
    frame = pd.DataFrame(
        [
            row | {"test": "Student's t, one sample", "statistic": 1.5, "df": 8, "df_2": None},
            row | {"test": "Friedman, F", "statistic": 2.5, "df": 2.9, "df_2": 64.1},
        ]
    )
    table = answering_tables.trends(results(trends=frame), "layer")
    assert [shown[6] for shown in table.rows] == ["t(8) = 1.50", "F(2.9, 64.1) = 2.50"]
    assert answering_tables.trends(results(trends=frame), "branch") is None
