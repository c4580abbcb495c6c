"""Agreement of participants on units: Fleiss' kappa, also where units have unequal answers."""

from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa

from analysis.statistics.answering.agreement import agreement_table, units_table
from tests.analysis.simulated import dataset_of_kinds


def test_with_equally_many_answers_it_is_fleiss_kappa(experiment_1):
    units = units_table(experiment_1)
    for row in agreement_table(units).to_dict("records"):
        own = units[units["condition"] == row["condition"]]
        right = own["n_correct"].to_numpy(float)
        known = fleiss_kappa(np.column_stack([right, own["n_trials"].to_numpy(float) - right]))
        assert row["kappa"] == pytest.approx(known)


def test_answers_that_are_left_out_change_kappa_by_chance_alone():
    dataset = dataset_of_kinds({"natural": 0.5}, 20, 300)
    whole = agreement_table(units_table(dataset)).iloc[0]
    kept = np.random.default_rng(1).random(len(dataset.trials)) < 0.7
    part = agreement_table(units_table(replace(dataset, trials=dataset.trials[kept]))).iloc[0]
    assert part["kappa"] == pytest.approx(whole["kappa"], abs=0.03)
    assert part["n_units"] == 300


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("units", [1, 2])
def test_where_nothing_can_differ_there_is_no_kappa(units):
    dataset = dataset_of_kinds({"natural": 0.5}, 4, units)
    if units > 1:
        dataset = replace(dataset, trials=dataset.trials.assign(correct=True))
    assert np.isnan(agreement_table(units_table(dataset)).iloc[0]["kappa"])
    alone = replace(dataset, trials=dataset.trials[dataset.trials["participant"] == 1])
    assert np.isnan(agreement_table(units_table(alone)).iloc[0]["kappa"])
