"""Sensitivity and side bias: recovered from simulated evidence, defined at the ends."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analysis.data.dataset import Dataset
from analysis.statistics.answering.sensitivity import (
    participant_sensitivity,
    sensitivity,
    sensitivity_table,
)
from tests.analysis.simulated import dataset_of_kinds


def with_answers(dataset: Dataset, d_prime: float, bias: np.ndarray, seed: int = 1) -> Dataset:
    """Who sees more evidence above answers so; ``bias`` of a participant is for the lower image."""
    rng = np.random.default_rng(seed)
    trials = dataset.trials
    above = rng.random(len(trials)) < 0.5
    evidence = rng.normal(np.where(above, 1, -1) * d_prime / np.sqrt(2))
    upper = evidence > bias[trials["participant"].to_numpy(int) - 1]
    answers = trials.assign(response=np.where(upper, "upper", "lower"), correct=upper == above)
    return replace(dataset, trials=answers)


def test_the_evidence_of_two_images_is_recovered():
    """Two images, one of mean d and one of mean 0: the greater evidence is chosen."""
    rng = np.random.default_rng(1)
    first = rng.normal(1.3, 1, 200_000) > rng.normal(0, 1, 200_000)
    second = rng.normal(0, 1, 200_000) > rng.normal(1.3, 1, 200_000)
    found = sensitivity(first.sum(), (~first).sum(), second.sum(), (~second).sum())
    assert found.d_prime == pytest.approx(1.3, abs=0.02)
    assert found.criterion == pytest.approx(0, abs=0.01)
    assert norm.cdf(found.d_prime / np.sqrt(2)) == pytest.approx(first.mean(), abs=0.003)


def test_sensitivity_and_bias_of_participants_are_recovered_and_strong_bias_is_named():
    bias = np.array([0.0] * 7 + [0.8, -0.8, 0.1])
    plain = dataset_of_kinds({"natural": 1.0, "synthetic": 1.0}, 10, 400)
    people = participant_sensitivity(with_answers(plain, 1.2, bias))
    whole = people[people["trials_of"] == "all"].set_index("participant")
    assert whole["criterion"].to_numpy() == pytest.approx(bias, abs=0.15)
    assert whole["d_prime"].to_numpy() == pytest.approx(np.full(10, 1.2), abs=0.2)
    remarks = whole["remark"].dropna()
    assert remarks.loc[8] == "strong bias for the lower image"
    assert remarks.loc[9] == "strong bias for the upper image"
    assert len(remarks) == 2
    table = sensitivity_table(plain, people).set_index(["condition", "measure"])
    row = table.loc["synthetic", "d_prime"]
    assert row["ci_low"] < 1.2 < row["ci_high"]
    assert (row["n_participants"], row["n_trials"]) == (10, 4000)


def test_the_standard_error_of_the_criterion_is_its_spread():
    rng = np.random.default_rng(2)
    hits, false_alarms = rng.binomial(30, 0.8, 4000), rng.binomial(30, 0.3, 4000)
    found = sensitivity(hits, 30 - hits, false_alarms, 30 - false_alarms)
    assert found.criterion.std() == pytest.approx(found.criterion_se.mean(), rel=0.1)


def test_counts_stand_for_what_was_shown_and_chosen():
    dataset = dataset_of_kinds({"natural": 1.0}, 1, 4)
    answers = {"response": ["upper", "lower", "upper", "lower"], "correct": [1, 0, 0, 1]}
    trials = dataset.trials.assign(**answers).astype({"correct": "boolean"})
    row = participant_sensitivity(replace(dataset, trials=trials)).iloc[0]
    names = ["hits", "misses", "false_alarms", "correct_rejections"]
    assert row[names].tolist() == [1, 1, 1, 1]
    assert (row["d_prime"], row["criterion"], row["upper_share"]) == (0, 0, 0.5)


SPARSE = {
    "one trial": lambda t: t.head(1),
    "always right": lambda t: t.assign(correct=True),
    "always above": lambda t: t.assign(response="upper"),
    "no sides": lambda t: t.assign(response=None),
    "above is never right": lambda t: t.assign(response="lower", correct=True),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", SPARSE)
def test_sparse_data_gives_no_warning(name, experiment_1):
    dataset = replace(experiment_1, trials=SPARSE[name](experiment_1.main))
    people = participant_sensitivity(dataset)
    table = sensitivity_table(dataset, people)
    if name in ("always right", "always above"):
        assert np.isfinite(people["d_prime"]).all()
    if name == "no sides":
        assert isinstance(table, pd.DataFrame)
        assert people.empty
    if name == "above is never right":
        assert people["d_prime"].isna().all()
        assert set(table["measure"]) == {"upper_share"}
