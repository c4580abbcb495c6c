"""How large a study would have to be that decides between a kind and the baseline, in words."""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.data.dataset import Dataset
from analysis.statistics.inference.crossed import BOTH
from analysis.statistics.models.simulated_studies import Plan
from analysis.statistics.models.variance_components import estimate_components
from analysis.statistics.ranking.needed import NUMBERS, Needed, needed
from analysis.wording import counted


def size_of_study(
    row: dict[Hashable, Any], people: Dataset, baseline: str, level: float
) -> str | None:
    """In words; None where people or units are too few to see how they differ, or all are equal.

    Parameters
    ----------
    row : dict
        Columns of :data:`analysis.statistics.ranking.table.RANKING_TABLE`, of a kind.
    people : Dataset
        The study's data.
    baseline : str
        Kind that it is compared with.
    level : float
        Of the test, below 0.05 where it is one of several.
    """
    known = row["baseline_over"] == BOTH and not np.isnan(row["baseline_low"])
    if not known or not row["baseline_difference"]:
        return None
    kind = str(row["condition"])
    components = estimate_components(people, (kind, baseline))
    n_people, n_units = int(row["n_participants"]), int(row["n_units"])
    trials = people.main[people.main["condition"] == kind]
    share = min(1.0, row["baseline_cells"] / (n_people * n_units))
    repeats = max(1, round(len(trials) / max(row["baseline_cells"], 1)))
    # At the very ceiling half an answer is taken as wrong, so that it is no certainty.
    edge = 0.5 / len(trials)
    second = components.accuracy[1]
    accuracies = (second + row["baseline_difference"], second)
    first, second = np.clip(accuracies, edge, 1 - edge).tolist()
    plan = Plan(replace(components, accuracy=(first, second)), (first, second), n_units)
    found = needed(plan, n_people, share, repeats, level, people.seed, f"{kind}/{baseline}")
    return in_words(found, n_people, n_units)


def in_words(found: Needed, n_people: int, n_units: int) -> str:
    """How large the study would have to be.

    >>> in_words(Needed(participants=24), 10, 45)
    'about 24 participants'
    >>> in_words(Needed(units=80), 10, 45)
    'more units: about 80 units with 10 participants'
    """
    if found.participants is not None:
        return f"about {counted(found.participants, 'participant')}"
    if found.endless:
        return f"more than {NUMBERS[-1]} participants"
    with_people = f"with {counted(n_people, 'participant')}"
    if found.units is not None:
        return f"more units: about {counted(found.units, 'unit')} {with_people}"
    return f"more units: more than {max(NUMBERS[-1], n_units)} units {with_people}"
