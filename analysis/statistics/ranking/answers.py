"""Answers of people and of machine observers as cells: one value a participant and unit."""

from dataclasses import dataclass

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.machine import Machine
from analysis.data.measures import ACCURACY, CONFIDENCE, RT, Measure
from analysis.statistics.ranking.table import PEOPLE

MEASURES = (ACCURACY, RT, CONFIDENCE)
RANGES = {ACCURACY.name: (0.0, 1.0), RT.name: (0.0, float("inf")), CONFIDENCE.name: (1.0, 3.0)}


@dataclass(frozen=True)
class Answers:
    """Main trials of one observer, catch trials left out.

    Attributes
    ----------
    observer : str
        ``people``, or the name of a machine observer.
    trials : DataFrame
        ``participant``, ``unit``, ``condition``, ``scheme``, and a column of floats a measure.
    measures : tuple of str
        Those columns.
    """

    observer: str
    trials: pd.DataFrame
    measures: tuple[str, ...]

    def of(self, condition: str, measure: str) -> pd.DataFrame:
        """Trials of a condition in which a measure is known."""
        trials = self.trials
        return trials[(trials["condition"] == condition) & trials[measure].notna()]

    def cells(self, condition: str, measure: str) -> pd.DataFrame:
        """Means of a condition, one row a participant, one column a unit; NaN where unknown."""
        chosen = self.of(condition, measure)
        return chosen.pivot_table(index="participant", columns="unit", values=measure)


def answers_of_people(dataset: Dataset) -> Answers:
    """Accuracy, reaction time and confidence of people."""
    trials = dataset.main[["participant", "unit", "condition", "scheme"]].assign(
        **{measure.name: _floats(measure, dataset.main) for measure in MEASURES}
    )
    return Answers(PEOPLE, trials, tuple(measure.name for measure in MEASURES))


def answers_of_machine(machine: Machine) -> Answers:
    """Probabilities of the correct answer.

    A machine answers the same images in the same way: participants who were shown the same ones
    are one row.
    """
    main = machine.main
    trials = main[["unit", "condition", "scheme"]].assign(
        participant=main["participant"].map(image_sets(main)), accuracy=main["p_correct"]
    )
    return Answers(machine.name, trials, (ACCURACY.name,))


def image_sets(main: pd.DataFrame) -> pd.Series:
    """Number of the set of images of each participant, from 1: equal where all batches are."""
    names = ["condition", "scheme", "unit", "batch"]
    numbers: dict[frozenset, int] = {}
    sets: dict[object, int] = {}
    for participant, rows in main.groupby("participant"):
        shown = frozenset(rows[names].itertuples(index=False, name=None))
        sets[participant] = numbers.setdefault(shown, len(numbers) + 1)
    return pd.Series(sets)


def _floats(measure: Measure, trials: pd.DataFrame) -> pd.Series:
    return measure.values(trials).astype("float64")
