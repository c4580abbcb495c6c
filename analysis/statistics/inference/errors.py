"""Standard errors of mean differences: by participants and units, and how small they can be."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse, stats

from analysis.statistics.inference.contrasts import Contrast
from analysis.statistics.inference.intervals import LEVEL

# A variance is at least this share of that of independent trials.
LEAST_SHARE = 0.5


def not_narrower(
    se: ArrayLike, df: ArrayLike, se_alone: ArrayLike, df_alone: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Error over participants and units, but those over participants alone where they say less.

    Parameters
    ----------
    se, df : array_like
        Standard error over participants and units, and its degrees of freedom.
    se_alone, df_alone : array_like
        The same over participants.

    Returns
    -------
    se, df : ndarray
        Of the test whose 95 % interval is the wider.

    Notes
    -----
    Who does not know the units either knows less: the true variance is that over participants
    plus the share of units. The estimate adds the estimated share, which is below 0 in many
    studies in which units differ little.
    """
    halves = (stats.t.ppf((1 + LEVEL) / 2, d) * s for s, d in ((se, df), (se_alone, df_alone)))
    alone = np.less(*halves)
    return np.where(alone, se_alone, se), np.where(alone, df_alone, df)


def clustered_variance(contrast: Contrast) -> float:
    """Variance of the mean where participants and units are both samples.

    Notes
    -----
    The variance by participants plus that by units minus that by cells of both (Cameron, Gelbach &
    Miller 2011), the first two multiplied by n / (n − 1). It asks of no balance: a unit whose
    share cancels, as each participant meets it in both conditions, adds only what it does by
    condition; one that is met in one condition alone adds all that it is.

    References
    ----------
    Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011). Robust inference with multiway
    clustering. Journal of Business & Economic Statistics, 29(2), 238–249.
    """
    shares = contrast.weights * contrast.rest
    shape = (contrast.n_participants, contrast.n_units)
    cells = sparse.coo_matrix((shares, (contrast.people, contrast.units)), shape).toarray()
    return float(clustered(cells))


def clustered(cells: np.ndarray) -> np.ndarray:
    """The same from each cell's share in the deviation of the mean.

    Parameters
    ----------
    cells : ndarray, shape (…, participants, units)
        Sums of weight times rest; 0 where a participant did not meet a unit.
    """
    people, units = cells.shape[-2:]
    by_people = (cells.sum(-1) ** 2).sum(-1) * people / (people - 1)
    by_units = (cells.sum(-2) ** 2).sum(-1) * units / (units - 1)
    return np.maximum(by_people + by_units - (cells**2).sum((-2, -1)), 0.0)


def error(variance: ArrayLike, chance: ArrayLike) -> np.ndarray:
    """Standard error: the variance, but at least its share of chance; NaN where both are 0."""
    larger = np.maximum(variance, LEAST_SHARE * np.asarray(chance))
    # Rounding leaves 1e-33 where all values are the same.
    return np.sqrt(np.where(larger > 1e-24, larger, np.nan))
