"""The mixed model: against a plain logistic regression, and recovery of known effects."""

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats
from statsmodels.api import Logit

from analysis.statistics.models.mixed_model import (
    fit_mixed,
    mixed_table,
    model_data,
    penalised_logistic,
)
from analysis.statistics.models.sampled_model import sampled_table
from conditions.errors import StudyError

INTERCEPT, EFFECT, PARTICIPANT_SD, UNIT_SD = 1.5, -0.9, 0.5, 0.8


def simulate(participants: int, units: int, rng: np.random.Generator) -> pd.DataFrame:
    """Each participant sees each unit once in both conditions."""
    grid = pd.MultiIndex.from_product(
        [range(participants), range(units), ("natural", "synthetic")],
        names=["participant", "unit", "condition"],
    ).to_frame(index=False)
    log_odds = (
        INTERCEPT
        + EFFECT * (grid["condition"] == "synthetic")
        + rng.normal(0, PARTICIPANT_SD, participants)[grid["participant"]]
        + rng.normal(0, UNIT_SD, units)[grid["unit"]]
    )
    y = rng.random(len(grid)) < 1 / (1 + np.exp(-log_odds))
    return grid.astype(str).assign(y=y.astype(float))


def test_without_priors_the_mode_is_that_of_a_logistic_regression():
    rng = np.random.default_rng(1)
    design = np.column_stack([np.ones(300), rng.normal(size=300)])
    y = (rng.random(300) < 1 / (1 + np.exp(-(design @ [0.5, 1.0])))).astype(float)
    mode, covariance = penalised_logistic(sparse.csr_matrix(design), y, np.zeros(2), np.zeros(2))
    expected = Logit(y, design).fit(disp=False)
    assert mode == pytest.approx(expected.params, rel=1e-5)
    assert np.sqrt(np.diag(covariance)) == pytest.approx(expected.bse, rel=1e-4)


def test_the_mode_is_where_likelihood_and_prior_balance():
    rng = np.random.default_rng(3)
    design, precision = rng.normal(size=(80, 3)), np.array([0.1, 2.0, 30.0])
    y = (rng.random(80) < 0.7).astype(float)
    mode, covariance = penalised_logistic(sparse.csr_matrix(design), y, precision, np.zeros(3))
    probability = 1 / (1 + np.exp(-design @ mode))
    assert design.T @ (y - probability) == pytest.approx(precision * mode, abs=1e-6)
    information = design.T @ np.diag(probability * (1 - probability)) @ design
    assert covariance == pytest.approx(np.linalg.inv(information + np.diag(precision)))


def test_one_study_gives_effects_near_the_truth():
    fit = fit_mixed(simulate(23, 45, np.random.default_rng(2)), "y ~ condition")
    assert fit.terms == ["Intercept", "condition[T.synthetic]"]
    assert fit.estimates == pytest.approx([INTERCEPT, EFFECT], abs=0.5)
    assert fit.random_sd["unit"] > fit.random_sd["participant"] > 0.2


def test_the_table_names_condition_scheme_and_interaction(experiment_2):
    table = mixed_table(experiment_2).set_index("term")
    assert "condition synthetic" in table.index
    assert "scheme Min-Max-9" in table.index
    assert "condition synthetic : scheme Max-9" in table.index
    assert {"SD of participants", "SD of units"} <= set(table.index)
    # Simulated: natural is better, and Min-Max-9 better than Max-1 (the reference).
    assert table.loc["condition synthetic", "ci_high"] < 0
    assert table.loc["scheme Min-Max-9", "ci_low"] > 0
    row = table.loc["condition synthetic"]
    assert row["odds_ratio"] == pytest.approx(np.exp(row["log_odds"]))


def test_effects_that_the_trials_do_not_tell_apart_are_left_out(experiment_2):
    """Kinds may have been shown with schemes of their own; a prior alone is no estimate."""
    shown = experiment_2.main[["scheme", "condition"]].agg(tuple, axis=1)
    least, most = experiment_2.schemes[0], experiment_2.schemes[-1]
    own = replace(
        experiment_2,
        trials=experiment_2.main[shown.isin([(least, "natural"), (most, "synthetic")])],
    )
    assert model_data(own)[1] == "y ~ condition"
    shared = [(least, "natural"), (most, "natural"), (most, "synthetic")]
    overlapping = replace(experiment_2, trials=experiment_2.main[shown.isin(shared)])
    assert model_data(overlapping)[1] == "y ~ condition + scheme"
    assert model_data(experiment_2)[1] == "y ~ condition * scheme"


def test_the_published_effect_is_there(experiment_1):
    table = mixed_table(experiment_1).set_index("term")
    assert table.loc["condition synthetic", "ci_high"] < 0
    assert table.loc["condition none", "log_odds"] < table.loc["condition synthetic", "log_odds"]


def test_without_bambi_sampling_says_what_to_install(experiment_1, monkeypatch):
    monkeypatch.setitem(sys.modules, "bambi", None)
    with pytest.raises(StudyError, match="pip install bambi=="):
        sampled_table(experiment_1)


@pytest.mark.slow
def test_sampling_agrees_with_the_approximation(experiment_2):
    pytest.importorskip("bambi", reason="bambi is an option and not installed")
    # Blurred comes before natural in the alphabet; natural is to be the reference all the same.
    trials = experiment_2.trials.assign(
        condition=experiment_2.trials["condition"].replace("synthetic", "blurred")
    )
    dataset = replace(experiment_2, trials=trials)
    approximated = mixed_table(dataset).set_index("term")
    sampled = sampled_table(dataset).set_index("term")
    assert set(sampled.index) == set(approximated.index)
    fixed = approximated[approximated["se"].notna()]
    difference = (fixed["log_odds"] - sampled["log_odds"].reindex(fixed.index)).abs()
    assert (difference < 0.3 * fixed["se"]).all()
    ratio = sampled["se"].reindex(fixed.index) / fixed["se"]
    assert ratio.between(0.8, 1.25).all()


@pytest.mark.slow
@pytest.mark.parametrize(("participants", "units"), [(10, 20)])
def test_known_effects_are_recovered(participants, units):
    """200 studies: intervals cover the truth as often as they say, and SDs are found."""
    studies, rng = 200, np.random.default_rng(7)
    fits = [fit_mixed(simulate(participants, units, rng), "y ~ condition") for _ in range(studies)]
    estimates = np.array([fit.estimates for fit in fits])
    errors = np.array([fit.errors for fit in fits])
    truth = np.array([INTERCEPT, EFFECT])
    covered = (np.abs(estimates - truth) < stats.norm.ppf(0.975) * errors).sum(axis=0)
    assert (covered >= stats.binom.ppf(0.005, studies, 0.95)).all(), covered
    assert (covered <= stats.binom.ppf(0.995, studies, 0.95)).all(), covered
    assert np.abs(estimates.mean(axis=0) - truth).max() < 0.12
    # Standard errors are those that the estimates have over studies.
    assert errors.mean(axis=0) == pytest.approx(estimates.std(axis=0), rel=0.2)
    random = pd.DataFrame([fit.random_sd for fit in fits]).mean()
    assert random["participant"] == pytest.approx(PARTICIPANT_SD, abs=0.1)
    assert random["unit"] == pytest.approx(UNIT_SD, abs=0.1)
