"""Degrees of freedom of contrasts, as the spread of people and units is only estimated."""

import numpy as np
from statsmodels.tools.numdiff import approx_fprime, approx_hess

from analysis.statistics.models.crossed.effects import CrossedFit

# Steps of the differences: a share of each variance.
STEP = 0.02


def satterthwaite(fit: CrossedFit, contrasts: np.ndarray) -> np.ndarray:
    """Satterthwaite's degrees of freedom.

    Parameters
    ----------
    fit : CrossedFit
    contrasts : ndarray, shape (m, k)
        Weights of the fixed effects.

    Returns
    -------
    ndarray, shape (m,)
        Between those of the fewer of participants and units, and those of the residuals.

    Notes
    -----
    Twice the squared variance of the contrast over the variance of that variance, by the delta
    method from the curvature of the restricted likelihood in the variances that are above 0. In a
    logistic model the variance is that of the linear model of the working responses.

    References
    ----------
    Giesbrecht, F. G., & Burns, J. C. (1985). Two-stage analysis based on a mixed model:
    Large-sample asymptotic theory and small-sample simulation results. Biometrics, 41(2), 477–486.
    """
    design = fit.design
    names = [name for name, value in fit.variances.items() if value > 0]
    most = design.trials.sum() - len(design.names)
    if not names:
        return np.full(len(contrasts), most)
    at = np.array([fit.variances[name] for name in names])

    def given(values: np.ndarray) -> dict[str, float]:
        return fit.variances | dict(zip(names, values.tolist(), strict=True))

    def loss(values: np.ndarray) -> float:
        return fit.restricted_loss(given(values))

    def variance(values: np.ndarray) -> np.ndarray:
        covariance = fit.covariance_with(given(values))
        return np.einsum("ij,jk,ik->i", contrasts, covariance, contrasts)

    curvature = approx_hess(at, loss, epsilon=STEP * at)
    slopes = approx_fprime(at, variance, epsilon=STEP * at, centered=True)
    slopes = np.reshape(slopes, (len(contrasts), len(names)))
    uncertain = np.einsum("ij,jk,ik->i", slopes, np.linalg.pinv(curvature), slopes)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(uncertain > 0, 2 * variance(at) ** 2 / uncertain, np.inf)
    return np.clip(found, min(design.many.size, design.few.size) - 1, most)
