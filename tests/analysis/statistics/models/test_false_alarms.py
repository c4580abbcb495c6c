"""Studies without an effect, of people and units that differ by condition: how often p < .05."""

import os
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.models.crossed.design import crossed_design
from analysis.statistics.models.crossed.effects import fit_crossed
from analysis.statistics.models.estimates import estimates
from analysis.statistics.models.variance_components import PUBLISHED
from tests.analysis.statistics.models.simulated_answers import crossed_trials

# Of the smallest design; the others run where there is time for 300 and more.
STUDIES = int(os.environ.get("STUDIES", "100"))
LIKE_PUBLISHED = replace(PUBLISHED, participant=0.2, unit_by_condition=0.5)
ACCURATE = 2.3
OFTEN = pytest.mark.skipif(STUDIES < 300, reason="takes minutes: STUDIES=300 runs it")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("people", "units"),
    [(10, 45), pytest.param(23, 80, marks=OFTEN), pytest.param(50, 45, marks=OFTEN)],
)
def test_without_an_effect_five_in_a_hundred_studies_find_one(people, units):
    """As over units too; a model without condition slopes finds one in 14 to 22."""
    rng, false_alarms = np.random.default_rng(people), 0
    for _ in range(STUDIES):
        trials = crossed_trials([ACCURATE, ACCURATE], people, units, rng, LIKE_PUBLISHED)
        fit = fit_crossed(crossed_design(trials, "C(condition)"))
        false_alarms += int(estimates(fit, np.array([[0.0, 1.0]])).p[0] < 0.05)
    least, most = stats.binom.ppf([0.005, 0.995], STUDIES, 0.05)
    assert least <= false_alarms <= most
