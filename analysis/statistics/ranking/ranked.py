"""Which kinds of reference help more than a baseline: the ranking of a study's kinds."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.kinds import Kinds
from analysis.data.machine import CEILING, Machine
from analysis.data.measures import ACCURACY
from analysis.statistics.inference.contrasts import ROUNDING
from analysis.statistics.inference.crossed import (
    BOTH,
    CrossedMean,
    crossed_mean,
    crossed_proportion,
)
from analysis.statistics.inference.rank_tests import holm
from analysis.statistics.ranking.answers import (
    RANGES,
    Answers,
    answers_of_machine,
    answers_of_people,
)
from analysis.statistics.ranking.study_size import size_of_study
from analysis.statistics.ranking.table import NO, PEOPLE, RANKING_TABLE, UNDECIDED, YES
from conditions.study.kinds.kind import NONE

ALPHA = 0.05


@dataclass(frozen=True)
class Ranking:
    """The ranking of a study.

    Attributes
    ----------
    baseline : str
        Kind that the others are compared with.
    kinds : list of str
        Kinds with references, in the study's order.
    table : DataFrame
        Columns of :data:`analysis.statistics.ranking.table.RANKING_TABLE`.
    schemes : dict of str to tuple of str
        Schemes with which each kind was shown, where they are known.
    """

    baseline: str
    kinds: list[str]
    table: pd.DataFrame
    schemes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def rows(self, observer: str, measure: str = ACCURACY.name) -> pd.DataFrame:
        """Rows of an observer and measure."""
        table = self.table
        return table[(table["observer"] == observer) & (table["measure"] == measure)]

    @property
    def observers(self) -> list[str]:
        """People first, then machines."""
        return list(dict.fromkeys(self.table["observer"]))


def rank(
    observers: list[Answers],
    conditions: list[str],
    baseline: str,
    experiment: str,
    people: Dataset | None = None,
) -> Ranking:
    """Compare all kinds of reference with a baseline and with none.

    Parameters
    ----------
    observers : list of Answers
        People first.
    conditions : list of str
        The study's kinds in its order, and ``none`` where it has trials without references.
    baseline : str
        One of them, not ``none``.
    experiment : str
        Name in the table.
    people : Dataset, optional
        The data of people: says how large a study would have to be where it decides nothing.

    Notes
    -----
    See :func:`analysis.statistics.inference.crossed.crossed_mean` for intervals and tests. A kind
    is better where it is more accurate than the baseline and p after Holm's correction, over the
    kinds that are compared with it, is below 0.05; ``no`` means that it is worse in the same sense.
    Nothing is decided by one participant alone, nor with one unit.
    """
    kinds = [name for name in conditions if name != NONE]
    rows = [
        row
        for answers in observers
        for measure in answers.measures
        for row in _rows(answers, measure, conditions, baseline)
    ]
    table = pd.DataFrame(rows).reindex(columns=RANKING_TABLE.column_names)
    table = table.assign(experiment=experiment)
    if people is not None:
        table["would_take"] = _would_take(table, people, baseline)
    return Ranking(baseline, kinds, table)


def rank_study(
    people: Dataset | None, machines: list[Machine], kinds: Kinds, baseline: str, experiment: str
) -> Ranking:
    """The ranking by people and by machine observers.

    Parameters
    ----------
    people : Dataset or None
        After exclusions; None before the first participant.
    machines : list of Machine
        The ceiling, which is always right, is left out.
    kinds : Kinds
        The study's kinds.
    baseline : str
        Kind that the others are compared with.
    experiment : str
        Name in the table.
    """
    observers = [answers_of_people(people)] if people is not None else []
    observers += [answers_of_machine(one) for one in machines if one.role != CEILING]
    shown = {name for one in observers for name in one.trials["condition"].dropna()}
    ranking = rank(observers, kinds.in_order(list(shown)), baseline, experiment, people)
    schemes = {
        name: tuple(sorted({s for one in observers for s in one.of(name, ACCURACY.name)["scheme"]}))
        for name in ranking.kinds
    }
    return replace(ranking, schemes=schemes)


def usual_baseline(kinds: Kinds, conditions: list[str]) -> str | None:
    """The photographs where they are shown, else the study's first kind; None without any."""
    shown = [name for name in conditions if name != NONE]
    if kinds.photographs in shown:
        return kinds.photographs
    return shown[0] if shown else None


