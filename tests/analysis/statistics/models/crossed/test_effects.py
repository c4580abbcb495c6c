"""The estimator: against dense algebra, against a plain regression, and recovery of the truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from statsmodels.api import Logit

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, MEASURES, Measure
from analysis.statistics.models.crossed.design import TERMS, CrossedDesign, crossed_design
from analysis.statistics.models.crossed.effects import fit_crossed
from analysis.statistics.models.crossed.mode import (
    EFFECT_PRIOR_SD,
    INTERCEPT_PRIOR_SD,
    find_mode,
    first_guess,
)
from analysis.statistics.models.model_trials import model_trials
from tests.analysis.statistics.models.simulated_answers import crossed_trials

LOG_RT = next(measure for measure in MEASURES if measure.name == "log_rt")
VARIANCES = dict(zip(TERMS, (0.3, 0.2, 0.8, 0.4), strict=True))


@pytest.fixture(params=[(6, 9), (9, 6)], ids=["more units", "more participants"])
def design(request) -> CrossedDesign:
    """Some answers of three conditions; not everybody answered everything, some answered twice."""
    trials = crossed_trials([1.5, 0.5, 0.0], *request.param, np.random.default_rng(1))
    some = trials.sample(frac=0.9, random_state=1)
    return crossed_design(pd.concat([some, some.iloc[:20]]), "C(condition)")


def dense(design: CrossedDesign, variances: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Columns of all random effects and their precisions; those without variance left out."""
    columns, precision = [], []
    for side in (design.many, design.few):
        by_condition = side.codes * design.n_conditions + design.condition
        cells = (side.codes, side.size), (by_condition, side.size * design.n_conditions)
        for term, (codes, size) in zip(side.terms, cells, strict=True):
            if variances.get(term):
                columns.append(np.eye(size)[codes])
                precision += [1 / variances[term]] * size
    return np.hstack(columns), np.array(precision)


@pytest.mark.parametrize("zero", [None, *TERMS])
def test_the_mode_and_the_likelihood_are_those_of_dense_algebra(design, zero):
    variances = {name: value for name, value in VARIANCES.items() if name != zero}
    mode = find_mode(design, variances | ({zero: 0.0} if zero else {}), first_guess(design, False))
    random, precision = dense(design, variances)
    effects = np.hstack([design.fixed, random])
    prior = np.r_[INTERCEPT_PRIOR_SD**-2, [EFFECT_PRIOR_SD**-2] * 2, precision]
    chance = expit(mode.linear)
    score = effects.T @ (design.trials * (design.y - chance))
    found = np.r_[mode.fixed, score[3:] / precision]
    assert effects @ found == pytest.approx(mode.linear, abs=1e-6)
    assert score[:3] == pytest.approx(prior[:3] * mode.fixed, abs=1e-6)
    weights = design.trials * chance * (1 - chance)
    information = (effects * weights[:, None]).T @ effects + np.diag(prior)
    assert mode.covariance == pytest.approx(np.linalg.inv(information)[:3, :3], rel=1e-5)
    data = (design.trials * (design.y * mode.linear - np.logaddexp(0, mode.linear))).sum()
    log_likelihood = data - (prior * found**2).sum() / 2 + np.log(precision).sum() / 2
    loss = np.linalg.slogdet(information)[1] / 2 - log_likelihood
    assert mode.loss == pytest.approx(loss, rel=1e-8)


def test_a_linear_model_has_the_restricted_likelihood(design):
    rng = np.random.default_rng(2)
    measured = replace(design, y=rng.normal(size=len(design.y)), trials=np.ones(len(design.y)))
    variances, twice = VARIANCES | {"residual": 0.7}, {"residual": 1.4, TERMS[0]: 0.6}
    losses = [
        find_mode(measured, chosen, measured.y).loss - restricted(measured, chosen)
        for chosen in (variances, twice)
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-8), "but for a constant"


