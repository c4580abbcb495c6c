"""What is left out of other results, or is odd, is counted."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.data.dataset import Dataset
from analysis.statistics.answering.practice import practice_table
from analysis.statistics.answering.times import times_table
from conditions.study.exclusions import Exclusions


def test_practice_of_the_published_experiment(experiment_1):
    table = practice_table(experiment_1).set_index("condition")
    assert table["n_correct"].to_dict() == {"natural": 46, "synthetic": 37, "none": 27}
    assert (table["n_trials"] == 50).all()
    assert table.loc["natural", "accuracy"] == pytest.approx(0.92)


def test_without_practice_there_are_no_rows(experiment_1):
    trials = experiment_1.trials[experiment_1.trials["phase"] != "practice"]
    assert practice_table(replace(experiment_1, trials=trials)).empty


def with_times(dataset: Dataset, *times: float) -> Dataset:
    trials = dataset.trials.copy()
    first = trials.index[(trials["condition"] == "natural") & (trials["phase"] == "main")]
    first = [i for i in first if not trials.loc[i, "catch"]][: len(times)]
    trials["rt"] = 5.0
    trials.loc[first, "rt"] = times
    return replace(dataset, trials=trials)


def test_odd_times_are_counted_and_it_is_said_which_are_left_out(experiment_1):
    dataset = with_times(experiment_1, -0.5, 0.0, 0.15, 299.0, 400.0, np.nan)
    row = times_table(dataset).set_index("condition").loc["natural"]
    assert row["n_without"] == 1
    assert row["n_not_positive"] == 2
    assert (row["shortest_s"], row["n_shorter"]) == (0.1, 2)
    assert (row["longest_s"], row["n_longer"]) == (300, 1)
    assert row["left_out"] == "neither"
    assert (row["least"], row["most"]) == (-0.5, 400)
    ruled = replace(dataset, exclusions=Exclusions(min_rt_s=0.2, max_rt_s=60))
    row = times_table(ruled).set_index("condition").loc["natural"]
    assert (row["n_shorter"], row["n_longer"], row["left_out"]) == (3, 2, "both")
