"""How often the intervals of trends, reliability, repeats and metacognition hold the truth.

In 500 studies of 10 participants (fewer here, but where all is tested thoroughly) they did in
93.4 % (slopes of participants), 94.4 % (of units), 95.6 % (alpha), 95.4 % (adjusted changes) and
94.6 % (M-ratio).
"""

import os
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.statistics.answering.metacognition.m_ratio import m_ratio_tables
from analysis.statistics.answering.reliability import internal_consistency
from analysis.statistics.answering.repeats import adjusted_mean
from analysis.statistics.answering.slopes import line_over_units, mean_of, slopes
from tests.analysis.simulated import dataset_of_kinds
from tests.analysis.statistics.answering.test_m_ratio import with_confidence

STUDIES = 500 if "EXAMPLES" in os.environ else 50
PEOPLE, UNITS, LAYERS = 10, 45, 9
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
Interval = tuple[float, float, float]


def of_people(rng: np.random.Generator) -> Interval:
    """Slope over layers of other people, for the same units; and the truth."""
    layer = np.arange(UNITS) % LAYERS - 4.0
    units = 1.5 + 0.1 * layer + rng.normal(0, 0.9, UNITS)
    log_odds = units + rng.normal(0, 0.3, (PEOPLE, 1)) + rng.normal(0, 0.1, (PEOPLE, 1)) * layer
    right = rng.random((PEOPLE, UNITS)) < expit(log_odds)
    trials = pd.DataFrame(
        {
            "participant": np.repeat(np.arange(PEOPLE), UNITS),
            "x": np.tile(layer, PEOPLE),
            "value": right.ravel().astype(float),
        }
    )
    found = mean_of(slopes(trials))
    spread = np.sqrt(0.3**2 + (0.1 * layer) ** 2)
    truth = expit(units[:, None] + spread[:, None] * NODES) @ WEIGHTS
    return found.low, found.high, np.polyfit(layer, truth, 1)[0]


def of_units(rng: np.random.Generator) -> Interval:
    """Slope over layers of other units, for the same people."""
    layer = np.arange(UNITS) % LAYERS - 4.0
    people = rng.normal(0, 0.3, PEOPLE)
    log_odds = 1.5 + 0.1 * layer[:, None] + rng.normal(0, 0.9, (UNITS, 1)) + people
    right = (rng.random((UNITS, PEOPLE)) < expit(log_odds)).mean(1)
    found = line_over_units(pd.Series(right), pd.Series(layer))
    places = np.arange(LAYERS) - 4.0
    mean = 1.5 + 0.1 * places[:, None, None] + people[:, None] + 0.9 * NODES
    return found.low, found.high, np.polyfit(places, (expit(mean) @ WEIGHTS).mean(1), 1)[0]


def of_alpha(rng: np.random.Generator) -> Interval:
    """Reliability of units: the share of what units differ by in the variance of their means."""
    log_odds = rng.normal(1.5, 0.9, (UNITS, 1)) + rng.normal(0, 0.3, PEOPLE)
    right = (rng.random((UNITS, PEOPLE)) < expit(log_odds)).astype(float)
    _, low, high = internal_consistency(right)
    each = expit(1.5 + 0.9 * NODES[:, None] + 0.3 * NODES) @ WEIGHTS
    single = each @ WEIGHTS
    between = (each - single) ** 2 @ WEIGHTS
    # What is left of a single answer besides people (0.2 % of its variance) and units.
    rest = (single * (1 - single) - between) * 0.998
    return low, high, between / (between + rest / PEOPLE)


def of_changes(rng: np.random.Generator) -> Interval:
    """A change of 0.1 at usual confidence, and regression to the mean."""
    extreme = np.repeat([-1.0, 1.2], 3) + rng.normal(0, 0.2, (PEOPLE, 6))
    # What a participant adds is the same in all of their trials.
    value = 0.1 - 0.4 * extreme + rng.normal(0, 0.3, (PEOPLE, 6)) + rng.normal(0, 0.1, (PEOPLE, 1))
    pairs = {"participant": np.repeat(np.arange(PEOPLE), 6), "extreme": extreme.ravel()}
    found = adjusted_mean(pd.DataFrame(pairs | {"value": value.ravel()}), (-2, 2))
    return found.low, found.high, 0.1


PLAIN = dataset_of_kinds({"natural": 1.0}, PEOPLE, 80)


def of_ratios(rng: np.random.Generator) -> Interval:
    """An M-ratio of 0.8 of people who differ in sensitivity and bias."""
    dataset = with_confidence(PLAIN, 0.8, int(rng.integers(2**31)))
    row = m_ratio_tables(dataset)[0].set_index("over").loc["participants"]
    return row["ci_low"], row["ci_high"], 0.8


@pytest.mark.parametrize("study", [of_people, of_units, of_alpha, of_changes, of_ratios])
def test_intervals_hold_the_truth(study: Callable[[np.random.Generator], Interval]):
    rng = np.random.default_rng(1)
    low, high, truth = np.array([study(rng) for _ in range(STUDIES)]).T
    covered = np.mean((low <= truth) & (truth <= high))
    slack = 3 * np.sqrt(0.05 * 0.95 / STUDIES)
    assert 0.93 - slack <= covered <= 0.97 + slack
