"""How much participants and units differ: what a simulated study is made of."""

from dataclasses import dataclass

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.statistics.models.crossed.design import (
    PARTICIPANT,
    PARTICIPANT_BY,
    TERMS,
    UNIT,
    UNIT_BY,
    crossed_design,
)
from analysis.statistics.models.crossed.effects import fit_crossed
from analysis.wording import number
from conditions.errors import StudyError


@dataclass(frozen=True)
class Components:
    """Accuracy in two conditions and the spread around it.

    Attributes
    ----------
    source : str
        Where they come from.
    conditions : tuple of str
        First and second.
    accuracy : tuple of float
        Proportion correct in each, 0…1.
    participant, participant_by_condition, unit, unit_by_condition : float
        Standard deviations in log odds: what a participant (unit) has in common over both
        conditions, and what is its own in each.
    n_participants, n_trials : int
        Of the data.
    remarks : tuple of str
        What a reader has to know about the data.
    """

    source: str
    conditions: tuple[str, str]
    accuracy: tuple[float, float]
    participant: float
    participant_by_condition: float
    unit: float
    unit_by_condition: float
    n_participants: int
    n_trials: int
    remarks: tuple[str, ...] = ()


# The design whose first two kinds were compared there: photographs, then visualisations.
PUBLISHED_DESIGN = "experiment_1"
# Of the released data of Borowski et al. (2021), Experiment I, main trials, by estimate_components.
PUBLISHED = Components(
    source="the published Experiment I (Borowski et al. 2021)",
    conditions=("photographs", "feature visualisations"),
    accuracy=(415 / 450, 369 / 450),
    participant=0.0,
    participant_by_condition=0.18,
    unit=0.90,
    unit_by_condition=0.46,
    n_participants=10,
    n_trials=900,
)


def estimate_components(dataset: Dataset, conditions: tuple[str, str]) -> Components:
    """Estimate the components from main trials.

    Parameters
    ----------
    dataset : Dataset
        A pilot, or a whole study.
    conditions : tuple of str
        The two to be compared.

    Raises
    ------
    StudyError
        Where a condition has no trials, or there are fewer than two participants or units.

    Notes
    -----
    Those of the mixed model of accuracy in these two conditions, see
    :func:`analysis.statistics.models.crossed.effects.fit_crossed`; 0 where the data do not tell a
    spread from none, or from the one beside it.
    """
    trials = dataset.main[dataset.main["condition"].isin(conditions)]
    _check(dataset, trials, conditions)
    y = trials["correct"].astype(float)
    second = (trials["condition"] == conditions[1]).astype(int)
    fit = fit_crossed(
        crossed_design(trials[["participant", "unit"]].assign(y=y, condition=second), "condition")
    )
    means = y.groupby(trials["condition"].astype(str)).mean()
    spreads = dict.fromkeys(TERMS, 0.0) | fit.random_sd
    return Components(
        source=dataset.title,
        conditions=conditions,
        accuracy=(float(means[conditions[0]]), float(means[conditions[1]])),
        participant=spreads[PARTICIPANT],
        participant_by_condition=spreads[PARTICIPANT_BY],
        unit=spreads[UNIT],
        unit_by_condition=spreads[UNIT_BY],
        n_participants=int(trials["participant"].nunique()),
        n_trials=len(trials),
    )


def spread_words(sd: float) -> str:
    """A standard deviation; 0 is the bound of what is searched, and no finding.

    >>> spread_words(0.183), spread_words(0.0)
    ('0.18', '0 (at its bound)')
    """
    return number(sd) if sd > 0 else "0 (at its bound)"


def _check(dataset: Dataset, trials: pd.DataFrame, conditions: tuple[str, str]) -> None:
    for condition in conditions:
        if not (trials["condition"] == condition).any():
            raise StudyError(
                f"{dataset.title}: no main trials of condition {condition}; it has "
                f"{', '.join(dataset.conditions) or 'none'}"
            )
    for column in ("participant", "unit"):
        if trials[column].nunique() < 2:
            raise StudyError(
                f"{dataset.title}: found 1 {column}, wanted two or more to see how they differ"
            )
