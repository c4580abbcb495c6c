"""Effects that a logistic model cannot know, next to cells with only right or wrong answers."""

import numpy as np
from scipy import optimize

from analysis.statistics.models.crossed.design import CrossedDesign


def full_cells(design: CrossedDesign) -> np.ndarray:
    """Rows of the fixed effects with only right or only wrong answers.

    Returns
    -------
    ndarray of bool, shape (n,)
        For each row of the design whether its cell of fixed effects is one of these.
    """
    _, cell = np.unique(design.fixed, axis=0, return_inverse=True)
    share = np.bincount(cell, design.trials * design.y) / np.bincount(cell, design.trials)
    return ((share == 0) | (share == 1))[cell]


def unbounded(design: CrossedDesign, contrasts: np.ndarray) -> np.ndarray:
    """Which contrasts the answers leave without a bound.

    Parameters
    ----------
    design : CrossedDesign
        With right and wrong answers.
    contrasts : ndarray, shape (m, k)
        Weights of the fixed effects.

    Returns
    -------
    ndarray of bool, shape (m,)

    Notes
    -----
    Where there is a direction in which the fixed effects can go without end, with no answer less
    likely for it (separation), a contrast that changes on the way has no estimate. Such directions
    are sought by linear programming (Konis 2007).

    References
    ----------
    Konis, K. (2007). Linear programming algorithms for detecting separated data in binary logistic
    regression models. DPhil thesis, University of Oxford.
    """
    full = full_cells(design)
    if not full.any():
        return np.zeros(len(contrasts), dtype=bool)
    # Upwards where all are right, downwards where all are wrong, else not at all.
    outwards = np.unique(design.fixed[full] * np.sign(design.y[full] - 0.5)[:, None], axis=0)
    still = np.unique(design.fixed[~full], axis=0)
    found = np.zeros(len(contrasts), dtype=bool)
    for row, contrast in enumerate(contrasts):
        for sign in (1, -1):
            best = optimize.linprog(
                sign * contrast,
                A_ub=-outwards,
                b_ub=np.zeros(len(outwards)),
                A_eq=still if len(still) else None,
                b_eq=np.zeros(len(still)) if len(still) else None,
                bounds=(-1, 1),
            )
            found[row] |= best.fun < -1e-6
    return found
