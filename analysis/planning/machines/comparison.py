"""Machine observers against people: whether they find the same units hard."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data.dataset import Dataset
from analysis.data.machine import CEILING, Machine
from analysis.planning.machines.tables import COMPARISON_TABLE, PAIRS_TABLE
from analysis.result_columns import ALL
from analysis.statistics.answering.reliability import cell_means, rank_correlation, split_half
from analysis.wording import counted, number
from conditions.errors import StudyError
from conditions.seeds import named_rng
from conditions.study.kinds.kind import NONE

RESAMPLES = 2000
FEWEST_FOR_INTERVAL = 10


@dataclass(frozen=True)
class Interval:
    """Ends of an interval, NaN where there is none, and how many resamples were undefined."""

    low: float = np.nan
    high: float = np.nan
    undefined: int = 0


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
        Where no machine but the ceiling has answered, or none the trials of a participant.
    """
    rows = []
    for machine in _judges(machines):
        trials = shared_trials(machine, people)
        conditions = [c for c in people.conditions if (trials["condition"] == c).any()]
        for condition in conditions + [ALL] * (len(conditions) > 1):
            chosen = trials if condition == ALL else trials[trials["condition"] == condition]
            cells = cells_of(chosen)
            draw = f"compare/{condition}"
            interval = correlation_interval(cells, named_rng(people.seed, draw))
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
                    "ci_low": interval.low,
                    "ci_high": interval.high,
                    "n_undefined": interval.undefined,
                    "ceiling": np.sqrt(reliability) if reliability >= 0 else np.nan,
                    "reliability": reliability,
                }
            )
    if not _judges(machines):
        raise StudyError(
            f"{people.title}: no machine observer but the ceiling, which is always right; wanted "
            "one that may find units hard: --embedding pixels, or any but oracle"
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


def correlation_interval(cells: Cells, rng: np.random.Generator) -> Interval:
    """95 % bootstrap interval of the rank correlation: percentiles over resampled units.

    A unit is drawn with all its conditions. What the choice of participants adds is noise of each
    unit's accuracy, and is resampled with it; resampling participants as well would count it
    twice (in simulations the interval then covers 99.5 % instead of 95 %). The percentiles are
    those of Hesterberg's expanded interval (2015, The American Statistician 69, 371-386), further
    out the fewer units there are.

    A resample in which accuracy does not vary has no correlation. It counts as -1 at the lower end
    and as 1 at the upper end; where so many are of that kind that they would be the ends, there is
    no interval, and none of fewer than ten units, where that is the rule and not the exception.
    """
    names = np.unique(cells.units)
    if len(names) < FEWEST_FOR_INTERVAL or np.isnan(cells.rho):
        return Interval()
    of_unit = [np.flatnonzero(cells.units == name) for name in names]
    machine, human = cell_means(cells.machine), cell_means(cells.human)
    found = np.empty(RESAMPLES)
    for resample in range(RESAMPLES):
        rows = np.concatenate([of_unit[i] for i in rng.integers(0, len(names), len(names))])
        found[resample] = rank_correlation(machine[rows], human[rows])
    undefined = int(np.isnan(found).sum())
    n = len(names)
    tail = stats.norm.cdf(-np.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1))
    if undefined > tail * RESAMPLES:
        return Interval(undefined=undefined)
    low = np.quantile(np.nan_to_num(found, nan=-1), tail)
    high = np.quantile(np.nan_to_num(found, nan=1), 1 - tail)
    return Interval(float(low), float(high), undefined)


def comparison_sentences(table: pd.DataFrame) -> list[str]:
    """What the table says, a sentence an observer and condition."""
    sentences = []
    for row in table.to_dict("records"):
        where = "over all conditions" if row["condition"] == ALL else f"in {row['condition']}"
        if np.isnan(row["rho"]):
            result = "no rank correlation (accuracy does not vary)"
        else:
            result = f"rank correlation {number(row['rho'])} ({_interval_in_words(row)})"
        ceiling = "not known"
        if not np.isnan(row["ceiling"]):
            ceiling = number(row["ceiling"])
        sentences.append(
            f"{row['observer']} {where}: {result} over {counted(row['n_units'], 'unit')} with the "
            f"accuracy of {counted(row['n_participants'], 'participant')}; noise ceiling {ceiling}."
        )
    return sentences


def _interval_in_words(row: dict) -> str:
    """The interval of a row of the table, or why there is none."""
    if row["n_units"] < FEWEST_FOR_INTERVAL:
        return f"no interval: it would take {FEWEST_FOR_INTERVAL} units"
    flat = f"{row['n_undefined']} of {RESAMPLES} resamples of the units"
    if np.isnan(row["ci_low"]):
        return f"no interval: in {flat} accuracy does not vary"
    words = f"95 % bootstrap interval {number(row['ci_low'])} to {number(row['ci_high'])}"
    if row["n_undefined"]:
        words += f"; accuracy does not vary in {flat}, which count as -1 and as 1"
    return words
