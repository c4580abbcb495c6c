"""What a fitted mixed model says of contrasts of its effects: estimates, intervals, tests."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.statistics.models.crossed.degrees_of_freedom import satterthwaite
from analysis.statistics.models.crossed.effects import CrossedFit

LEVEL = 0.95


@dataclass(frozen=True)
class Estimates:
    """Estimates of m contrasts.

    Attributes
    ----------
    value, se, df, low, high, p : ndarray, shape (m,)
        Estimate, standard error, degrees of freedom, 95 % interval, two-sided p of no difference.
    """

    value: np.ndarray
    se: np.ndarray
    df: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray


def estimates(
    fit: CrossedFit, contrasts: np.ndarray, values: np.ndarray | None = None
) -> Estimates:
    """Contrasts with Student's t and Satterthwaite's degrees of freedom.

    Parameters
    ----------
    fit : CrossedFit
    contrasts : ndarray, shape (m, k)
        Weights of the fixed effects.
    values : ndarray, shape (m,), optional
        What is estimated, where it is not linear and the contrasts are its slopes (delta method).
    """
    if values is None:
        values = contrasts @ fit.fixed
    se = np.sqrt(np.einsum("ij,jk,ik->i", contrasts, fit.covariance, contrasts))
    df = satterthwaite(fit, contrasts)
    half = stats.t.ppf((1 + LEVEL) / 2, df) * se
    p = 2 * stats.t.sf(np.abs(values) / se, df)
    return Estimates(values, se, df, values - half, values + half, p)
