"""Power of a study by simulation, from what was asked for to its sentences."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.planning.power.plan import (
    compared_conditions,
    components_of,
    plan_of,
    planned_trials,
    study_designs,
)
from analysis.planning.power.sentences import power_sentences
from analysis.planning.power.simulation import power_table
from analysis.statistics.models.simulated_studies import Plan
from conditions.folder import StudyFolder


@dataclass(frozen=True)
class Wanted:
    """What is asked of a simulation; None stands for what follows from study and pilot.

    Attributes
    ----------
    conditions : str or None
        First and second condition, with a comma; by default those of the primary question.
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

    conditions: tuple[str, str]
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
    study = folder.study
    pair = compared_conditions(study, wanted.conditions)
    components = components_of(wanted.pilot, study, pair)
    for remark in components.remarks:
        tell(remark)
    plan = plan_of(folder, components, pair, wanted.effect, wanted.base)
    designs = study_designs(study, pair, wanted.trials)
    smallest = study.analysis.smallest_effect
    table = power_table(
        plan,
        wanted.participants,
        designs,
        wanted.simulations,
        study.seed,
        None if smallest is None else smallest / 100,
    )
    planned = planned_trials(study, pair)
    shown = planned if planned in designs else next(iter(designs))
    alone = wanted.participants[0] if len(wanted.participants) == 1 else None
    sentences = power_sentences(table, plan, pair, shown, study.analysis.over, alone)
    return Simulated(pair, plan, table, sentences)
