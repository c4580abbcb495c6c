"""A mean over participants and units: by hand, with cells missing, and against simulated truths."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.statistics.inference.crossed import (
    BOTH,
    PARTICIPANTS,
    UNITS,
    crossed_mean,
    crossed_proportion,
)
from analysis.statistics.models.simulated_studies import Plan, simulate_answers
from analysis.statistics.models.variance_components import PUBLISHED
from tests.analysis.simulated import accuracy_of, answers_of_kinds

CELLS = np.array([[1.0, 0, 1, 0], [0, 0, 1, -1], [1, 1, 1, 0]])


def test_a_full_array_has_the_mean_squares_of_the_analysis_of_variance():
    found = crossed_mean(CELLS)
    n_people, n_units = CELLS.shape
    people, units = CELLS.mean(1, keepdims=True), CELLS.mean(0, keepdims=True)
    mean = CELLS.mean()
    a = n_units * ((people - mean) ** 2).sum() / (n_people - 1)
    b = n_people * ((units - mean) ** 2).sum() / (n_units - 1)
    left = CELLS - people - units + mean
    rest = (left**2).sum() / ((n_people - 1) * (n_units - 1))
    assert min(a, b) > rest
    variance = (a + b - rest) / CELLS.size
    spread = a**2 / (n_people - 1) + b**2 / (n_units - 1)
    df = (a + b - rest) ** 2 / (spread + rest**2 / ((n_people - 1) * (n_units - 1)))
    assert found.mean == pytest.approx(mean)
    assert found.se == pytest.approx(np.sqrt(variance))
    assert found.df == pytest.approx(df)
    half = stats.t.ppf(0.975, df) * np.sqrt(variance)
    assert (found.low, found.high) == pytest.approx((mean - half, mean + half))
    assert found.p == pytest.approx(2 * stats.t.sf(mean / np.sqrt(variance), df))
    assert found.over == BOTH


def test_where_people_and_units_differ_less_than_chance_the_error_is_half_that_of_cells():
    latin = np.array([[0.0, 1, 2], [1, 2, 0.3], [2, 0, 1.2]])
    found = crossed_mean(latin)
    assert found.se**2 == pytest.approx(latin.var(ddof=1) / 9 / 2)
    assert found.df == 2


def test_cells_of_equal_means_by_participant_and_by_unit_are_no_certainty():
    found = crossed_mean(np.array([[1.0, 0, 1, 0], [0, 1, 0, 1]]))
    assert found.mean == 0.5
    assert found.p > 0.05
    assert found.high - found.low > 0.5


@pytest.mark.parametrize(
    ("cells", "over"), [(CELLS[:, :1] + CELLS[:, 3:], PARTICIPANTS), (CELLS[1:2], UNITS)]
)
def test_one_unit_or_one_participant_leaves_a_t_test_over_the_others(cells, over):
    found, expected = crossed_mean(cells), stats.ttest_1samp(cells.ravel(), 0)
    assert found.over == over
    assert found.p == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval()
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize(
    "cells", [np.ones((5, 4)), np.ones((5, 1)), np.array([[1.0]]), np.full((3, 2), np.nan)]
)
def test_without_variance_there_is_no_interval(cells):
    found = crossed_mean(cells)
    assert found.mean == pytest.approx(cells.mean(), nan_ok=True)
    for value in (found.se, found.df, found.low, found.high, found.p):
        assert np.isnan(value)


def test_a_participant_or_unit_without_cells_does_not_count():
    wide = np.full((5, 6), np.nan)
    wide[1:4, 2:] = CELLS
    assert crossed_mean(wide).se == crossed_mean(CELLS).se


def test_the_error_is_that_of_repeated_studies_with_cells_missing():
    rng = np.random.default_rng(1)
    people, units = rng.normal(0, 0.5, (4000, 12, 1)), rng.normal(0, 0.7, (4000, 1, 9))
    cells = people + units + rng.normal(0, 1, (4000, 12, 9))
    cells[:, rng.random((12, 9)) < 0.4] = np.nan
    found = crossed_mean(cells)
    assert (found.se**2).mean() == pytest.approx(found.mean.var(), rel=0.05)


def test_a_stack_has_the_same_cells():
    stack = np.stack([CELLS, np.where(CELLS < 0, np.nan, CELLS)])
    with pytest.raises(ValueError, match="different unknown cells"):
        crossed_mean(stack)


@pytest.mark.parametrize(
    ("participants", "units", "missing"),
    [(10, 45, 0.0), (6, 45, 0.0), (16, 12, 0.0), (20, 40, 0.5)],
)
def test_intervals_of_differences_hold_the_truth(participants, units, missing):
    log_odds = [3.0, 1.9, 2.4, 3.2, 3.0]
    simulated = answers_of_kinds(log_odds, participants, units, 400, seed=2)
    differences = simulated[:, 1:] - simulated[:, :1]
    rng = np.random.default_rng(3)
    differences[..., rng.random((participants, units)) < missing] = np.nan
    truth = np.array([accuracy_of(one) - accuracy_of(log_odds[0]) for one in log_odds[1:]])
    found = crossed_mean(differences)
    covered = (found.low <= truth) & (truth <= found.high)
    assert 0.92 <= covered.mean() <= 0.97


def test_the_spread_of_units_is_not_to_be_left_out():
    simulated = answers_of_kinds([3.0, 1.9], 16, 12, 400, seed=4)
    people = (simulated[:, 1] - simulated[:, 0]).mean(-1)
    half = stats.t.ppf(0.975, 15) * stats.sem(people, axis=-1)
    assert (np.abs(people.mean(-1) - accuracy_of(1.9) + accuracy_of(3.0)) <= half).mean() < 0.9


@pytest.mark.parametrize("accuracy", [0.82, 0.98])
@pytest.mark.parametrize(("participants", "units"), [(3, 45), (10, 6), (23, 80)])
def test_intervals_of_means_hold_the_truth_at_the_ceiling_too(participants, units, accuracy):
    plan = Plan(PUBLISHED, (accuracy, accuracy), units)
    shown = np.ones((2, participants, units), dtype=int)
    rng = np.random.default_rng([participants, round(100 * accuracy)])
    cells = simulate_answers(plan, shown, 400, rng, same_units=False)[:, 0]
    low, high = crossed_proportion(crossed_mean(cells), cells)
    assert ((low <= accuracy) & (accuracy <= high)).mean() >= 0.92
    assert (high > low).all()


def test_people_who_are_all_right_are_no_certainty():
    cells = np.ones((5, 8))
    cells[0, 0] = np.nan
    low, high = crossed_proportion(crossed_mean(cells), cells)
    level = 2 * stats.norm.sf(stats.t.ppf(0.975, 4))
    assert (low, high) == pytest.approx(proportion_confint(39, 39, level, method="wilson"))
    assert np.isnan(crossed_proportion(crossed_mean(cells[:1]), cells[:1])).all()
