"""Means over participants, their errors and intervals."""

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.inference.intervals import estimate


def test_mean_and_standard_error_are_those_of_the_sample():
    found = estimate(np.array([0.8, 0.9, 1.0, 0.7]))
    assert (found.n, found.mean) == (4, pytest.approx(0.85))
    assert found.sem == pytest.approx(np.std([0.8, 0.9, 1.0, 0.7], ddof=1) / 2)


def test_missing_values_do_not_count():
    values = np.array([0.8, np.nan, 0.9, 1.0])
    assert estimate(values) == estimate(np.array([0.8, 0.9, 1.0]))


def test_the_interval_has_the_width_of_students_t():
    rng = np.random.default_rng(3)
    for n in (10, 23):
        values = rng.normal(0, 1, n)
        found = estimate(values)
        width = found.high - found.low
        assert width == pytest.approx(2 * stats.t.ppf(0.975, n - 1) * found.sem, rel=0.08)


def test_the_interval_stays_in_the_range_of_the_data_and_is_reproducible():
    values = np.array([1.0, 1.0, 1.0, 0.9, 0.95])
    found = estimate(values, seed=4)
    assert 0.9 <= found.low <= found.mean <= found.high <= 1.0
    assert found == estimate(values, seed=4)
    values = np.random.default_rng(1).random(12)
    assert estimate(values, seed=4) != estimate(values, seed=5)


def test_few_participants_have_no_or_a_wide_interval():
    assert estimate(np.array([])).n == 0
    assert np.isnan(estimate(np.array([])).mean)
    one = estimate(np.array([0.7]))
    assert one.mean == 0.7
    assert np.isnan([one.sem, one.low, one.high]).all()
    two = estimate(np.array([0.5, 0.7]))
    assert (two.low, two.high) == (0.5, 0.7)
    equal = estimate(np.array([1.0, 1.0, 1.0]))
    assert (equal.sem, equal.low, equal.high) == (0, 1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("participants", [10, 23])
def test_intervals_cover_the_truth_as_often_as_they_say(participants):
    """400 studies of participants who differ, 45 trials each; the true mean is integrated."""
    mean, sd, studies = 1.5, 0.5, 400
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    truth = (weights / (1 + np.exp(-(mean + sd * nodes)))).sum() / weights.sum()
    rng = np.random.default_rng(20)
    covered = 0
    for study in range(studies):
        p = 1 / (1 + np.exp(-rng.normal(mean, sd, participants)))
        found = estimate(rng.binomial(45, p) / 45, seed=study)
        covered += found.low <= truth <= found.high
    assert covered >= stats.binom.ppf(0.005, studies, 0.95)
    assert covered <= stats.binom.ppf(0.995, studies, 0.95)
