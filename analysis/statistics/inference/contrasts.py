"""Differences and slopes as sums over trials: a number a participant, and what trials add to it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.measures import Measure

# Less than this is what summing leaves of numbers that are equal.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Contrast:
    """A number a participant that is linear in the answers, such as a difference of two means.

    Attributes
    ----------
    first, second : float
        Means over participants of what is subtracted; NaN where nothing is.
    values : ndarray, shape (participants,)
        The number of each participant.
    people, units : ndarray of int, shape (trials,)
        Which participant, and which unit, from 0.
    weights : ndarray, shape (trials,)
        By which a trial enters the mean over participants.
    rest : ndarray, shape (trials,)
        How far a trial is from what all participants share.
    chance : float
        Variance of the mean if trials of proportions were independent; 0 of other measures.
    """

    first: float
    second: float
    values: np.ndarray
    people: np.ndarray
    units: np.ndarray
    weights: np.ndarray
    rest: np.ndarray
    chance: float

    @property
    def mean(self) -> float:
        """Mean over participants; what summing leaves of equal proportions is 0."""
        mean = float(self.values.mean())
        return mean if abs(mean) > ROUNDING else 0.0

    @property
    def n_participants(self) -> int:
        """Participants."""
        return len(self.values)

    @property
    def n_units(self) -> int:
        """Units."""
        return len(np.unique(self.units))


def contrast_of(
    measure: Measure, first: list[pd.DataFrame], second: list[pd.DataFrame]
) -> Contrast | None:
    """A difference of means, or a difference of differences.

    Parameters
    ----------
    measure : Measure
        Of a mean.
    first, second : list of DataFrame
        Trials of the tidy table. One each: the mean of the first minus that of the second. Two
        each: the difference of the first two minus the difference of the second two.

    Returns
    -------
    Contrast or None
        Over the participants who have answers in all of them; None without any.
    """
    groups = [*first, *second]
    signs = [1.0, -1.0] if len(groups) == 2 else [1.0, -1.0, -1.0, 1.0]
    frames = []
    for i, trials in enumerate(groups):
        values = measure.values(trials).astype("float64")
        frames.append(trials[["participant", "unit"]].assign(value=values, group=i, sign=signs[i]))
    frame = pd.concat(frames, ignore_index=True).dropna(subset=["value", "unit"])
    answered = frame.groupby("participant")["group"].nunique()
    frame = frame[frame["participant"].isin(answered[answered == len(groups)].index)]
    if frame.empty:
        return None
    means = frame.pivot_table(index="participant", columns="group", values="value")
    average = means.mean()
    counts = frame.groupby(["participant", "group"])["value"].transform("size")
    weights = (frame["sign"] / (len(means) * counts)).to_numpy(float)
    chance = _chance(frame, weights) if measure.proportion else 0.0
    half = len(first)
    values = means.to_numpy() @ np.array(signs)
    sides = [np.dot(signs[:half], average[:half]), -np.dot(signs[half:], average[half:])]
    return Contrast(
        first=float(sides[0]),
        second=float(sides[1]),
        values=values,
        people=pd.factorize(frame["participant"])[0],
        units=pd.factorize(frame["unit"])[0],
        weights=weights,
        rest=(frame["value"] - frame["group"].map(average)).to_numpy(float),
        chance=chance,
    )


def apart_from(measure: Measure, trials: pd.DataFrame, level: float) -> Contrast | None:
    """Means of participants minus a level that is known.

    Parameters
    ----------
    measure : Measure
        Of a mean.
    trials : DataFrame
        Trials of the tidy table.
    level : float
        In the measure's unit.

    Returns
    -------
    Contrast or None
        Over the participants who have answers; None without any.
    """
    values = measure.values(trials).astype("float64")
    frame = trials[["participant", "unit"]].assign(value=values, group=0).dropna()
    if frame.empty:
        return None
    by_person = frame.groupby("participant")["value"]
    means = by_person.mean()
    weights = (1 / (len(means) * by_person.transform("size"))).to_numpy(float)
    return Contrast(
        first=float(means.mean()),
        second=level,
        values=means.to_numpy() - level,
        people=pd.factorize(frame["participant"])[0],
        units=pd.factorize(frame["unit"])[0],
        weights=weights,
        rest=(frame["value"] - means.mean()).to_numpy(float),
        chance=_chance(frame, weights) if measure.proportion else 0.0,
    )


def slope_of(
    measure: Measure, first: pd.DataFrame, second: pd.DataFrame, signs: tuple[float, float]
) -> Contrast | None:
    """A sum of two slopes over a number ``x`` that trials have.

    Parameters
    ----------
    measure : Measure
        Of a mean.
    first, second : DataFrame
        Trials of the tidy table, with a column ``x``.
    signs : tuple of float
        By which the slope of each enters: 1 and −1 for their difference, a half each for their
        mean.

    Returns
    -------
    Contrast or None
        Over the participants whose trials have several values of ``x`` in both; None without any.
    """
    frames = []
    for i, trials in enumerate((first, second)):
        values = measure.values(trials).astype("float64")
        x = trials["x"].astype("float64")
        frames.append(trials[["participant", "unit"]].assign(value=values, x=x, group=i))
    frame = pd.concat(frames, ignore_index=True).dropna(subset=["value", "unit", "x"])
    key = ["participant", "group"]
    frame["apart"] = frame["x"] - frame.groupby(key)["x"].transform("mean")
    frame["squares"] = (frame["apart"] ** 2).groupby([frame[name] for name in key]).transform("sum")
    frame = frame[frame["squares"] > 0]
    answered = frame.groupby("participant")["group"].nunique()
    frame = frame[frame["participant"].isin(answered[answered == 2].index)]
    if frame.empty:
        return None
    frame["part"] = frame["apart"] / frame["squares"]
    slopes = (frame["part"] * frame["value"]).groupby([frame[name] for name in key]).sum().unstack()
    average = slopes.mean()
    means = frame.groupby("group")[["value", "x"]].mean()
    line = frame["group"].map(means["value"]) + frame["group"].map(average) * (
        frame["x"] - frame["group"].map(means["x"])
    )
    weights = (frame["group"].map(dict(enumerate(signs))) * frame["part"]).to_numpy(float)
    weights = weights / len(slopes)
    return Contrast(
        first=float(average[0]),
        second=float(average[1]),
        values=slopes.to_numpy() @ np.array(signs),
        people=pd.factorize(frame["participant"])[0],
        units=pd.factorize(frame["unit"])[0],
        weights=weights,
        rest=(frame["value"] - line).to_numpy(float),
        chance=_chance(frame, weights) if measure.proportion else 0.0,
    )


def _chance(frame: pd.DataFrame, weights: np.ndarray) -> float:
    """Variance of the mean of independent trials; one right and one wrong answer are added.

    So it is above 0 where all are right (Agresti & Caffo 2000, The American Statistician 54, 280).
    """
    groups = frame.groupby("group")["value"]
    share = (groups.sum() + 1) / (groups.size() + 2)
    variance = frame["group"].map(share * (1 - share)).to_numpy(float)
    return float((weights**2 * variance).sum())
