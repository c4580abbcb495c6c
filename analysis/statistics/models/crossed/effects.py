"""Mixed models with crossed participants and units: one estimator, of answers and of measures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize
from statsmodels.tools.numdiff import approx_hess

from analysis.statistics.models.crossed.design import (
    PARTICIPANT,
    PARTICIPANT_BY,
    UNIT,
    UNIT_BY,
    CrossedDesign,
)
from analysis.statistics.models.crossed.mode import (
    RESIDUAL,
    Mode,
    covariance_at,
    find_mode,
    first_guess,
    prior_loss,
)

# Standard deviations that the search starts from and ends at: log odds, or in units of the
# measure's own. Above the largest nothing is learnt from answers.
START = {PARTICIPANT: 0.3, PARTICIPANT_BY: 0.3, UNIT: 0.7, UNIT_BY: 0.4, RESIDUAL: 0.8}
LARGEST_SD, SMALLEST_RESIDUAL = 5.0, 0.01
# A standard deviation below this one is 0: the search has come to its bound.
AT_BOUND = 0.01
# Standard errors over which the curvature of the likelihood is measured.
CURVATURE_STEP = 0.1


@dataclass(frozen=True)
class CrossedFit:
    """A fitted model.

    Attributes
    ----------
    design : CrossedDesign
    variances : dict of str to float
        Of each random term that was estimated, and of the residual of a linear model; exactly 0 at
        the bound.
    fixed : ndarray, shape (k,)
        Fixed effects, in the order of the design's names.
    covariance : ndarray, shape (k, k)
        Their covariance, given the variances.
    linear : ndarray, shape (n,)
        Linear predictor of each row, random effects included.
    """

    design: CrossedDesign
    variances: dict[str, float]
    fixed: np.ndarray
    covariance: np.ndarray
    linear: np.ndarray

    @property
    def random_sd(self) -> dict[str, float]:
        """Standard deviation of each random term, and of the residual."""
        return {name: float(np.sqrt(value)) for name, value in self.variances.items()}

    def restricted_loss(self, variances: Mapping[str, float]) -> float:
        """Negative log of the restricted likelihood at other variances, but for a constant."""
        return find_mode(self.design, variances, self.linear).loss

    def covariance_with(self, variances: Mapping[str, float]) -> np.ndarray:
        """Covariance of the fixed effects at other variances, with the weights of the fit."""
        return covariance_at(self.design, variances, self.linear)


def fit_crossed(design: CrossedDesign, gaussian: bool = False) -> CrossedFit:
    """Fit a logistic model, or a linear one.

    Parameters
    ----------
    design : CrossedDesign
        Data; all its random terms are estimated.
    gaussian : bool
        Whether ``y`` is a measure with normal residuals; otherwise right or wrong.

    Notes
    -----
    The variances have the largest restricted likelihood: fixed and random effects are integrated
    over, exactly in the linear model (REML), by Laplace's approximation in the logistic one.
    Given them, the fixed effects of the logistic model have the largest marginal likelihood, by
    Laplace's approximation over the random effects (as in glmer of lme4 with nAGQ = 1, which
    does so for the variances too; the joint mode would be biased towards 0), whose curvature
    is that of their covariance.

    References
    ----------
    Breslow, N. E., & Clayton, D. G. (1993). Approximate inference in generalized linear mixed
    models. Journal of the American Statistical Association, 88(421), 9–25.

    Bates, D., Mächler, M., Bolker, B., & Walker, S. (2015). Fitting linear mixed-effects models
    using lme4. Journal of Statistical Software, 67(1).
    """
    names = [*design.terms, *([RESIDUAL] if gaussian else [])]
    unit = float(np.std(design.y)) ** 2 if gaussian else 1.0

    def variances(parameters: np.ndarray) -> dict[str, float]:
        return dict(zip(names, (parameters * unit).tolist(), strict=True))

    start = np.array([START[name] ** 2 for name in names])
    linear = first_guess(design, gaussian)

    def loss(parameters: np.ndarray) -> float:
        # From the predictor of the spreads before, which is near, few steps lead to the mode.
        nonlocal linear
        mode = find_mode(design, variances(parameters), linear)
        linear = mode.linear
        return mode.loss

    # Of variances, not of standard deviations: at 0 a slope leads back inside.
    bounds = [(SMALLEST_RESIDUAL**2 if name == RESIDUAL else 0.0, LARGEST_SD**2) for name in names]
    found = optimize.minimize(
        loss,
        start,
        method="L-BFGS-B",
        jac="2-point",
        bounds=bounds,
        options={"finite_diff_rel_step": 1e-4},
    )
    best = variances(np.where(found.x < AT_BOUND**2, 0.0, found.x))
    mode = find_mode(design, best, linear)
    if gaussian:
        return CrossedFit(design, best, mode.fixed, mode.covariance, mode.linear)
    return _marginal(CrossedFit(design, best, mode.fixed, mode.covariance, mode.linear))


def _marginal(fit: CrossedFit) -> CrossedFit:
    """From the joint mode to the fixed effects of the largest marginal likelihood."""
    design, linear = fit.design, fit.linear
    # In units of standard errors, so that all directions are alike.
    root = np.linalg.cholesky(fit.covariance)

    def held(steps: np.ndarray) -> Mode:
        return find_mode(design.holding(fit.fixed + root @ steps), fit.variances, linear)

    def loss(steps: np.ndarray) -> float:
        nonlocal linear
        mode = held(steps)
        linear = mode.linear
        return mode.loss + prior_loss(design, fit.fixed + root @ steps)

    found = optimize.minimize(
        loss, np.zeros(len(fit.fixed)), method="BFGS", jac="3-point", options={"gtol": 1e-3}
    )
    curvature = approx_hess(found.x, loss, epsilon=CURVATURE_STEP)
    return replace(
        fit,
        fixed=fit.fixed + root @ found.x,
        covariance=root @ np.linalg.inv(curvature) @ root.T,
        linear=held(found.x).linear,
    )