def restricted(design: CrossedDesign, variances: dict[str, float]) -> float:
    """Negative log of the restricted likelihood, from the covariance of the measurements."""
    random, precision = dense(design, variances)
    covariance = (random / precision) @ random.T + variances["residual"] * np.eye(len(design.y))
    inverse = np.linalg.inv(covariance)
    information = design.fixed.T @ inverse @ design.fixed
    fixed = np.linalg.solve(information, design.fixed.T @ inverse @ design.y)
    left = design.y - design.fixed @ fixed
    log_dets = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1]
    return (log_dets + left @ inverse @ left) / 2


def test_without_spread_it_is_a_logistic_regression():
    trials = crossed_trials([1.5, 0.5], 20, 20, np.random.default_rng(3))
    design = crossed_design(trials, "C(condition)")
    mode = find_mode(design, {}, first_guess(design, False))
    expected = Logit(trials["y"], np.c_[np.ones(800), trials["condition"] == 1]).fit(disp=False)
    assert mode.fixed == pytest.approx(expected.params, rel=5e-3)
    assert np.sqrt(np.diag(mode.covariance)) == pytest.approx(expected.bse, rel=1e-3)


def test_equal_rows_count_as_often_as_they_are():
    trials = crossed_trials([1.5, 0.5], 8, 9, np.random.default_rng(4))
    twice = pd.concat([trials, trials.assign(y=1 - trials["y"])])
    design = crossed_design(twice, "C(condition)")
    assert len(design.y) == len(trials)
    assert (design.trials == 2).all()
    assert design.within == pytest.approx(len(trials) / 2)
    assert fit_crossed(design).fixed == pytest.approx([0, 0], abs=1e-6)


def test_slopes_are_left_out_where_the_data_do_not_tell_them():
    trials = crossed_trials([1.5, 0.5], 8, 9, np.random.default_rng(5))
    one_each = trials[trials["participant"] % 2 == trials["condition"]]
    assert crossed_design(trials, "C(condition)").terms == TERMS
    assert crossed_design(one_each, "C(condition)").terms == (TERMS[0], *TERMS[2:])
    assert crossed_design(trials[trials["condition"] == 0], "1").terms == (TERMS[0], TERMS[2])


# Of glmer and lmer (lme4 1.1-31, nAGQ = 1, bobyqa; REML), published Experiment I, main trials.
GLMER = ([2.7294, -1.0412, -3.0360], [0.2383, 0.2779, 0.2772], (0.000, 0.212, 0.387, 0.590))
LMER = ([1.60444, 0.46429, -0.88331], [0.15594, 0.13969, 0.13970])
LMER_SDS = (0.36749, 0.28310, 0.21772, 0.18164, 0.67398)


def test_the_published_answers_have_the_effects_and_spreads_of_lme4(experiment_1):
    fit = fit_crossed(published(experiment_1, ACCURACY))
    effects, errors, spreads = GLMER
    # In lme4's standard errors; the joint mode of fixed and random effects is 0.6 away.
    assert np.abs((fit.fixed - effects) / errors).max() < 0.1
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(errors, rel=0.06)
    assert list(fit.random_sd.values()) == pytest.approx(spreads, rel=0.1, abs=0.03)
    assert fit.random_sd["participant"] == 0, "exactly, at the bound"


def test_the_published_times_have_the_effects_and_spreads_of_lme4(experiment_1):
    fit = fit_crossed(published(experiment_1, LOG_RT), gaussian=True)
    effects, errors = LMER
    assert fit.fixed == pytest.approx(effects, abs=1e-4)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(errors, rel=1e-3)
    assert list(fit.random_sd.values()) == pytest.approx(LMER_SDS, rel=2e-3)


def published(dataset: Dataset, measure: Measure) -> CrossedDesign:
    model = model_trials(dataset, measure.values(dataset.main))
    return crossed_design(model.trials, model.formula)