def better(difference: float, p_holm: float, over: str = BOTH) -> str:
    """Whether a kind is better than the baseline.

    What holds for one participant, or with one unit, need not hold for others: nothing is decided.

    >>> better(0.1, 0.01), better(-0.1, 0.01), better(0.1, 0.2), better(0.1, float("nan"))
    ('yes', 'no', 'not decided', 'not decided')
    >>> better(0.1, 0.01, "units")
    'not decided'
    """
    if over != BOTH or not p_holm < ALPHA:
        return UNDECIDED
    return YES if difference > 0 else NO


def _rows(
    answers: Answers, measure: str, conditions: list[str], baseline: str
) -> list[dict[str, Any]]:
    cells = {name: answers.cells(name, measure) for name in conditions}
    cells = {name: frame for name, frame in cells.items() if frame.size}
    rows = {name: _mean(answers, measure, name, frame) for name, frame in cells.items()}
    kinds = [name for name in cells if name != NONE]
    for prefix, other, compared in (
        ("baseline", baseline, [name for name in kinds if name != baseline]),
        (NONE, NONE, kinds),
    ):
        if other not in cells:
            continue
        found = {name: _difference(cells[name], cells[other]) for name in compared}
        corrected = holm(np.array([float(mean.p) for mean, _ in found.values()]))
        for (name, (mean, count)), p_holm in zip(found.items(), corrected, strict=True):
            rows[name] |= _compared(prefix, mean, count, float(p_holm), RANGES[measure])
            if prefix == "baseline":
                rows[name]["baseline"] = baseline
                if measure == ACCURACY.name:
                    rows[name]["better"] = better(float(mean.mean), float(p_holm), mean.over)
    if measure == ACCURACY.name:
        means = pd.Series({name: rows[name]["mean"] for name in kinds})
        for name, place in zip(kinds, means.rank(method="min", ascending=False), strict=True):
            rows[name]["place"] = int(place)
    return list(rows.values())


def _mean(answers: Answers, measure: str, condition: str, cells: pd.DataFrame) -> dict[str, Any]:
    found, (least, most) = crossed_mean(cells.to_numpy(float)), RANGES[measure]
    low, high = found.low, found.high
    if measure == ACCURACY.name and answers.observer == PEOPLE and found.over == BOTH:
        # Machines have probabilities, which vary less than answers.
        low, high = crossed_proportion(found, cells.to_numpy(float))
    return {
        "observer": answers.observer,
        "measure": measure,
        "condition": condition,
        "n_participants": cells.shape[0],
        "n_units": cells.shape[1],
        "n_trials": len(answers.of(condition, measure)),
        "mean": float(found.mean),
        "mean_low": float(np.maximum(low, least)),
        "mean_high": float(np.minimum(high, most)),
    }


def _difference(first: pd.DataFrame, second: pd.DataFrame) -> tuple[CrossedMean, int]:
    both = first - second
    # Equal proportions are to be equal, however they were summed.
    both = both.mask(both.abs() < ROUNDING, 0.0)
    return crossed_mean(both.to_numpy(float)), int(both.notna().to_numpy().sum())


def _compared(
    prefix: str, found: CrossedMean, count: int, p_holm: float, limits: tuple[float, float]
) -> dict[str, Any]:
    known = not np.isnan(found.se)
    # No difference is larger than the measure's range, however few participants there are.
    widest = limits[1] - limits[0]
    return {
        f"{prefix}_difference": float(found.mean),
        f"{prefix}_cells": count,
        f"{prefix}_low": float(np.maximum(found.low, -widest)),
        f"{prefix}_high": float(np.minimum(found.high, widest)),
        f"{prefix}_t": float(found.mean / found.se) if known else np.nan,
        f"{prefix}_df": float(found.df),
        f"{prefix}_p": float(found.p),
        f"{prefix}_p_holm": p_holm,
        f"{prefix}_over": found.over if count else None,
    }


def _would_take(table: pd.DataFrame, people: Dataset, baseline: str) -> list[str | None]:
    judged = table["better"].notna() & (table["observer"] == "people")
    level = ALPHA / max(int(judged.sum()), 1)
    return [
        size_of_study(row, people, baseline, level)
        if is_judged and row["better"] == UNDECIDED
        else None
        for row, is_judged in zip(table.to_dict("records"), judged, strict=True)
    ]
