"""How often intervals hold the truth, in simulated studies with the published spread of units."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq
from scipy.special import expit
from statsmodels.stats.proportion import proportion_confint

from analysis.planning.power.primary_tests import POPULATIONS, primary_tests
from analysis.statistics.inference.crossed import PARTICIPANTS
from analysis.statistics.inference.intervals import proportion_interval
from analysis.statistics.models.simulated_studies import Plan, simulate_answers
from analysis.statistics.models.variance_components import PUBLISHED

ACCURACIES = (0.5, 0.7, 0.82, 0.92, 0.98)
SPREADS = (0.0, 0.5, 1.0)
UNITS = 45
PAIRS = ((0.5, 0.5), (0.82, 0.82), (0.92, 0.82), (0.98, 0.9), (0.98, 0.98))
# Between what two ways of estimating it give for the published data.
PUBLISHED_SPREAD = 0.5


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
    mean = _mean_for(accuracy, float(np.hypot(PUBLISHED.unit, spread)))
    units = rng.normal(mean, PUBLISHED.unit, (studies, 1, UNITS))
    people = rng.normal(0, spread, (studies, participants, 1))
    right = rng.random((studies, participants, UNITS)) < expit(units + people)
    truth = (expit(units[:, 0, :, None] + spread * nodes) @ weights).mean(-1)
    return right.mean(-1), truth


def units_coverage(participants: int) -> pd.DataFrame:
    """Coverage of Wilson's interval of a unit by that of so many participants, computed.

    Of a single unit it depends on where its proportion lies between those that so many trials can
    give; this is the mean over units that differ as the published ones do.

    Returns
    -------
    DataFrame
        ``accuracy`` (mean of the units) and ``coverage``.
    """
    right = np.arange(participants + 1)
    low, high = proportion_confint(right, participants, method="wilson")
    nodes, weights = np.polynomial.hermite_e.hermegauss(201)
    spread = float(np.hypot(PUBLISHED.unit, PUBLISHED.unit_by_condition))
    rows = []
    for accuracy in ACCURACIES:
        p = expit(_mean_for(accuracy, spread) + spread * nodes)
        held = (low[:, None] <= p) & (p <= high[:, None])
        coverage = (stats.binom.pmf(right[:, None], participants, p) * held).sum(0)
        rows.append(
            {
                "participants": participants,
                "accuracy": accuracy,
                "coverage": float(coverage @ weights / weights.sum()),
            }
        )
    return pd.DataFrame(rows)


def _mean_for(accuracy: float, spread: float) -> float:
    """Mean log odds of a proportion right that is spread so much."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(31)
    weights = weights / weights.sum()
    return float(brentq(lambda b: expit(b + spread * nodes) @ weights - accuracy, -20, 20))


def differences_table(
    design: str, participants: int, units: int, studies: int, spread: float = PUBLISHED_SPREAD
) -> pd.DataFrame:
    """Coverage of the interval of a difference of two conditions, by their accuracies.

    Parameters
    ----------
    design : str
        A key of :data:`DESIGNS`.
    participants, units : int
        Of a study.
    studies : int
        That are simulated.
    spread : float
        SD of units by condition in log odds.

    Returns
    -------
    DataFrame
        ``over``, ``first`` and ``second`` (accuracies), ``coverage``, mean ``half_width``, share
        of intervals of no width (``none``), and ``found``: share with p < .05, which is that of
        false positives where the accuracies are equal.
    """
    rows = []
    c = replace(PUBLISHED, participant=0.3, unit_by_condition=spread)
    for (first, second), over in product(PAIRS, POPULATIONS):
        rng = np.random.default_rng([participants, units, round(100 * first), round(100 * second)])
        shown = DESIGNS[design](participants, units, rng)
        plan = Plan(c, (first, second), units)
        answers = simulate_answers(plan, shown, studies, rng, same_units=over == PARTICIPANTS)
        found = primary_tests(answers, shown, over)
        missed = np.abs(found.difference - (first - second)) > found.half_width
        rows.append(
            {
                "design": design,
                "participants": participants,
                "units": units,
                "spread": spread,
                "over": over,
                "first": first,
                "second": second,
                "coverage": float(1 - missed.mean()),
                "half_width": float(found.half_width.mean()),
                "none": float((~(found.half_width > 0)).mean()),
                "found": float((found.p < 0.05).mean()),
            }
        )
    return pd.DataFrame(rows)


def _both(participants: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """Every participant meets every unit in both conditions, as in Experiment I."""
    return np.ones((2, participants, units), dtype=int)


def _a_quarter(participants: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """A quarter of the units in both conditions, as with one scheme of Experiment II."""
    block = np.arange(units) * 4 // units
    met = block == np.arange(participants)[:, None] % 4
    return np.stack([met, met]).astype(int)


def _apart(participants: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """One half of the units in one condition, the other in the other; halves take turns."""
    half = np.arange(units) % 2 == np.arange(participants)[:, None] % 2
    return np.stack([half, ~half]).astype(int)


DESIGNS = {"both": _both, "a quarter": _a_quarter, "apart": _apart}
