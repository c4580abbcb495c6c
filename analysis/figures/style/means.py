"""Participants as dots or as a shape, their means with error bars, chance: drawn, and in words."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats

from analysis.data.measures import ACCURACY
from analysis.figures.style.drawing import CHANCE
from analysis.figures.style.looks import WITHOUT, Look
from analysis.statistics.inference.intervals import Estimate
from analysis.statistics.inference.within import Bars, within_participants
from analysis.statistics.summaries import estimate_of
from analysis.wording import counted

# More participants than these are drawn as a shape, and their lines not at all.
MANY = 60
_GRID = 64


def with_bars(averages: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, Bars]:
    """Averages of participants with the ends of their cell's error bar as ``low`` and ``high``.

    Bars are for comparing cells within participants, where most participants have all cells.
    """
    bars = within_participants(averages, columns)
    means = averages.groupby(columns)["value"].mean()
    ends = pd.DataFrame({"low": means - bars.half, "high": means + bars.half})
    return averages.join(ends, on=columns), bars


def each_mean(
    averages: pd.DataFrame, columns: list[str], estimated: Callable[[pd.DataFrame], Estimate]
) -> tuple[pd.DataFrame, Bars]:
    """The same with the interval of each mean over its participants, as in the tables."""
    found = {cell: estimated(group) for cell, group in averages.groupby(columns)}
    index = pd.MultiIndex.from_tuples(found, names=columns)
    ends = pd.DataFrame({"low": [one.low for one in found.values()]}, index)
    ends["high"] = [one.high for one in found.values()]
    people = averages["participant"].nunique()
    half = (ends["high"] - ends["low"]) / 2
    return averages.join(ends, on=columns), Bars(half, False, people, people)


def means_words(bars: Bars, compared: str = "conditions") -> str:
    """What marks, bars, dots and shapes of a panel are, for its caption.

    Parameters
    ----------
    bars : Bars
        Of the panel; of the first one, where several are alike.
    compared : str
        What the bars are for comparing.
    """
    if bars.n_all == 1:
        return "Large marks and dots: the one participant."
    if not np.isfinite(bars.half).any():
        words = "Large marks: means over participants."
    elif bars.paired:
        whose = "" if bars.n == bars.n_all else f" that {bars.n} of them have met"
        words = (
            f"Large marks: means over {counted(bars.n_all, 'participant')}; bars: 95 % "
            f"within-participant intervals (Cousineau–Morey) for comparing {compared}{whose}, not "
            "for a mean by itself."
        )
    else:
        words = (
            f"Large marks: means over {counted(bars.n_all, 'participant')}; bars: 95 % "
            "intervals of each mean over participants."
        )
    if bars.n_all > MANY:
        return f"{words} Shapes: how participants are distributed."
    return f"{words} Dots: single participants."


def draw_means(
    axes: Axes,
    averages: pd.DataFrame,
    positions: Sequence[float],
    levels: Sequence[object],
    column: str,
    series: str,
    look: Look,
    *,
    joined: bool = False,
    room: float = 0.5,
    beside: bool = False,
) -> None:
    """Draw participants and their means with error bars, one position a level.

    Parameters
    ----------
    averages : DataFrame
        ``participant``, ``value``, ``low``, ``high`` and ``column``; one row a participant and
        level.
    positions : sequence of float
        Where the levels stand on the x axis.
    levels : sequence
        Levels of ``column``, in the same order.
    series : str
        A condition, or the moment of ratings: the label in the legend.
    look : Look
        Its colour and mark.
    joined : bool
        Whether a line joins the means (for levels in an order).
    room : float
        Width that the series has at a position.
    beside : bool
        Whether participants stand to the left of the means, not around them.
    """
    spread, left = (0.2 * room, 0.4 * room) if beside else (0.42 * room, 0.0)
    means, ends = [], []
    for position, level in zip(positions, levels, strict=True):
        rows = averages[averages[column] == level]
        values = rows["value"].to_numpy(float)
        means.append(values.mean() if len(values) else np.nan)
        ends.append(rows[["low", "high"]].to_numpy(float)[0] if len(rows) else [np.nan, np.nan])
        draw_people(axes, position - left, values, spread, look.colour)
    lengths = np.abs(np.transpose(ends) - means)
    axes.errorbar(
        positions,
        means,
        yerr=np.nan_to_num(lengths),
        fmt=look.marker,
        linestyle="-" if joined else "none",
        linewidth=1.2,
        color=look.colour,
        markersize=6.5,
        markeredgecolor="white",
        markeredgewidth=0.8,
        ecolor=look.colour,
        elinewidth=1.6,
        capsize=3,
        label=series,
        zorder=3,
    )


def draw_people(
    axes: Axes, position: float, values: np.ndarray, spread: float, colour: str
) -> None:
    """Draw a value a participant: as dots, or, of many, as the shape of their distribution."""
    values = values[~np.isnan(values)]
    if len(values) <= MANY or np.ptp(values) < 1e-9:
        offsets = _offsets(values, spread)
        axes.plot(position + offsets, values, ".", color=colour, alpha=0.55, markersize=5.5, mew=0)
        return
    grid = np.linspace(values.min(), values.max(), _GRID)
    density = stats.gaussian_kde(values)(grid)
    width = spread * density / density.max()
    axes.fill_betweenx(
        grid, position - width, position + width, color=colour, alpha=0.4, linewidth=0
    )


def draw_chance(axes: Axes, baseline: pd.DataFrame | None = None) -> str:
    """Draw chance (50 %) and the accuracy measured without references, with its 95 % interval.

    Parameters
    ----------
    baseline : DataFrame, optional
        Averages of participants without references: ``value`` and ``n_trials``.

    Returns
    -------
    str
        What was drawn, for the caption.
    """
    axes.axhline(CHANCE, color="black", linewidth=0.8, linestyle=":", label="chance (50 %)")
    if baseline is None or baseline.empty:
        return "Dotted: chance."
    found, colour = estimate_of(ACCURACY, baseline), WITHOUT.colour
    axes.axhline(
        found.mean, color=colour, linewidth=1, linestyle="--", label="measured without references"
    )
    if np.isnan(found.low):
        return "Dotted: chance; dashed: measured without references."
    axes.axhspan(found.low, found.high, color=colour, alpha=0.15, linewidth=0)
    return (
        "Dotted: chance; dashed, with a band: measured without references, mean and 95 % interval "
        "over participants."
    )


def _offsets(values: np.ndarray, spread: float) -> np.ndarray:
    """Sideways offsets that keep equal values apart, the same at every run."""
    _, level, counts = np.unique(np.round(values, 3), return_inverse=True, return_counts=True)
    place = np.empty(len(values))
    place[np.argsort(level, kind="stable")] = [i for n in counts for i in range(n)]
    size = counts[level]
    step = np.minimum(spread / 3, 2 * spread / np.maximum(size - 1, 1))
    return (place - (size - 1) / 2) * step
