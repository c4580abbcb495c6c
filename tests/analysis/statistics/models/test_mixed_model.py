"""The mixed model of accuracy as a table: what it gives, and where it gives nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
from analysis.statistics.models.mixed_model import MIXED_TABLE, mixed_model
from analysis.statistics.models.model_trials import ModelTrials, model_trials
from analysis.statistics.results import analyse
from conditions.tables.files import typed
from tests.analysis.simulated import dataset_of_kinds

SPREADS = (
    "SD of participants",
    "SD of participants by condition",
    "SD of units",
    "SD of units by condition",
)


def terms_of(dataset: Dataset) -> pd.DataFrame:
    found = mixed_model(dataset)
    assert not found.remarks
    frame = found.table.reindex(columns=MIXED_TABLE.column_names)
    MIXED_TABLE.schema().validate(typed(frame, MIXED_TABLE))
    return frame.set_index("term")


def with_wrong(wrong: dict[str, int], participants: int, units: int) -> Dataset:
    """Everybody right on all units, but for so many answers of a kind, of different people."""
    dataset = dataset_of_kinds(dict.fromkeys(wrong, 0.0), participants, units)
    trials = dataset.trials.assign(correct=True)
    for kind, count in wrong.items():
        rows = trials.index[trials["condition"] == kind]
        trials.loc[rows[:: units + 1][:count], "correct"] = False
        assert (~trials.loc[rows, "correct"]).sum() == count
    return replace(dataset, trials=trials)


def fixed_effects(dataset: Dataset) -> str:
    model = model_trials(dataset, ACCURACY.values(dataset.main))
    assert isinstance(model, ModelTrials)
    return model.formula


def test_the_published_effect_is_there(experiment_1):
    table = terms_of(experiment_1)
    assert list(table.index) == [
        "intercept",
        "condition synthetic",
        "condition none",
        *SPREADS,
    ]
    row = table.loc["condition synthetic"]
    assert row["odds_ratio"] == pytest.approx(np.exp(row["log_odds"]))
    assert row["ci_low"] < row["log_odds"] < row["ci_high"] < 0
    assert 0.0001 < row["p"] < 0.001
    assert 9 < row["df"] < 900
    assert table.loc["SD of participants", ["log_odds", "note"]].tolist() == [0, "at its bound"]
    assert table.loc[list(SPREADS[1:]), "note"].isna().all()


def test_the_difference_that_it_implies_is_that_of_the_answers(experiment_1):
    table = terms_of(experiment_1)
    people = participant_averages(experiment_1.main, ACCURACY, ["condition"])
    means = people.groupby("condition")["value"].mean()
    for kind in ("synthetic", "none"):
        row = table.loc[f"condition {kind}"]
        assert row["difference"] == pytest.approx(means[kind] - means["natural"], abs=0.012)
        assert row["difference_low"] < means[kind] - means["natural"] < row["difference_high"]
    assert table["difference"].notna().sum() == 2


def test_with_schemes_it_names_scheme_interaction_and_the_mean_of_schemes(experiment_2):
    table = terms_of(experiment_2)
    # Simulated: natural is better, and Min-Max-9 better than Max-1 (the reference).
    assert table.loc["scheme Min-Max-9", "ci_low"] > 0
    interactions = [
        table.loc[f"condition synthetic : scheme {scheme}", "log_odds"]
        for scheme in experiment_2.schemes[1:]
    ]
    mean = table.loc["condition synthetic : mean of schemes"]
    first = table.loc["condition synthetic"]
    assert mean["log_odds"] == pytest.approx(first["log_odds"] + sum(interactions) / 4)
    assert mean["se"] < first["se"]
    assert mean["difference_low"] < mean["difference"] < mean["difference_high"] < 0
    assert np.isnan(first["difference"]), "the difference is that of all schemes"


def test_effects_that_the_trials_do_not_tell_apart_are_left_out(experiment_2):
    """Kinds may have been shown with schemes of their own; a prior alone is no estimate."""
    shown = experiment_2.main[["scheme", "condition"]].agg(tuple, axis=1)
    least, most = experiment_2.schemes[0], experiment_2.schemes[-1]

    def only(*cells: tuple[str, str]) -> Dataset:
        return replace(experiment_2, trials=experiment_2.main[shown.isin(cells)])

    own = only((least, "natural"), (most, "synthetic"))
    assert fixed_effects(own) == "C(condition)"
    mean = "condition synthetic : mean of schemes"
    assert terms_of(own).loc[mean, "difference"] > 0, "nine references help more than one"
    overlapping = only((least, "natural"), (most, "natural"), (most, "synthetic"))
    assert fixed_effects(overlapping) == "C(condition) + C(scheme)"
    assert terms_of(overlapping).loc[mean, "difference"] < 0
    assert fixed_effects(experiment_2) == "C(condition) * C(scheme)"


@pytest.mark.parametrize("kind", ['it\'s "my" kind', "a: b[T.1]", "C(condition)"])
def test_names_of_kinds_may_be_anything(kind):
    table = terms_of(dataset_of_kinds({"plain": 1.0, kind: 0.0}, 8, 12))
    assert f"condition {kind}" in table.index


@pytest.mark.parametrize(
    ("wrong", "remark"),
    [
        ({"a": 0, "b": 1}, "all 25 answers with a references are right"),
        ({"a": 1, "b": 0}, "all 25 answers with b references are right"),
        ({"a": 25, "none": 2}, "all 25 answers with a references are wrong"),
    ],
)
def test_next_to_a_full_or_empty_cell_there_is_a_remark_and_no_odds_ratio(wrong, remark):
    dataset = dataset_of_kinds(dict.fromkeys(wrong, 0.0), 5, 5)
    trials = dataset.trials.assign(correct=True)
    for kind, count in wrong.items():
        trials.loc[trials.index[trials["condition"] == kind][:count], "correct"] = False
    found = mixed_model(replace(dataset, trials=trials))
    assert found.table.empty
    assert remark in found.remarks[0]


def test_other_effects_stay():
    found = mixed_model(with_wrong({"a": 6, "b": 0, "c": 9}, 10, 15))
    assert {"intercept", "condition c"} <= set(found.table["term"])
    assert "condition b" not in set(found.table["term"])
    assert "all 150 answers with b references are right" in found.remarks[0]


@pytest.mark.parametrize(("first", "second"), [(1, 2), (1, 3), (2, 1), (4, 2)])
def test_an_answer_more_or_less_never_turns_the_sign(first, second):
    table = terms_of(with_wrong({"a": first, "b": second}, 5, 5))
    row = table.loc["condition b"]
    assert np.sign(row["log_odds"]) == np.sign(row["difference"]) == np.sign(first - second)
    assert row["p"] > 0.05


@pytest.mark.parametrize(
    ("participants", "units", "remark"),
    [
        (2, 6, "it needs 5 participants at least to see how they differ, and there are 2"),
        (1, 6, "and there is 1 participant"),
        (6, 3, "it needs 5 units at least to see how they differ, and there are 3 units"),
    ],
)
def test_of_few_people_or_units_there_is_no_model(participants, units, remark):
    found = mixed_model(with_wrong({"a": 0, "b": 1}, participants, units))
    assert found.table.empty
    assert remark in found.remarks[0]


def test_of_equal_answers_there_is_no_model_and_the_results_say_so():
    dataset = with_wrong({"a": 0, "b": 0}, 5, 5)
    assert mixed_model(dataset).table.empty
    remarks = analyse(dataset).remarks
    assert "There is no mixed model of accuracy: all its trials are alike." in remarks


def test_people_who_are_always_right_or_always_wrong_make_it_rough():
    dataset = dataset_of_kinds({"a": 0.0, "b": 0.0}, 8, 20)
    right = dataset.trials["participant"] > 4
    found = mixed_model(replace(dataset, trials=dataset.trials.assign(correct=right)))
    spread = found.table.set_index("term").loc["SD of participants"]
    assert spread[["log_odds", "note"]].tolist() == [5, "at its upper bound"]
    assert "the SD of participants came to the largest that is searched" in found.remarks[0]
