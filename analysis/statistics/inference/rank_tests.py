"""Tests over participants by ranks: signed-rank, Mann-Whitney, Holm's correction."""

from dataclasses import dataclass

import numpy as np
import pingouin
from numpy.typing import ArrayLike
from scipy import stats

EXACT_UP_TO = 50


@dataclass(frozen=True)
class RankTest:
    """Result of a test; ``p`` and ``effect`` are NaN where there is nothing to test."""

    test: str
    n: int
    statistic: float
    p: float
    effect: float


def signed_rank(differences: ArrayLike) -> RankTest:
    """Wilcoxon's signed-rank test of differences, two-sided.

    Parameters
    ----------
    differences : array_like, shape (n,)
        One a participant; zeros are dropped.

    Returns
    -------
    RankTest
        ``n`` without zeros, ``statistic`` the smaller sum of ranks, ``effect`` the matched-pairs
        rank-biserial correlation (Kerby 2014): the sum of ranks of the positive differences minus
        that of the negative ones, divided by the sum of all.

    Notes
    -----
    The p value is exact up to 50 differences, also where absolute differences are tied: then the
    null distribution is that of the tied midranks (:func:`signed_rank_distribution`).
    """
    given = np.asarray(differences, dtype=float)
    # Differences of proportions: 0.9 − 0.8 and 0.2 − 0.1 are to be ties.
    rounded = np.round(given[~np.isnan(given)], 12)
    changes = rounded[rounded != 0]
    n = len(changes)
    if n == 0:
        return RankTest("Wilcoxon signed-rank", 0, np.nan, np.nan, np.nan)
    ranks = stats.rankdata(np.abs(changes))
    positive, total = ranks[changes > 0].sum(), ranks.sum()
    smaller = min(positive, total - positive)
    effect = (2 * positive - total) / total
    if n > EXACT_UP_TO:
        p = stats.wilcoxon(changes, method="asymptotic").pvalue
        return RankTest("Wilcoxon signed-rank, asymptotic", n, smaller, float(p), effect)
    distribution = signed_rank_distribution(ranks)
    p = min(1.0, 2 * distribution[: round(2 * smaller) + 1].sum())
    return RankTest("Wilcoxon signed-rank, exact", n, smaller, float(p), effect)


def signed_rank_distribution(ranks: np.ndarray) -> np.ndarray:
    """Null distribution of the sum of positive ranks.

    Parameters
    ----------
    ranks : array_like, shape (n,)
        Ranks or midranks.

    Returns
    -------
    ndarray
        Element s is the probability that the sum is s / 2, if every sign is equally likely: the
        coefficients of the product of (1 + x^(2 rank)) / 2 over all ranks.
    """
    doubled = np.round(2 * np.asarray(ranks)).astype(int)
    distribution = np.zeros(doubled.sum() + 1)
    distribution[0] = 1.0
    for rank in doubled:
        shifted = np.zeros_like(distribution)
        shifted[rank:] = distribution[: len(distribution) - rank]
        distribution = (distribution + shifted) / 2
    return distribution


def mann_whitney(first: ArrayLike, second: ArrayLike) -> RankTest:
    """Mann-Whitney's U test of two groups of participants, two-sided.

    Returns
    -------
    RankTest
        ``statistic`` is U of the first group; ``effect`` the rank-biserial correlation
        2 U / (n₁ n₂) − 1, positive where the first group is larger. Exact for a group of up to
        eight without ties, as scipy chooses, else asymptotic with a correction for ties.
    """
    one, other = (np.asarray(group, dtype=float).round(12) for group in (first, second))
    n = len(one) + len(other)
    if not len(one) or not len(other):
        return RankTest("Mann-Whitney U", n, np.nan, np.nan, np.nan)
    ties = len(np.unique(np.r_[one, other])) < n
    exact = min(len(one), len(other)) <= 8 and not ties
    method = "exact" if exact else "asymptotic"
    if np.ptp(np.r_[one, other]) == 0:
        return RankTest("Mann-Whitney U", n, len(one) * len(other) / 2, 1.0, 0.0)
    result = stats.mannwhitneyu(one, other, method=method)
    effect = 2 * result.statistic / (len(one) * len(other)) - 1
    return RankTest(
        f"Mann-Whitney U, {method}", n, float(result.statistic), float(result.pvalue), float(effect)
    )


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's correction of a family of p values; NaN stays NaN and does not count."""
    p_values = np.asarray(p_values, dtype=float)
    corrected = np.full(len(p_values), np.nan)
    known = ~np.isnan(p_values)
    if known.any():
        corrected[known] = pingouin.multicomp(p_values[known], method="holm")[1]
    return corrected
