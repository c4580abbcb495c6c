"""Answers that a mixed model describes, with known effects."""

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.statistics.models.variance_components import PUBLISHED, Components


def crossed_trials(
    effects: list[float],
    participants: int,
    units: int,
    rng: np.random.Generator,
    spread: Components = PUBLISHED,
) -> pd.DataFrame:
    """Everybody answers every unit once in each condition; effects are mean log odds of these.

    Columns ``participant``, ``unit``, ``condition`` (numbers), ``y`` (0 or 1) and ``linear``.
    """
    size = (len(effects), participants, units)
    linear = np.array(effects)[:, None, None] + rng.normal(0, spread.unit, units)
    linear = linear + rng.normal(0, spread.unit_by_condition, (len(effects), 1, units))
    linear = linear + rng.normal(0, spread.participant, (participants, 1))
    linear = linear + rng.normal(0, spread.participant_by_condition, (*size[:2], 1))
    condition, person, unit = (axis.ravel() for axis in np.indices(size))
    y = (rng.random(size) < expit(linear)).astype(float).ravel()
    return pd.DataFrame(
        {
            "participant": person,
            "unit": unit,
            "condition": condition,
            "y": y,
            "linear": linear.ravel(),
        }
    )
