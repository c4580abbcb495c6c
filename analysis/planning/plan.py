"""From a study and an effect to the plan of its power simulation, and to a sentence on it."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.exclude import exclude_not_all
from analysis.data.published import load_published
from analysis.data.study import load_study
from analysis.statistics.models.simulated_studies import Plan
from analysis.statistics.models.variance_components import (
    PUBLISHED,
    PUBLISHED_DESIGN,
    Components,
    estimate_components,
)
from analysis.statistics.ranking.needed import WANTED_POWER
from analysis.wording import counted, percent
from conditions.errors import StudyError
from conditions.folder import StudyFolder, find_study_file, open_study
from conditions.study.kinds.kind import ReferenceKind
from conditions.study.study import Study
from conditions.study.study import load_study as load_study_file

PUBLISHED_EFFECT = "published"
FEW_PARTICIPANTS = 5


def compared_conditions(study: Study, asked: str | None) -> tuple[str, str]:
    """The two conditions whose accuracy is compared, first minus second.

    Raises
    ------
    StudyError
        Where they are not two different conditions of the study.
    """
    names = [name.strip() for name in asked.split(",")] if asked else _usual(study)
    if len(set(names)) != 2 or not set(names) <= set(study.conditions):
        conditions = study.conditions
        example = f", as in {','.join(conditions[:2])}" if len(conditions) > 1 else ""
        raise StudyError(
            f"--conditions: found {','.join(names) or 'nothing'}, wanted two of "
            f"{', '.join(conditions)}{example}"
        )
    return names[0], names[1]


def _usual(study: Study) -> list[str]:
    """The photographs, and the first kind beside them; without photographs the first two kinds."""
    shown = study.kinds_shown
    first = [name for name in shown if name == study.photographs]
    return [*first, *(name for name in shown if name not in first)][:2]


def components_of(pilot: Path | None, study: Study, conditions: tuple[str, str]) -> Components:
    """Components of a pilot (a study folder, or a folder of released CSV files), or published.

    The published accuracies are those of two conditions of the same kinds alone.

    Raises
    ------
    StudyError
        Where the pilot cannot be read or lacks a condition.
    """
    if pilot is None:
        return replace(PUBLISHED, conditions=conditions) if _alike(study, conditions) else PUBLISHED
    if (pilot / "study.yaml").is_file():
        dataset = load_study(open_study(str(pilot), pilot.parent, make=False))
    else:
        dataset = load_published(pilot)[0]
    found = estimate_components(exclude_not_all(dataset)[0], conditions)
    return replace(found, remarks=dataset.remarks)


def _alike(study: Study, conditions: tuple[str, str]) -> bool:
    """Whether two conditions are of the kinds, and methods, that were compared in Experiment I."""
    published = load_study_file(find_study_file(PUBLISHED_DESIGN)).references.values()
    if not set(conditions) <= set(study.references):
        return False
    asked = [study.references[name] for name in conditions]
    return [_kind(one) for one in asked] == [_kind(one) for one in published]


def _kind(reference: ReferenceKind) -> tuple[str, str | None]:
    return reference.kind, getattr(reference, "method", None)


def plan_of(
    folder: StudyFolder,
    components: Components,
    conditions: tuple[str, str],
    effect: str | None,
    base: float | None,
) -> Plan:
    """The plan of a simulation.

    Parameters
    ----------
    folder : StudyFolder
        Its study gives the number of units.
    components : Components
        How participants and units differ.
    conditions : tuple of str
        First and second.
    effect : str, optional
        Difference in accuracy in percentage points, or ``published``; by default the components'.
    base : float, optional
        Accuracy in the second condition in percent; by default the components'.

    Raises
    ------
    StudyError
        Where the effect is neither, or no accuracy is known for these conditions.
    """
    n_units = folder.study.units.count("main")
    points = None if effect == PUBLISHED_EFFECT else effect
    published = effect == PUBLISHED_EFFECT
    known = components_of(None, folder.study, conditions) if published else components
    if (points is None or base is None) and known.conditions != conditions:
        raise StudyError(
            f"--effect: no accuracy is known for {' and '.join(conditions)}; give --effect POINTS "
            "and --base PERCENT, or a --pilot that has both"
        )
    second = known.accuracy[1] if base is None else base / 100
    if points is None:
        difference = known.accuracy[0] - known.accuracy[1]
    elif re.fullmatch(r"[-+]?\d+(\.\d+)?", points):
        difference = float(points) / 100
    else:
        raise StudyError(
            f"--effect: found {points!r}, wanted percentage points, as in 10, or {PUBLISHED_EFFECT}"
        )
    return Plan(components, (second + difference, second), n_units)


def default_trials(planned: int) -> list[int]:
    """The study's main trials a condition, half as many and twice as many."""
    return sorted({max(1, planned // 2), planned, 2 * planned})


def power_sentences(
    table: pd.DataFrame, plan: Plan, conditions: tuple[str, str], n_trials: int
) -> list[str]:
    """A sentence for a preregistration, and what a reader has to know about it."""
    c, (first, second) = plan.components, plan.accuracy
    rows = table[table["n_trials"] == n_trials].sort_values("n_participants")
    enough = rows[rows["power"] >= WANTED_POWER]
    chosen = enough.iloc[0] if len(enough) else rows.iloc[-1]
    difference = abs(100 * (first - second))
    text = (
        f"With {counted(int(chosen['n_participants']), 'participant')} and "
        f"{counted(n_trials, 'main trial')} in each condition on {counted(plan.n_units, 'unit')}, "
        f"a two-sided exact Wilcoxon signed-rank test over participants (alpha = .05) has a power "
        f"of {percent(chosen['power'])} % (95 % interval {percent(chosen['power_low'])} to "
        f"{percent(chosen['power_high'])} %, {int(chosen['simulations'])} simulated studies) to "
        f"detect a difference of {difference:.1f} percentage points between {conditions[0]} "
        f"({percent(first)} %) and {conditions[1]} ({percent(second)} %) references; the 95 % "
        f"interval of the difference is expected to be ± {100 * chosen['half_width']:.1f} points."
    )
    sentences = [text]
    if not len(enough) and difference > 0:
        sentences.append(
            f"No simulated number of participants reaches a power of {percent(WANTED_POWER, 0)} %."
        )
    sentences.append(
        "Standard deviations in log odds: participants "
        f"{c.participant:.2f}, participants by condition {c.participant_by_condition:.2f}, units "
        f"{c.unit:.2f}, units by condition {c.unit_by_condition:.2f}, from {c.source} "
        f"({counted(c.n_participants, 'participant')}, {counted(c.n_trials, 'trial')}). The effect "
        "is that for the units of the study. Where both conditions are equally accurate, "
        f"{percent(chosen['false_alarms'])} % of the simulated studies find a difference: ranks of "
        "few participants are coarse, and the exact test keeps to 5 % at most, but for the error "
        "of the simulation."
    )
    if c.n_participants < FEW_PARTICIPANTS:
        sentences.append(
            f"{counted(c.n_participants, 'participant')} say little about how people differ: take "
            "the components of a pilot with five or more, or the published ones."
        )
    least = int(np.ceil(1 - np.log2(0.05)))
    if rows["n_participants"].min() < least:
        sentences.append(f"With fewer than {least} participants this test cannot reach p < .05.")
    return sentences
