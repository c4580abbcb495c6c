"""A mean difference with its error: over participants, and over participants and units."""

from dataclasses import dataclass

import numpy as np
import pingouin
from numpy.typing import ArrayLike
from scipy import sparse, stats

from analysis.statistics.inference.contrasts import Contrast
from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS, crossed_mean

LEVEL = 0.95
# A variance is at least this share of that of independent trials.
LEAST_SHARE = 0.5
# Of fewer participants, or units, nothing is tested.
FEWEST = 3
# So many of the trials have to be in pairs to be analysed as pairs.
MOSTLY = 0.9
T_TEST = "paired t"
CROSSED = "t, crossed participants and units"
CLUSTERED = "t, clustered by participants and units"


@dataclass(frozen=True)
class Difference:
    """A mean difference.

    Attributes
    ----------
    over : str
        Whom its error is about: other ``participants`` with the same units, or other
        ``participants and units``.
    test : str
        How it was found.
    n_participants, n_units : int
        Of the data.
    first, second : float
        Means; NaN where nothing is subtracted.
    difference : float
        First minus second.
    se, df : float
        Standard error and degrees of freedom; NaN where there is none.
    """

    over: str
    test: str
    n_participants: int
    n_units: int
    first: float
    second: float
    difference: float
    se: float
    df: float

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval."""
        half = stats.t.ppf((1 + LEVEL) / 2, self.df) * self.se
        return float(self.difference - half), float(self.difference + half)

    @property
    def is_tested(self) -> bool:
        """Whether there are enough participants, and units if it is about them too."""
        counted = [self.n_participants, *([self.n_units] if self.over == BOTH else [])]
        return min(counted) >= FEWEST and not np.isnan(self.se)

    @property
    def statistic(self) -> float:
        """Student's t; NaN where nothing is tested."""
        return self.difference / self.se if self.is_tested else np.nan

    @property
    def p(self) -> float:
        """Two-sided p value; NaN where nothing is tested."""
        return float(2 * stats.t.sf(abs(self.statistic), self.df))

    def equivalence_p(self, smallest: float) -> float:
        """P value of two one-sided tests for a difference between ± smallest (Schuirmann 1987)."""
        if not self.is_tested:
            return np.nan
        return float(stats.t.sf((smallest - abs(self.difference)) / self.se, self.df))

    @property
    def bayes_factor(self) -> float:
        """Of a difference against none, over participants; NaN over units too, or without a test.

        Jeffreys, Zellner and Siow's with a Cauchy prior of scale .707 on the standardised
        difference (Rouder et al. 2009), from the t value of the participants' differences.
        Infinite where it is larger than numbers can be, as of hundreds of people who all differ.
        """
        if self.over == BOTH or not self.is_tested:
            return np.nan
        try:
            found = pingouin.bayesfactor_ttest(self.statistic, self.n_participants, paired=True)
        except ZeroDivisionError:
            return np.inf
        return float(found)

    @property
    def standardised(self) -> tuple[float, float, float]:
        """Cohen's d_z, t / √n, and its 95 % interval; NaN over units too, or without a test."""
        if self.over == BOTH or not self.is_tested:
            return np.nan, np.nan, np.nan
        d = self.statistic / np.sqrt(self.n_participants)
        low, high = pingouin.compute_esci(
            d, nx=self.n_participants, paired=True, eftype="cohen", decimals=6
        )
        return float(d), float(low), float(high)


def over_participants(contrast: Contrast) -> Difference:
    """A paired t test of participants' numbers, for other people and the same units.

    Notes
    -----
    The variance of the mean is at least half of that of independent trials: participants whose
    differences happen to be equal, or who are all right in all trials, are no certainty. (Half,
    because units that differ, each of which all participants meet, make the true one smaller.)
    """
    n = contrast.n_participants
    variance = contrast.values.var(ddof=1) / n if n > 1 else np.nan
    se = float(error(variance, contrast.chance))
    df = n - 1.0 if n > 1 else np.nan
    return _difference(PARTICIPANTS, T_TEST, contrast, se, df)


def over_both(contrast: Contrast, cells: np.ndarray | None = None) -> Difference:
    """The same for other people and other units.

    Parameters
    ----------
    contrast : Contrast
        A number a participant.
    cells : ndarray, shape (participants, units), optional
        Differences of the cells in which a participant met a unit in both conditions, else NaN;
        given where nearly all trials are in such cells. The error is then :func:`crossed_mean`'s.

    Notes
    -----
    Where units are not paired, the error is that of :func:`clustered_variance`, with the degrees
    of freedom of the smaller sample.
    """
    n = min(contrast.n_participants, contrast.n_units)
    if n < 2:
        return _difference(BOTH, CLUSTERED, contrast, np.nan, np.nan)
    if cells is not None:
        found = crossed_mean(cells)
        if found.over == BOTH:
            se = float(error(np.nan_to_num(found.se) ** 2, contrast.chance))
            df = n - 1.0 if np.isnan(found.df) else float(found.df)
            return _difference(BOTH, CROSSED, contrast, se, df)
    variance = clustered_variance(contrast)
    se = float(error(variance, contrast.chance))
    return _difference(BOTH, CLUSTERED, contrast, se, n - 1.0)


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


def _difference(over: str, test: str, contrast: Contrast, se: float, df: float) -> Difference:
    return Difference(
        over=over,
        test=test,
        n_participants=contrast.n_participants,
        n_units=contrast.n_units,
        first=contrast.first,
        second=contrast.second,
        difference=contrast.mean,
        se=se,
        df=df if not np.isnan(se) else np.nan,
    )
