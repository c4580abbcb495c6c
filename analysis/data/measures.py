"""What is measured of a trial, and how a participant's trials become one number."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Measure:
    """A measure of trials.

    Attributes
    ----------
    name : str
        As it stands in the tables.
    label : str
        As it stands on axes, with the unit.
    values : callable
        From the tidy table to one float a trial, NaN where the trial does not count.
    average : str
        How a participant's trials are averaged: ``mean`` or ``median``.
    limits : tuple of float
        Least and greatest average that there can be.
    proportion : bool
        Whether a participant's average is a proportion of trials.
    times : bool
        Whether it is a time, which is skewed.
    """

    name: str
    label: str
    values: Callable[[pd.DataFrame], pd.Series]
    average: str = "mean"
    limits: tuple[float, float] = (-np.inf, np.inf)
    proportion: bool = False
    times: bool = False


def _correct(trials: pd.DataFrame) -> pd.Series:
    return trials["correct"].astype("float64")


def _rt(trials: pd.DataFrame) -> pd.Series:
    return trials["rt"]


def _rt_correct(trials: pd.DataFrame) -> pd.Series:
    return trials["rt"].where(_correct(trials) == 1)


def _log(values: Callable) -> Callable[[pd.DataFrame], pd.Series]:
    def logarithm(trials: pd.DataFrame) -> pd.Series:
        seconds = values(trials)
        return np.log(seconds.where(seconds > 0))

    return logarithm


def _confidence(trials: pd.DataFrame) -> pd.Series:
    return trials["confidence"].astype("float64")


ACCURACY = Measure("accuracy", "Proportion correct", _correct, limits=(0, 1), proportion=True)
# The published times go a little below 0: there is no least one.
RT = Measure("rt", "Reaction time (s)", _rt, times=True)
RT_CORRECT = Measure("rt_correct", "Reaction time, correct trials (s)", _rt_correct, times=True)
CONFIDENCE = Measure("confidence", "Confidence (1–3)", _confidence, limits=(1, 3))
MEASURES = (
    ACCURACY,
    RT,
    RT_CORRECT,
    Measure("median_rt", "Median reaction time (s)", _rt, "median", times=True),
    Measure(
        "median_rt_correct",
        "Median reaction time, correct trials (s)",
        _rt_correct,
        "median",
        times=True,
    ),
    Measure("log_rt", "Log reaction time (log s)", _log(_rt)),
    Measure("log_rt_correct", "Log reaction time, correct trials (log s)", _log(_rt_correct)),
    CONFIDENCE,
)


def participant_averages(
    trials: pd.DataFrame, measure: Measure, by: list[str] | tuple[str, ...] = ()
) -> pd.DataFrame:
    """One number a participant and group.

    Parameters
    ----------
    trials : DataFrame
        Tidy table.
    measure : Measure
        What is averaged.
    by : list of str
        Columns whose combinations make the groups; rows without a value there are left out.

    Returns
    -------
    DataFrame
        Columns ``by``, ``participant``, ``value`` and ``n_trials`` (trials that count).
    """
    counted = trials.assign(value=measure.values(trials)).dropna(subset=["value", *by])
    groups = counted.groupby([*by, "participant"], sort=True)["value"]
    return groups.agg(value=measure.average, n_trials="size").reset_index()


def paired(
    averages: pd.DataFrame, column: str, first: str | int, second: str | int
) -> pd.DataFrame:
    """Averages of the participants who have both levels of a column.

    Returns
    -------
    DataFrame
        Columns ``first`` and ``second``, one row a participant.
    """
    wide = averages.pivot(index="participant", columns=column, values="value")
    return wide.reindex(columns=[first, second]).dropna()
