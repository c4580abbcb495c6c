"""Rank tests against brute force and against the libraries."""

from itertools import product

import numpy as np
import pingouin
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics.inference.rank_tests import (
    holm,
    mann_whitney,
    signed_rank,
    signed_rank_distribution,
)


@given(st.lists(st.integers(-4, 4).filter(bool), min_size=1, max_size=9))
def test_the_signed_rank_p_is_that_of_all_sign_patterns(differences):
    differences = np.array(differences, dtype=float)
    ranks = stats.rankdata(np.abs(differences))
    found = signed_rank(differences)
    sums = [np.dot(signs, ranks) for signs in product((0, 1), repeat=len(ranks))]
    smaller = min(ranks[differences > 0].sum(), ranks[differences < 0].sum())
    assert found.p == pytest.approx(min(1, 2 * np.mean(np.array(sums) <= smaller + 1e-9)))
    assert found.statistic == pytest.approx(smaller)


def test_without_ties_the_signed_rank_test_is_scipys():
    differences = np.random.default_rng(1).normal(0.4, 1, 20)
    expected = stats.wilcoxon(differences, method="exact")
    found = signed_rank(differences)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.statistic == expected.statistic


def test_effects_are_pingouins():
    rng = np.random.default_rng(2)
    a, b = rng.normal(0.5, 1, 15), rng.normal(0, 1, 15)
    assert signed_rank(a - b).effect == pytest.approx(pingouin.wilcoxon(a, b)["RBC"].iloc[0])
    expected = pingouin.mwu(a, b)
    found = mann_whitney(a, b[:12])
    assert found.n == 27
    found = mann_whitney(a, b)
    assert abs(found.effect) == pytest.approx(abs(expected["RBC"].iloc[0]))
    assert found.effect > 0
    assert found.statistic == expected["U_val"].iloc[0]


def test_equal_differences_of_proportions_are_ties():
    assert signed_rank([0.9 - 0.8, 0.2 - 0.3, 0.0]).p == 1.0


def test_zeros_are_dropped_and_nothing_is_tested_without_differences():
    assert signed_rank([0.1, 0.2, 0.0, 0.3]).n == 3
    empty = signed_rank([0.0, 0.0])
    assert empty.n == 0
    assert np.isnan([empty.p, empty.effect]).all()


def test_many_differences_are_tested_asymptotically():
    differences = np.random.default_rng(3).normal(0.2, 1, 60)
    found = signed_rank(differences)
    assert found.test == "Wilcoxon signed-rank, asymptotic"
    assert found.p == pytest.approx(stats.wilcoxon(differences, method="approx").pvalue)


def test_the_null_distribution_is_symmetric_and_sums_to_one():
    distribution = signed_rank_distribution([1, 2.5, 2.5, 4])
    assert distribution.sum() == pytest.approx(1)
    assert distribution == pytest.approx(distribution[::-1])
    assert distribution[5] == pytest.approx(2 / 16)


def test_mann_whitney_is_exact_for_a_small_group_without_ties():
    found = mann_whitney([5.0, 6.0, 7.0], [1.0, 2.0, 3.0, 4.0])
    assert found.test == "Mann-Whitney U, exact"
    assert (found.statistic, found.effect) == (12, 1)
    assert found.p == pytest.approx(2 / 35)
    assert mann_whitney([1.0, 2.0], [2.0, 3.0]).test == "Mann-Whitney U, asymptotic"


def test_mann_whitney_of_equal_or_missing_groups():
    assert mann_whitney([1.0, 1.0], [1.0]).p == 1.0
    assert np.isnan(mann_whitney([], [1.0]).p)


def test_holm_counts_what_was_tested_only():
    assert holm([0.01, np.nan, 0.04, 0.03]) == pytest.approx(
        [0.03, np.nan, 0.06, 0.06], nan_ok=True
    )
    assert np.isnan(holm([np.nan])).all()
