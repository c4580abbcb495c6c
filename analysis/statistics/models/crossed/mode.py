"""Joint mode of fixed and crossed random effects, given how much people and units differ.

Random effects are kept as cells: one value a participant (unit) and condition, whose covariance
over conditions is ``common + own`` on the diagonal and ``common`` beside it. In units of its root
they are independent with variance 1, so that a spread of 0 needs no care. The larger side falls
into blocks of as many columns as there are conditions and is eliminated; what remains is dense.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import linalg
from scipy.special import expit

from analysis.statistics.models.crossed.design import (
    CrossedDesign,
    Side,
    Sums,
    summed,
    weighted_sums,
)

# Normal priors around 0 in log odds: wide on the intercept, weak on effects, so that they move
# neither; they keep the mode finite where answers in a cell are all right or all wrong.
INTERCEPT_PRIOR_SD, EFFECT_PRIOR_SD = 10.0, 5.0
RESIDUAL = "residual"
NEWTON_STEPS, HALVINGS, CLOSE = 60, 8, 1e-8


@dataclass(frozen=True)
class Mode:
    """Where the joint density of a design has its maximum, given the variances.

    Attributes
    ----------
    loss : float
        Negative log of the restricted likelihood, but for a constant.
    fixed : ndarray, shape (k,)
        Fixed effects.
    covariance : ndarray, shape (k, k)
        Their covariance, over the random effects.
    linear : ndarray, shape (n,)
        Linear predictor of each row.
    """

    loss: float
    fixed: np.ndarray
    covariance: np.ndarray
    linear: np.ndarray


@dataclass(frozen=True)
class _Effects:
    """Random effects in units of their spread, shapes (conditions, size); and fixed effects."""

    many: np.ndarray
    few: np.ndarray
    fixed: np.ndarray

    def halfway(self, other: "_Effects") -> "_Effects":
        return _Effects(
            (self.many + other.many) / 2,
            (self.few + other.few) / 2,
            (self.fixed + other.fixed) / 2,
        )


def first_guess(design: CrossedDesign, linear_model: bool) -> np.ndarray:
    """A linear predictor near the data, shape (n,)."""
    if linear_model:
        return design.y
    smoothed = (design.y * design.trials + 0.5) / (design.trials + 1)
    return np.log(smoothed / (1 - smoothed))


def find_mode(design: CrossedDesign, variances: Mapping[str, float], start: np.ndarray) -> Mode:
    """The mode by Newton's method (iterated weighted least squares).

    Parameters
    ----------
    design : CrossedDesign
    variances : dict of str to float
        Of random terms, 0 where one is missing; with ``residual`` the model is linear, with normal
        residuals of that variance, otherwise logistic.
    start : ndarray, shape (n,)
        Linear predictor to start from.
    """
    roots = _roots(design, variances)
    linear, before, height = start, None, -np.inf
    for _ in range(NEWTON_STEPS):
        effects, half_log_det, covariance = _least_squares(design, variances, linear)
        for _ in range(HALVINGS):
            now = _linear(design, roots, effects)
            reached = _density(design, effects, now, variances)
            if before is None or reached > height - CLOSE:
                break
            effects = effects.halfway(before)
        moved = np.abs(now - linear).max()
        linear, before, height = now, effects, reached
        if moved < CLOSE or RESIDUAL in variances:
            break
    return Mode(half_log_det - height, effects.fixed, covariance, linear)


def covariance_at(
    design: CrossedDesign, variances: Mapping[str, float], linear: np.ndarray
) -> np.ndarray:
    """Covariance of the fixed effects with the weights of a linear predictor, shape (k, k)."""
    return _least_squares(design, variances, linear)[2]


def prior_loss(design: CrossedDesign, fixed: np.ndarray) -> float:
    """Negative log density of the logistic model's priors on fixed effects, but for a constant."""
    return float((_prior(design, {}) * fixed**2).sum() / 2)


def _prior(design: CrossedDesign, variances: Mapping[str, float]) -> np.ndarray:
    """Precisions of the priors on fixed effects; the linear model has none."""
    if RESIDUAL in variances:
        return np.zeros(len(design.names))
    spread = np.full(len(design.names), EFFECT_PRIOR_SD)
    spread[:1] = INTERCEPT_PRIOR_SD
    return spread**-2.0


