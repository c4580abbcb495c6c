"""The primary test of many simulated studies at once, as the report tests one."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS, crossed_mean
from analysis.statistics.inference.differences import FEWEST, MOSTLY
from analysis.statistics.inference.errors import clustered, error, not_narrower
from analysis.statistics.inference.intervals import LEVEL

POPULATIONS = (BOTH, PARTICIPANTS)


@dataclass(frozen=True)
class PrimaryTests:
    """Differences in accuracy of studies: arrays of shape (simulations,).

    Attributes
    ----------
    difference, se, df : ndarray
        First minus second condition, its standard error, degrees of freedom.
    is_tested : bool
        Whether there are enough participants and units.
    """

    difference: np.ndarray
    se: np.ndarray
    df: np.ndarray
    is_tested: bool

    @property
    def p(self) -> np.ndarray:
        """Two-sided p values; 1 where nothing is tested."""
        return self._known(2 * stats.t.sf(np.abs(self.difference) / self.se, self.df))

    @property
    def half_width(self) -> np.ndarray:
        """Half widths of 95 % intervals."""
        half: np.ndarray = stats.t.ppf((1 + LEVEL) / 2, self.df) * self.se
        return half

    def equivalence_p(self, smallest: float) -> np.ndarray:
        """P values of two one-sided tests of a difference between ± smallest."""
        return self._known(stats.t.sf((smallest - np.abs(self.difference)) / self.se, self.df))

    def _known(self, p: np.ndarray) -> np.ndarray:
        return np.nan_to_num(p, nan=1.0) if self.is_tested else np.ones(p.shape)


def primary_tests(answers: np.ndarray, shown: np.ndarray, over: str) -> PrimaryTests:
    """Test the difference of two conditions in each study.

    Parameters
    ----------
    answers : ndarray, shape (simulations, 2, participants, units)
        Proportions right; NaN where a participant did not meet a unit in a condition.
    shown : ndarray of int, shape (2, participants, units)
        How often a participant met a unit.
    over : str
        ``participants``, or ``participants and units``.

    Notes
    -----
    See :mod:`analysis.statistics.inference.differences`.
    """
    met = (shown > 0).any((0, 1))
    answers, shown = answers[..., met], shown[..., met]
    n_people, n_units = shown.shape[1:]
    right = np.where(shown > 0, answers, 0.0) * shown
    trials = shown.sum(-1)
    by_person = right.sum(-1) / trials
    means = by_person.mean(-1)
    values = by_person[:, 0] - by_person[:, 1]
    difference = values.mean(-1)
    share = (right.sum((-2, -1)) + 1) / (trials.sum(-1) + 2)
    chance = (share * (1 - share) * (1 / trials).sum(-1)).sum(-1) / n_people**2
    se_alone = error(values.var(-1, ddof=1) / n_people, chance)
    df_alone = np.full(len(se_alone), n_people - 1.0)
    if over == PARTICIPANTS:
        return PrimaryTests(difference, se_alone, df_alone, n_people >= FEWEST)
    both = np.asarray((shown > 0).all(0))
    paired = min(float((shown[c] * both).sum() / shown[c].sum()) for c in (0, 1))
    df = np.full(len(values), min(n_people, n_units) - 1.0)
    if paired >= MOSTLY and min(both.any(0).sum(), both.any(1).sum()) > 1:
        found = crossed_mean(np.where(both, answers[:, 0] - answers[:, 1], np.nan))
        variance = np.nan_to_num(found.se) ** 2
        df = np.where(np.isnan(found.df), df, found.df)
    else:
        rest = right - shown * means[..., None, None]
        weights = np.array([1.0, -1.0])[:, None] / (n_people * trials)
        variance = clustered((rest * weights[..., None]).sum(1))
    se, df = not_narrower(error(variance, chance), df, se_alone, df_alone)
    return PrimaryTests(difference, se, df, min(n_people, n_units) >= FEWEST)
