"""Means over participants, their errors and intervals, and how often these hold the truth."""

import os

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.statistics.inference.intervals import estimate, proportion_interval
from tests.analysis.coverage import ACCURACIES, cells_table, units_coverage

THOROUGH = "EXAMPLES" in os.environ
STUDIES = 2000 if THOROUGH else 400


def test_mean_and_standard_error_are_those_of_the_sample():
    found = estimate(np.array([0.8, 0.9, 1.0, 0.7]))
    assert (found.n, found.mean) == (4, pytest.approx(0.85))
    assert found.sem == pytest.approx(np.std([0.8, 0.9, 1.0, 0.7], ddof=1) / 2)


def test_missing_values_do_not_count():
    values, trials = np.array([0.8, np.nan, 0.9, 1.0]), np.array([10, 7, 20, 5])
    known = ~np.isnan(values)
    assert estimate(values) == estimate(values[known])
    assert estimate(values, trials) == estimate(values[known], trials[known])


def test_what_is_no_proportion_has_students_interval_inside_its_limits():
    values = np.random.default_rng(3).normal(2.9, 0.5, 10)
    found = estimate(values, limits=(1, 3))
    low, high = stats.ttest_1samp(values, 0).confidence_interval()
    assert high > 3
    assert (found.low, found.high) == (pytest.approx(low), 3)
    assert estimate(values).high == pytest.approx(high)


def test_times_have_the_interval_of_their_logarithm():
    values = np.array([3.0, 5.0, 12.0])
    found = estimate(values, times=True)
    half = stats.t.ppf(0.975, 2) * found.sem / found.mean
    assert (found.low, found.high) == pytest.approx(found.mean * np.exp([-half, half]))
    assert estimate(values).low < 0 < found.low
    for others in (np.array([-0.1, 0.2, 0.4]), values[:2]):
        assert estimate(others, times=True) == estimate(others)


@pytest.mark.parametrize("participants", [2, 5, 10, 50])
@pytest.mark.parametrize("spread", [0.35, 0.55])
def test_intervals_of_times_hold_the_truth(participants, spread):
    rng = np.random.default_rng([participants, round(100 * spread)])
    studies = np.exp(rng.normal(0, spread, (1000, participants)))
    found = [estimate(study, times=True) for study in studies]
    held = np.mean([one.low <= np.exp(spread**2 / 2) <= one.high for one in found])
    assert held >= 0.935 - 3 * np.sqrt(0.05 * 0.95 / 1000)


def test_people_who_differ_as_chance_lets_them_have_wilsons_interval():
    """Of so many trials as their variance amounts to, with the quantile of Student's t."""
    proportions = np.repeat([0.8 - 0.04, 0.8 + 0.04], 20)
    variance = proportions.var(ddof=1) / 40
    effective = 0.8 * 0.2 / variance
    low, high = proportion_interval(proportions, np.full(40, 1000))
    level = 2 * stats.norm.sf(stats.t.ppf(0.975, 39))
    expected = proportion_confint(0.8 * effective, effective, level, method="wilson")
    assert (low, high) == pytest.approx(expected)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_people_who_are_all_the_same_are_no_certainty(value):
    found = estimate([value] * 5, [20] * 5)
    assert (found.mean, found.sem) == (value, 0)
    assert 0 <= found.low < found.high <= 1
    level = 2 * stats.norm.sf(stats.t.ppf(0.975, 4))
    expected = proportion_confint(100 * value, 100, level, method="wilson")
    assert (found.low, found.high) == pytest.approx(expected)


def test_few_participants_have_no_or_a_wide_interval():
    assert estimate([]).n == 0
    assert np.isnan(estimate([]).mean)
    one = estimate([0.7], [10])
    assert one.mean == 0.7
    assert np.isnan([one.sem, one.low, one.high]).all()
    two = estimate([0.5, 0.7], [10, 10])
    assert two.low < 0.2
    assert two.high > 0.9
    equal = estimate([2.0, 2.0, 2.0])
    assert equal.sem == 0
    assert np.isnan([equal.low, equal.high]).all()


@pytest.mark.parametrize("participants", (2, 3, 5, 10, 23, 50) if THOROUGH else (2, 10, 50))
def test_intervals_of_cells_hold_the_truth(participants):
    """For each accuracy and spread of people: 93 % or more, and not much more where people differ.

    A band of three standard errors of the simulation lies around these limits.
    """
    table = cells_table(participants, STUDIES)
    assert set(table["accuracy"]) == set(ACCURACIES)
    slack = 3 * np.sqrt(0.05 * 0.95 / STUDIES)
    assert (table["coverage"] >= 0.94 - slack).all(), table
    spread = table[(table["spread"] == 1) & (table["accuracy"] < 0.95) & (participants >= 10)]
    assert (spread["coverage"] <= 0.96 + slack).all(), table


@pytest.mark.parametrize("participants", [2, 3, 5, 10, 23, 50])
def test_intervals_of_units_hold_the_truth(participants):
    coverage = units_coverage(participants)["coverage"]
    assert ((coverage >= 0.93) & (coverage <= 0.97)).all()


def test_students_interval_misses_more_where_accuracy_is_high():
    table = cells_table(10, STUDIES)
    high = table[table["accuracy"] == 0.98]
    assert (high["students"] < high["coverage"]).all()
