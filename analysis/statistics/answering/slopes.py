"""Slopes and contrasts of participants and units, and tests of their means."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pingouin
from scipy import stats

from analysis.statistics.inference.contrasts import ROUNDING

PARTICIPANTS, UNITS = "participants", "units"
LEVEL = 0.95
# As Friedman's test needs in pingouin.
FEWEST_ROWS = 3


@dataclass(frozen=True)
class Found:
    """An estimate and its test; NaN where there is nothing to say.

    Attributes
    ----------
    test, effect_name : str
        Which test, and which measure of the size of the effect.
    n : int
        Participants or units.
    estimate, low, high : float
        With the 95 % interval.
    statistic, df, df_2, p, effect : float
        Of the test.
    """

    test: str
    effect_name: str
    n: int
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    statistic: float = np.nan
    df: float = np.nan
    df_2: float = np.nan
    p: float = np.nan
    effect: float = np.nan

    def columns(self) -> dict[str, Any]:
        """As the table of trends names them."""
        return {
            "n": self.n,
            "estimate": self.estimate,
            "ci_low": self.low,
            "ci_high": self.high,
            "test": self.test,
            "statistic": self.statistic,
            "df": self.df,
            "df_2": self.df_2,
            "p": self.p,
            "effect": self.effect,
            "effect_name": self.effect_name,
        }


def mean_of(values: pd.Series) -> Found:
    """Student's t test of one value a participant (or unit) against 0.

    The effect is Cohen's d: the mean in standard deviations of the values.
    """
    known = values.dropna().to_numpy(float)
    names = ("Student's t, one sample", "Cohen's d")
    n = len(known)
    if n < 2 or np.ptp(known) < ROUNDING:
        return Found(*names, n=n, estimate=float(known.mean()) if n else np.nan)
    test = stats.ttest_1samp(known, 0.0)
    interval = test.confidence_interval(LEVEL)
    return Found(
        *names,
        n=n,
        estimate=float(known.mean()),
        low=float(interval.low),
        high=float(interval.high),
        statistic=float(test.statistic),
        df=n - 1.0,
        p=float(test.pvalue),
        effect=float(known.mean() / known.std(ddof=1)),
    )


def slopes(trials: pd.DataFrame) -> pd.Series:
    """Least-squares slope of each participant over their own trials.

    Parameters
    ----------
    trials : DataFrame
        ``participant``, ``x`` and ``value``, none missing.

    Returns
    -------
    Series
        By participant; NaN for those who met a single ``x``.
    """
    of_person = trials.groupby("participant")
    x = trials["x"] - of_person["x"].transform("mean")
    sums = pd.DataFrame(
        {"xy": x * trials["value"], "xx": x**2, "participant": trials["participant"]}
    )
    sums = sums.groupby("participant").sum()
    return sums["xy"] / sums["xx"].where(sums["xx"] > 1e-12)


def line_over_units(values: pd.Series, x: pd.Series) -> Found:
    """Least-squares line through one value a unit.

    Parameters
    ----------
    values, x : Series
        By unit. The effect is Pearson's r.
    """
    known = values.dropna()
    place = x.reindex(known.index).to_numpy(float)
    names = ("t of a regression over units", "Pearson's r")
    n = len(known)
    if n < 3 or np.ptp(place) == 0:
        return Found(*names, n=n)
    line = stats.linregress(place, known.to_numpy(float))
    if not line.stderr > ROUNDING:
        return Found(*names, n=n, estimate=float(line.slope))
    half = stats.t.ppf((1 + LEVEL) / 2, n - 2) * line.stderr
    return Found(
        *names,
        n=n,
        estimate=float(line.slope),
        low=float(line.slope - half),
        high=float(line.slope + half),
        statistic=float(line.slope / line.stderr),
        df=n - 2.0,
        p=float(line.pvalue),
        effect=float(line.rvalue),
    )


def across_levels(wide: pd.DataFrame) -> Found:
    """Friedman's test (as an F test) of levels that each participant met.

    Parameters
    ----------
    wide : DataFrame, shape (participants, levels)
        Participants who lack a level are left out. The effect is Kendall's W: 0, each participant
        has another order of levels; 1, all have the same.

    References
    ----------
    Marozzi, M. (2014). Testing for concordance between several criteria. Journal of Statistical
    Computation and Simulation, 84(9), 1843–1850.
    """
    known = wide.dropna().round(12)
    names = ("Friedman, F", "Kendall's W")
    n, k = known.shape
    if n < FEWEST_ROWS or k < 2 or (known.nunique(axis=1) == 1).all():
        return Found(*names, n=n)
    if len(known.rank(axis=1).drop_duplicates()) == 1:
        # All have the same order: F has no end.
        return Found(*names, n=n, effect=1.0)
    test = pingouin.friedman(known.reset_index(drop=True), method="f").iloc[0]
    return Found(
        *names,
        n=n,
        statistic=float(test["F"]),
        df=float(test["ddof1"]),
        df_2=float(test["ddof2"]),
        p=float(test["p_unc"]),
        effect=float(test["W"]),
    )


def group_test(values: pd.Series, group: pd.Series) -> Found:
    """Kruskal and Wallis's test of units in groups.

    Parameters
    ----------
    values, group : Series
        By unit. The effect is epsilon squared, H / (n − 1): 0 to 1 (Tomczak & Tomczak 2014).
    """
    known = values.dropna().round(12)
    frame = pd.DataFrame({"value": known, "group": group.reindex(known.index)}).dropna()
    names = ("Kruskal-Wallis H", "epsilon squared")
    n = len(frame)
    if frame["group"].nunique() < 2 or frame["value"].nunique() < 2:
        return Found(*names, n=n)
    test = pingouin.kruskal(frame, dv="value", between="group").iloc[0]
    return Found(
        *names,
        n=n,
        statistic=float(test["H"]),
        df=float(test["ddof1"]),
        p=float(test["p_unc"]),
        effect=float(test["H"] / (n - 1)),
    )
