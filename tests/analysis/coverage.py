"""How often intervals hold the truth, in simulated studies with the published spread of units."""

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq
from scipy.special import expit

from analysis.statistics.inference.intervals import proportion_interval
from analysis.statistics.models.variance_components import PUBLISHED

ACCURACIES = (0.5, 0.7, 0.82, 0.92, 0.98)
SPREADS = (0.0, 0.5, 1.0)
UNITS = 45


def cells_table(participants: int, studies: int) -> pd.DataFrame:
    """Coverage of the interval of a mean over participants, by accuracy and spread of people.

    The truth is the mean over a study's units and all possible participants.

    Returns
    -------
    DataFrame
        ``accuracy``, ``spread`` (SD of participants in log odds), ``coverage``, and that of
        Student's interval (``students``).
    """
    rows = []
    for accuracy in ACCURACIES:
        for spread in SPREADS:
            rng = np.random.default_rng([participants, round(100 * accuracy), round(10 * spread)])
            found, truth = _studies(accuracy, spread, participants, studies, rng)
            low, high = proportion_interval(found, np.full(participants, UNITS))
            half = stats.t.ppf(0.975, participants - 1) * stats.sem(found, axis=1)
            rows.append(
                {
                    "participants": participants,
                    "accuracy": accuracy,
                    "spread": spread,
                    "coverage": float(((low <= truth) & (truth <= high)).mean()),
                    "students": float((np.abs(found.mean(1) - truth) <= half).mean()),
                }
            )
    return pd.DataFrame(rows)


def _studies(
    accuracy: float, spread: float, participants: int, studies: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Proportions correct, shape (studies, participants), and each study's true mean."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(31)
    weights = weights / weights.sum()
    total = np.hypot(PUBLISHED.unit, spread)
    mean = brentq(lambda b: expit(b + total * nodes) @ weights - accuracy, -20, 20)
    units = rng.normal(mean, PUBLISHED.unit, (studies, 1, UNITS))
    people = rng.normal(0, spread, (studies, participants, 1))
    right = rng.random((studies, participants, UNITS)) < expit(units + people)
    truth = (expit(units[:, 0, :, None] + spread * nodes) @ weights).mean(-1)
    return right.mean(-1), truth
