"""Power of a study by simulation, from what was asked for to its sentences."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.planning.plan import (
    compared_conditions,
    components_of,
    default_trials,
    plan_of,
    power_sentences,
)
from analysis.planning.power import power_table
from analysis.statistics.models.simulated_studies import Plan
from conditions.folder import StudyFolder


@dataclass(frozen=True)
class Wanted:
    """What is asked of a simulation; None stands for what follows from study and pilot.

    Attributes
    ----------
    conditions : str or None
        First and second condition, with a comma.
    effect : str or None
        Difference in accuracy in percentage points, or ``published``.
    base : float or None
        Accuracy in the second condition (%).
    pilot : Path or None
        Data whose spread is taken.
    participants : list of int
        Numbers of participants.
    trials : list of int or None
        Main trials a condition.
    simulations : int
        Simulated studies.
    """

    conditions: str | None
    effect: str | None
    base: float | None
    pilot: Path | None
    participants: list[int]
    trials: list[int] | None
    simulations: int


@dataclass(frozen=True)
class Simulated:
    """The plan that was simulated, its power, and sentences on it."""

    plan: Plan
    table: pd.DataFrame
    sentences: list[str]


def simulated(
    folder: StudyFolder, wanted: Wanted, tell: Callable[[str], object] = lambda remark: None
) -> Simulated:
    """Simulate studies like this one; remarks on the data they rest on are told.

    Raises
    ------
    StudyError
        Where conditions, effect, base or pilot do not fit the study.
    """
    pair = compared_conditions(folder.study, wanted.conditions)
    components = components_of(wanted.pilot, folder.study, pair)
    for remark in components.remarks:
        tell(remark)
    plan = plan_of(folder, components, pair, wanted.effect, wanted.base)
    planned = min(folder.study.main_trials(condition) for condition in pair)
    counts = wanted.trials or default_trials(planned)
    table = power_table(plan, wanted.participants, counts, wanted.simulations, folder.study.seed)
    shown = planned if planned in counts else counts[0]
    return Simulated(plan, table, power_sentences(table, plan, pair, shown))