def _roots(design: CrossedDesign, variances: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    many, few = (_root(side, design.n_conditions, variances) for side in (design.many, design.few))
    return many, few


def _root(side: Side, n: int, variances: Mapping[str, float]) -> np.ndarray:
    """Symmetric root of the covariance over n conditions."""
    common, own = (variances.get(term, 0.0) for term in side.terms)
    mean = np.full((n, n), 1 / n)
    return np.sqrt(own) * (np.eye(n) - mean) + np.sqrt(own + n * common) * mean


def _working(
    design: CrossedDesign, variances: Mapping[str, float], linear: np.ndarray
) -> tuple[Sums, np.ndarray]:
    """Sums of the weights, and weights times the working response."""
    if RESIDUAL in variances:
        precision = 1 / variances[RESIDUAL]
        target = precision * design.trials * (design.y - design.offset)
        return design.unweighted.times(precision), target
    chance = expit(linear)
    weights = design.trials * chance * (1 - chance)
    target = weights * (linear - design.offset) + design.trials * (design.y - chance)
    return weighted_sums(design, weights), target


def _density(
    design: CrossedDesign, effects: _Effects, linear: np.ndarray, variances: Mapping[str, float]
) -> float:
    """Log density of answers and effects, but for a constant."""
    if RESIDUAL in variances:
        squares = (design.trials * (design.y - linear) ** 2).sum() + design.within
        residual = variances[RESIDUAL]
        data = -0.5 * (squares / residual + design.trials.sum() * np.log(residual))
    else:
        data = (design.trials * (design.y * linear - np.logaddexp(0, linear))).sum()
    prior = (_prior(design, variances) * effects.fixed**2).sum()
    return float(data - 0.5 * ((effects.many**2).sum() + (effects.few**2).sum() + prior))


def _linear(
    design: CrossedDesign, roots: tuple[np.ndarray, np.ndarray], effects: _Effects
) -> np.ndarray:
    many, few = roots[0] @ effects.many, roots[1] @ effects.few
    random = many.ravel()[design.in_many] + few.ravel()[design.in_few]
    return design.offset + design.fixed @ effects.fixed + random


def _least_squares(
    design: CrossedDesign, variances: Mapping[str, float], linear: np.ndarray
) -> tuple[_Effects, float, np.ndarray]:
    """Effects, half the log determinant of their precision, covariance of the fixed ones."""
    root_many, root_few = _roots(design, variances)
    sums, target = _working(design, variances, linear)
    n, many, few = sums.both.shape
    cells, k = n * few, len(design.names)
    # The larger side: a block of n × n for each of its members.
    blocks = np.eye(n) + root_many @ (sums.both.sum(2).T[:, :, None] * root_many)
    inverse = np.linalg.inv(blocks)
    spread = root_many @ inverse @ root_many
    # What is left without it: cells of the smaller side, then fixed effects.
    fixed = np.einsum("acd,dak->cak", spread, sums.fixed_many)
    own = summed(design.in_many, target, (n, many))
    explained = np.einsum("acd,da->ca", spread, own)
    precision = np.empty((cells + k, cells + k))
    right = np.empty(cells + k)
    for one in range(n):
        rows, shown = slice(one * few, (one + 1) * few), sums.both[one].T
        for other in range(n):
            columns = slice(other * few, (other + 1) * few)
            precision[rows, columns] = -(shown * spread[:, one, other]) @ sums.both[other]
        precision[rows, cells:] = sums.fixed_few[one] - shown @ fixed[one]
        right[rows] = -shown @ explained[one]
    precision[np.diag_indices(cells)] += sums.both.sum(1).ravel()
    precision[cells:, :cells] = precision[:cells, cells:].T
    precision[cells:, cells:] = sums.fixed - np.einsum("caj,cak->jk", sums.fixed_many, fixed)
    right[:cells] += summed(design.in_few, target, (cells,))
    right[cells:] = design.fixed.T @ target - np.einsum("cak,ca->k", sums.fixed_many, explained)
    # In units of the smaller side's spread.
    precision = _times_root(root_few, few, _times_root(root_few, few, precision).T)
    precision[np.diag_indices_from(precision)] += np.r_[np.ones(cells), _prior(design, variances)]
    factor = linalg.cho_factor(precision, lower=True, check_finite=False)
    found = linalg.cho_solve(factor, _times_root(root_few, few, right[:, None])[:, 0])
    rest = _times_root(root_few, few, found[:, None])[:, 0]
    left = own - sums.fixed_many @ rest[cells:]
    left -= (sums.both @ rest[:cells].reshape(n, few, 1))[..., 0]
    effects = _Effects(
        np.einsum("acd,da->ca", inverse @ root_many, left),
        found[:cells].reshape(n, few),
        found[cells:],
    )
    log_det = np.linalg.slogdet(blocks)[1].sum() + 2 * np.log(np.diag(factor[0])).sum()
    covariance = linalg.cho_solve(factor, np.eye(cells + k)[:, cells:])[cells:]
    return effects, float(log_det / 2), covariance


def _times_root(root: np.ndarray, few: int, rows: np.ndarray) -> np.ndarray:
    """Rows of the smaller side's cells times its root over conditions; the others as they are."""
    cells = len(root) * few
    turned = root @ rows[:cells].reshape(len(root), -1)
    return np.concatenate([turned.reshape(cells, -1), rows[cells:]])
