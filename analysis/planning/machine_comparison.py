"""Machine observers against people: whether they find the same units hard."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.machine import CEILING, Machine
from analysis.planning.tables import COMPARISON_TABLE, PAIRS_TABLE
from analysis.result_tables import ALL
from analysis.statistics.answering.reliability import cell_means, rank_correlation, split_half
from analysis.wording import counted, number
from conditions.errors import StudyError
from conditions.seeds import named_rng
from conditions.study.kinds.kind import NONE

RESAMPLES = 2000
FEWEST_UNITS = 3


@dataclass(frozen=True)
class Cells:
    """Accuracy of a machine and of people, cell by cell (a unit in a condition) and participant.

    ``units`` names the unit of each cell; ``machine`` and ``human`` have shape (cells,
    participants), NaN where a participant did not see the cell.
    """

    units: np.ndarray
    machine: np.ndarray
    human: np.ndarray

    @property
    def rho(self) -> float:
        """Spearman's correlation over cells."""
        return rank_correlation(cell_means(self.machine), cell_means(self.human))


def shared_trials(machine: Machine, people: Dataset) -> pd.DataFrame:
    """Main trials with references that both have answered.

    Returns
    -------
    DataFrame
        ``participant``, ``unit``, ``condition``, ``human`` (0 or 1) and ``machine``, the
        probability of the correct answer.
    """
    keys = ["participant", "trial", "unit", "condition"]
    human = people.main[people.main["condition"] != NONE]
    human = human[keys].assign(human=human["correct"].astype(float))
    both = human.merge(machine.main[[*keys, "p_correct"]], on=keys)
    return both.rename(columns={"p_correct": "machine"})


def pairs_table(machines: list[Machine], people: Dataset) -> pd.DataFrame:
    """Accuracy for each observer, unit and condition; columns of ``PAIRS_TABLE``."""
    frames = []
    for machine in _judges(machines):
        groups = shared_trials(machine, people).groupby(["unit", "condition"], sort=True)
        frame = groups.agg(
            n_trials=("human", "size"), machine=("machine", "mean"), human=("human", "mean")
        )
        frames.append(frame.reset_index().assign(observer=machine.name))
    return pd.concat(frames, ignore_index=True)[PAIRS_TABLE.column_names]


def comparison_table(machines: list[Machine], people: Dataset) -> pd.DataFrame:
    """Rank correlations with intervals and noise ceilings; columns of ``COMPARISON_TABLE``.

    Raises
    ------
    StudyError
        Where no machine has answered the trials of a participant.
    """
    rows = []
    for machine in _judges(machines):
        trials = shared_trials(machine, people)
        conditions = [c for c in people.conditions if (trials["condition"] == c).any()]
        for condition in conditions + [ALL] * (len(conditions) > 1):
            chosen = trials if condition == ALL else trials[trials["condition"] == condition]
            cells = cells_of(chosen)
            draw = f"compare/{condition}"
            low, high = correlation_interval(cells, named_rng(people.seed, draw))
            reliability = split_half(cells.human, named_rng(people.seed, f"{draw}/halves"))
            rows.append(
                {
                    "observer": machine.name,
                    "condition": condition,
                    "n_units": chosen["unit"].nunique(),
                    "n_participants": chosen["participant"].nunique(),
                    "machine_accuracy": chosen["machine"].mean(),
                    "human_accuracy": chosen["human"].mean(),
                    "rho": cells.rho,
                    "ci_low": low,
                    "ci_high": high,
                    "ceiling": np.sqrt(reliability) if reliability >= 0 else np.nan,
                    "reliability": reliability,
                }
            )
    if not rows:
        raise StudyError(
            f"{people.title}: no machine observer has answered trials with references of these "
            "participants; run it with --participants all"
        )
    return pd.DataFrame(rows, columns=COMPARISON_TABLE.column_names)


def _judges(machines: list[Machine]) -> list[Machine]:
    """Those that may find units hard: the ceiling is always right."""
    return [machine for machine in machines if machine.role != CEILING]


def cells_of(trials: pd.DataFrame) -> Cells:
    """Trials of :func:`shared_trials` as cells."""
    wide = trials.pivot_table(
        index=["unit", "condition"], columns="participant", values=["machine", "human"]
    )
    units = wide.index.get_level_values("unit").to_numpy()
    return Cells(units, wide["machine"].to_numpy(float), wide["human"].to_numpy(float))


def correlation_interval(cells: Cells, rng: np.random.Generator) -> tuple[float, float]:
    """95 % bootstrap interval of the rank correlation: percentiles over resampled units.

    A unit is drawn with all its conditions. What the choice of participants adds is noise of each
    unit's accuracy, and is resampled with it; resampling participants as well would count it
    twice (in simulations the interval then covers 99.5 % instead of 95 %).

    Returns
    -------
    tuple of float
        NaN with fewer than three units, or without variance.
    """
    names = np.unique(cells.units)
    if len(names) < FEWEST_UNITS or np.isnan(cells.rho):
        return np.nan, np.nan
    of_unit = [np.flatnonzero(cells.units == name) for name in names]
    machine, human = cell_means(cells.machine), cell_means(cells.human)
    found = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([of_unit[i] for i in rng.integers(0, len(names), len(names))])
        found.append(rank_correlation(machine[rows], human[rows]))
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def comparison_sentences(table: pd.DataFrame) -> list[str]:
    """What the table says, a sentence an observer and condition."""
    sentences = []
    for row in table.to_dict("records"):
        where = "over all conditions" if row["condition"] == ALL else f"in {row['condition']}"
        if np.isnan(row["rho"]):
            result = "no rank correlation (accuracy does not vary)"
        else:
            result = f"rank correlation {number(row['rho'])}"
            if not np.isnan(row["ci_low"]):
                result += (
                    f" (95 % bootstrap interval {number(row['ci_low'])} to "
                    f"{number(row['ci_high'])})"
                )
        ceiling = "not known"
        if not np.isnan(row["ceiling"]):
            ceiling = number(row["ceiling"])
        sentences.append(
            f"{row['observer']} {where}: {result} over {counted(row['n_units'], 'unit')} with the "
            f"accuracy of {counted(row['n_participants'], 'participant')}; noise ceiling {ceiling}."
        )
    return sentences
