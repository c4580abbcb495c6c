"""From a study and an effect to the plan of its power simulation."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from analysis.data.exclude import exclude_not_all
from analysis.data.published import load_published
from analysis.data.study import load_study
from analysis.planning.power.simulation import Design, even_design
from analysis.statistics.models.simulated_studies import Plan, dealt
from analysis.statistics.models.variance_components import (
    PUBLISHED,
    PUBLISHED_DESIGN,
    Components,
    estimate_components,
)
from conditions.errors import StudyError
from conditions.folder import StudyFolder, find_study_file, open_study
from conditions.study.asked.questions import CHANCE
from conditions.study.kinds.kind import ReferenceKind
from conditions.study.study import Study
from conditions.study.study import load_study as load_study_file
from conditions.trials.counterbalance import unit_block_of

PUBLISHED_EFFECT = "published"


def compared_conditions(study: Study, asked: str | None) -> tuple[str, str]:
    """The two conditions whose accuracy is compared, first minus second: by default the primary.

    Raises
    ------
    StudyError
        Where they are not two different conditions of the study, or it has one only.
    """
    if len(study.conditions) < 2:
        raise StudyError(
            f"{study.name}: found one condition, {study.conditions[0]}, wanted two to compare"
        )
    primary = study.questions.primary
    two = primary is not None and primary.name != CHANCE
    usual = [primary.first, primary.second] if primary and two else study.kinds_shown
    names = [name.strip() for name in asked.split(",")] if asked else usual
    if len(set(names)) != 2 or not set(names) <= set(study.conditions):
        conditions = study.conditions
        example = f", as in {','.join(conditions[:2])}" if len(conditions) > 1 else ""
        raise StudyError(
            f"--conditions: found {','.join(names) or 'nothing'}, wanted two of "
            f"{', '.join(conditions)}{example}"
        )
    return names[0], names[1]


def components_of(pilot: Path | None, study: Study, conditions: tuple[str, str]) -> Components:
    """Components of a pilot (a study folder, or a folder of released CSV files), or published.

    The published accuracies are those of two conditions of the same kinds alone.

    Raises
    ------
    StudyError
        Where the pilot cannot be read or lacks a condition.
    """
    if pilot is None:
        accuracy = _published_accuracy(study, conditions)
        if accuracy is None:
            return PUBLISHED
        return replace(PUBLISHED, conditions=conditions, accuracy=accuracy)
    if (pilot / "study.yaml").is_file():
        dataset = load_study(open_study(str(pilot), pilot.parent, make=False))
    else:
        dataset = load_published(pilot)[0]
    found = estimate_components(exclude_not_all(dataset)[0], conditions)
    return replace(found, remarks=dataset.remarks)


def _published_accuracy(study: Study, conditions: tuple[str, str]) -> tuple[float, float] | None:
    """Accuracy in two conditions whose kinds, and methods, were compared in Experiment I."""
    published = load_study_file(find_study_file(PUBLISHED_DESIGN)).references.values()
    if not set(conditions) <= set(study.references):
        return None
    known = [_kind(one) for one in published]
    first, second = (_kind(study.references[name]) for name in conditions)
    if [first, second] == known:
        return PUBLISHED.accuracy
    return PUBLISHED.accuracy[::-1] if [second, first] == known else None


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
    wanted = [("effect", "POINTS", points), ("base", "PERCENT", base)]
    missing = [f"--{name} {unit}" for name, unit, given in wanted if given is None]
    if missing and known.conditions != conditions:
        raise StudyError(
            f"{missing[0].split()[0]}: no accuracy is known for {' and '.join(conditions)}; give "
            f"{' and '.join(missing)}, or a --pilot that has both"
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


def study_designs(
    study: Study, conditions: tuple[str, str], trials: list[int] | None
) -> dict[int, Design]:
    """What participants see, by main trials a condition: as the study has it, and in other numbers.

    Parameters
    ----------
    study : Study
        The study.
    conditions : tuple of str
        First and second.
    trials : list of int, optional
        Numbers of main trials; by default half the study's, the study's and twice as many. In
        other numbers than the study's, participants meet the same units in both conditions.
    """
    n_units, planned = study.units.count("main"), planned_trials(study, conditions)
    numbers = trials or sorted({max(1, planned // 2), planned, 2 * planned})
    return {
        n: _as_designed(study, conditions) if n == planned else even_design(n_units, n)
        for n in numbers
    }


def planned_trials(study: Study, conditions: tuple[str, str]) -> int:
    """Main trials of a participant in a condition; the smaller number where they differ."""
    return min(study.main_trials(condition) for condition in conditions)


def _as_designed(study: Study, conditions: tuple[str, str]) -> Design:
    n_units = study.units.count("main")

    def design(participants: int, rng: np.random.Generator) -> np.ndarray:
        if not study.unit_blocks:
            return np.stack(
                [dealt(n_units, study.main_trials(c), participants, rng) for c in conditions]
            )
        places = _places(study)
        shown = np.zeros((2, participants, n_units), dtype=int)
        for (c, condition), i in product(enumerate(conditions), range(participants)):
            for part in study.parts:
                if condition in part.conditions:
                    shown[c, i, places[unit_block_of(study, part, i + 1)]] += 1
        return shown

    return design


def _places(study: Study) -> dict[str | None, slice]:
    """Which of the main units each block has."""
    places: dict[str | None, slice] = {}
    start = 0
    for name, role in study.units.block_names.items():
        if role == "main":
            count = study.units.count("main", name)
            places[name], start = slice(start, start + count), start + count
    return places
