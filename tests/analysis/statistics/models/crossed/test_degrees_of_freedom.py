"""Degrees of freedom, where theory knows them."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.statistics.models.crossed.degrees_of_freedom import satterthwaite
from analysis.statistics.models.crossed.design import (
    PARTICIPANT,
    PARTICIPANT_BY,
    CrossedDesign,
    crossed_design,
)
from analysis.statistics.models.crossed.effects import fit_crossed
from tests.analysis.statistics.models.simulated_answers import crossed_trials

PEOPLE, UNITS = 12, 15
DIFFERENCE = np.array([[0.0, 1.0]])


@pytest.fixture
def measured() -> CrossedDesign:
    """Measurements of people in two conditions, without anything of the units' own."""
    trials = crossed_trials([0.0, 0.0], PEOPLE, UNITS, np.random.default_rng(1))
    rng = np.random.default_rng(2)
    own = rng.normal(0, 1.0, PEOPLE)[trials["participant"]]
    own = own + rng.normal(0, 0.8, (2, PEOPLE))[trials["condition"], trials["participant"]]
    y = own + rng.normal(0, 1.0, len(trials))
    design = crossed_design(trials.assign(y=y), "C(condition)")
    return replace(design, terms=(PARTICIPANT, PARTICIPANT_BY))


def test_a_paired_difference_has_those_of_a_paired_t_test(measured):
    fit = fit_crossed(measured, gaussian=True)
    assert satterthwaite(fit, DIFFERENCE) == pytest.approx([PEOPLE - 1], rel=0.02)


def test_where_people_do_not_differ_they_are_those_of_the_trials(measured):
    fit = fit_crossed(replace(measured, terms=()), gaussian=True)
    trials = 2 * PEOPLE * UNITS
    assert satterthwaite(fit, DIFFERENCE) == pytest.approx([trials - 2], rel=0.02)


def test_they_are_at_least_those_of_the_fewer_of_people_and_units():
    rng = np.random.default_rng(3)
    for _ in range(5):
        design = crossed_design(crossed_trials([1.0, 0.5], 6, 8, rng), "C(condition)")
        found = satterthwaite(fit_crossed(design), np.eye(2))
        assert (found >= 5).all()
        assert (found <= 2 * 6 * 8 - 2).all()
