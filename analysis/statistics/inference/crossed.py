"""A mean over participants and units, both samples: what holds for other people and units."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.statistics.inference.intervals import LEVEL, score_interval

BOTH, PARTICIPANTS, UNITS = "participants and units", "participants", "units"


@dataclass(frozen=True)
class CrossedMean:
    """Means of arrays of participants × units, with participants and units as random samples.

    Attributes
    ----------
    over : str
        What the interval speaks of: other ``participants and units``, or other ``participants``
        (or ``units``) alone where there is only one unit (participant).
    mean, se, df, low, high, p : ndarray
        Mean over cells, its standard error, degrees of freedom, 95 % interval, and two-sided p
        value of a mean of 0. All but the mean are NaN where nothing can be said: one cell, or no
        variance.
    """

    over: str
    mean: np.ndarray
    se: np.ndarray
    df: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray


def crossed_mean(cells: np.ndarray) -> CrossedMean:
    """Mean of cells that participants and units share, for all participants and all units.

    Parameters
    ----------
    cells : ndarray, shape (…, participants, units)
        One value a participant and unit, as the difference of two conditions there; NaN where a
        participant did not meet a unit. The same cells are known in all arrays of a stack.

    Returns
    -------
    CrossedMean
        Arrays of shape (…).

    Notes
    -----
    A cell is μ + a participant's share + a unit's share + rest, all random, and their variances
    are those of Henderson's first method (1953), which in a full array are those of the analysis
    of variance. With N cells, of which participant i has nᵢ and unit j has mⱼ, the variance of the
    mean is (A + B − R) / N, where R is the variance of the rest, A = R + Σ nᵢ²/N · (participants)
    and B = R + Σ mⱼ²/N · (units): in a full array the mean squares of participants, units and rest
    (the denominator of Clark's quasi-F). Estimates of components are not cut off at 0, which would
    widen the intervals; but the combination is at least half the variance of a cell if neither
    people nor units differ, A, B and R pooled: a few cells whose means happen to be equal by
    participant and by unit are no certainty. (At the whole of it, intervals of a few participants
    and units would hold the truth in 98 to 100 % of studies.)

    The degrees of freedom are Satterthwaite's, and at least those of the smaller sample; where
    cells are unknown, R has as many fewer.

    In simulations with the spread of the published data and 4 to 40 participants on 6 to 80 units,
    94 to 98 % of the intervals hold the truth.

    References
    ----------
    Clark, H. H. (1973). The language-as-fixed-effect fallacy. Journal of Verbal Learning and
    Verbal Behavior, 12(4), 335–359. Henderson, C. R. (1953). Estimation of variance and covariance
    components. Biometrics, 9(2), 226–252. Satterthwaite, F. E. (1946). An approximate distribution
    of estimates of variance components. Biometrics Bulletin, 2(6), 110–114.
    """
    cells = np.asarray(cells, dtype=float)
    known = ~np.isnan(cells.reshape(-1, *cells.shape[-2:])).any(axis=0)
    if not (np.isnan(cells) == ~known).all():
        raise ValueError("arrays of a stack have different unknown cells")
    people, units = known.any(axis=1), known.any(axis=0)
    known = known[people][:, units]
    values = np.where(known, cells[..., people, :][..., units], 0.0)
    shape = values.shape[:-2]
    n = known.sum()
    if n == 0:
        nothing = np.full(shape, np.nan)
        return _result(BOTH, nothing, nothing, nothing)
    mean = values.sum((-2, -1)) / n
    centred = np.where(known, values - mean[..., None, None], 0.0)
    if 1 in known.shape:
        squares = (centred**2).sum((-2, -1))
        variance = squares / (n - 1) / n if n > 1 else np.full(shape, np.nan)
        over = PARTICIPANTS if known.shape[1] == 1 else UNITS
        return _result(over, mean, variance, np.full(shape, n - 1.0))
    return _result(BOTH, mean, *_variance_of_mean(components(centred, known), known))


def crossed_proportion(found: CrossedMean, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of a mean of cells that are right (1) or wrong (0), never of no width.

    Parameters
    ----------
    found : CrossedMean
        Of the cells.
    cells : ndarray, shape (…, participants, units)
        They themselves; NaN where a participant did not meet a unit.

    Returns
    -------
    low, high : ndarray, shape (…)
        NaN where there is one participant or one unit.

    Notes
    -----
    Wilson's with the effective number of trials that the variance amounts to, at most the number
    of cells (:func:`analysis.statistics.inference.intervals.score_interval`): Student's holds the
    truth in 67 to 95 % of simulated studies where 98 % of the answers are right, this one in 94 %
    or more.
    """
    known = ~np.isnan(cells.reshape(-1, *cells.shape[-2:])).any(axis=0)
    smaller = min(known.any(axis=0).sum(), known.any(axis=1).sum())
    if smaller < 2:
        nothing = np.full(found.mean.shape, np.nan)
        return nothing, nothing
    df = np.where(np.isnan(found.df), smaller - 1.0, found.df)
    return score_interval(found.mean, np.nan_to_num(found.se) ** 2, float(known.sum()), df)


def components(centred: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Variances of participants, units and rest, see :func:`crossed_mean`.

    Parameters
    ----------
    centred : ndarray, shape (…, participants, units)
        Values minus their mean; 0 where nothing is known.
    known : ndarray of bool, shape (participants, units)
        At least one in each row and column.

    Returns
    -------
    ndarray, shape (3, …)
        The first two may be below 0.
    """
    n, (n_people, n_units) = known.sum(), known.shape
    of_person, of_unit = known.sum(1), known.sum(0)
    lost_people, lost_units = (of_person**2).sum() / n, (of_unit**2).sum() / n
    squares = np.stack(
        [
            (centred.sum(-1) ** 2 / of_person).sum(-1),
            (centred.sum(-2) ** 2 / of_unit).sum(-1),
            (centred**2).sum((-2, -1)),
        ],
        axis=-1,
    )
    expected = np.array(
        [
            [n - lost_people, n_people - lost_units, n_people - 1],
            [n_units - lost_people, n - lost_units, n_units - 1],
            [n - lost_people, n - lost_units, n - 1],
        ]
    )
    # Where each participant has one cell, people and rest are one: they share its variance.
    return np.moveaxis(squares @ np.linalg.pinv(expected).T, -1, 0)


def _variance_of_mean(shares: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variance of the mean and its degrees of freedom."""
    people, units = shares[:2]
    rest = np.maximum(shares[2], 0.0)
    n, (n_people, n_units) = known.sum(), known.shape
    a = np.maximum(rest + people * (known.sum(1) ** 2).sum() / n, 0.0)
    b = np.maximum(rest + units * (known.sum(0) ** 2).sum() / n, 0.0)
    of_rest = max(float(n - n_people - n_units + 1), 1.0)
    pooled = (a * (n_people - 1) + b * (n_units - 1) + rest * of_rest) / (
        n_people + n_units - 2 + of_rest
    )
    total = np.maximum(a + b - rest, pooled / 2)
    spread = a**2 / (n_people - 1) + b**2 / (n_units - 1) + rest**2 / of_rest
    df = np.divide(total**2, spread, out=np.full(total.shape, np.nan), where=spread > 0)
    return total / n, np.maximum(df, min(n_people, n_units) - 1.0)


def _result(over: str, mean: np.ndarray, variance: np.ndarray, df: np.ndarray) -> CrossedMean:
    # Rounding leaves 1e-33 where all cells are the same.
    se = np.sqrt(np.where(variance > 1e-24, variance, np.nan))
    df = np.where(np.isnan(se), np.nan, df)
    half = stats.t.ppf((1 + LEVEL) / 2, df) * se
    p = 2 * stats.t.sf(np.abs(mean) / se, df)
    return CrossedMean(over, mean, se, df, mean - half, mean + half, p)
