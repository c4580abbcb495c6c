"""A mean over participants and units, both samples: what holds for other people and units."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

BOTH, PARTICIPANTS, UNITS = "participants and units", "participants", "units"
LEVEL = 0.95


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
        value of a mean of 0. NaN where nothing can be said: no cells, one cell, or no variance.
    participant, unit, rest : ndarray
        Variance components of a cell: of participants, of units, and what is left. Estimates
        below 0 are 0.
    """

    over: str
    mean: np.ndarray
    se: np.ndarray
    df: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    participant: np.ndarray
    unit: np.ndarray
    rest: np.ndarray


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
    A cell is μ + a participant's share + a unit's share + rest, all random. The components are
    those of Henderson's first method (1953), which in a full array are those of the analysis of
    variance. With N cells, of which participant i has nᵢ and unit j has mⱼ, the variance of the
    mean is (A + B − R) / N, where R is the variance of the rest, A = R + Σ nᵢ²/N · (participants)
    and B = R + Σ mⱼ²/N · (units): in a full array the mean squares of participants, units and rest
    (the denominator of Clark's quasi-F). Its degrees of freedom are Satterthwaite's. Where A or B
    is below R, the component is taken as 0 and the other one alone decides, with its own degrees
    of freedom. In arrays where some cells are unknown, A, B and R have the degrees of freedom of
    a full array, but for R, which loses the unknown cells.

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
    if min(known.shape, default=0) == 0:
        nothing = np.full(shape, np.nan)
        return _result(BOTH, nothing, nothing, nothing, np.full((3, *shape), np.nan))
    n = known.sum()
    mean = values.sum((-2, -1)) / n
    centred = np.where(known, values - mean[..., None, None], 0.0)
    if 1 in known.shape:
        over = _only(known.shape)
        variance = (centred**2).sum((-2, -1)) / (n - 1) if n > 1 else np.full(shape, np.nan)
        shares = np.zeros((3, *shape))
        shares[{PARTICIPANTS: 0, UNITS: 1}[over]] = variance
        return _result(over, mean, variance / n, np.full(shape, n - 1.0), shares)
    shares = _components(centred, known)
    variance, df = _variance_of_mean(shares, known)
    return _result(BOTH, mean, variance, df, shares)


def _only(shape: tuple[int, ...]) -> str:
    return PARTICIPANTS if shape[1] == 1 else UNITS


def _components(centred: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Variances of participants, units and rest, shape (3, …), not below 0."""
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
    return np.maximum(np.moveaxis(squares @ np.linalg.pinv(expected).T, -1, 0), 0.0)


def _variance_of_mean(shares: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    people, units, rest = shares
    n = known.sum()
    a = rest + people * (known.sum(1) ** 2).sum() / n
    b = rest + units * (known.sum(0) ** 2).sum() / n
    of_people, of_units = (float(size - 1) for size in known.shape)
    of_rest = max(float(n - known.shape[0] - known.shape[1] + 1), 1.0)
    total = a + b - rest
    spread = a**2 / of_people + b**2 / of_units + rest**2 / of_rest
    df = np.divide(total**2, spread, out=np.full(total.shape, np.nan), where=spread > 0)
    df = np.where(people == 0, of_units, np.where(units == 0, of_people, df))
    df = np.where((people == 0) & (units == 0), min(of_people, of_units), df)
    return total / n, df


def _result(
    over: str, mean: np.ndarray, variance: np.ndarray, df: np.ndarray, shares: np.ndarray
) -> CrossedMean:
    # Rounding leaves 1e-33 where all cells are the same.
    there = variance > 1e-24
    se = np.sqrt(np.where(there, variance, np.nan))
    df = np.where(there, df, np.nan)
    half = stats.t.ppf((1 + LEVEL) / 2, df) * se
    p = 2 * stats.t.sf(np.abs(mean) / se, df)
    return CrossedMean(over, mean, se, df, mean - half, mean + half, p, *shares)
