"""What all figures share: style, colours, dots of participants, means with error bars."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from matplotlib.typing import RcKeyType

from analysis.data.measures import ACCURACY, Measure
from conditions.study.kinds.kind import NONE

ERROR_BARS = "Large markers: mean over participants; error bars: 2 SEM. Dots: single participants."
CHANCE = 0.5


@dataclass(frozen=True)
class Look:
    """Colour and mark of a series."""

    colour: str
    marker: str


# By place in the study: the palette of Okabe and Ito (2008), distinct for colour-blind readers,
# but for its yellow, which white paper swallows. Marks tell apart what grey print does not.
KINDS = (
    Look("#009E73", "o"),
    Look("#D55E00", "s"),
    Look("#CC79A7", "^"),
    Look("#56B4E9", "v"),
    Look("#0072B2", ">"),
    Look("#E69F00", "X"),
    Look("#000000", "<"),
    Look("#8B5A2B", "h"),
)
WITHOUT = Look("#7A7A7A", "D")
BEGINNING, END = Look("#56B4E9", "v"), Look("#0072B2", "^")

STYLE: dict[RcKeyType, Any] = {
    "font.size": 9,
    "axes.titlesize": 9.5,
    "xtick.labelsize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.dpi": 100,
    "savefig.dpi": 160,
    "pdf.fonttype": 42,
    "figure.constrained_layout.use": True,
}


def looks(kinds: Iterable[str], conditions: Iterable[str] = ()) -> dict[str, Look]:
    """Colours and marks of conditions by the place of their kind in the study.

    Parameters
    ----------
    kinds : iterable of str
        The study's kinds in its order, eight at most.
    conditions : iterable of str
        Conditions that are shown; those that the study does not have come after its kinds.
    """
    order = [name for name in dict.fromkeys([*kinds, *conditions]) if name != NONE]
    return {name: KINDS[i % len(KINDS)] for i, name in enumerate(order)} | {NONE: WITHOUT}


def styled() -> AbstractContextManager:
    """The style of all figures, for the time of a with block."""
    return mpl.rc_context(STYLE)


def new_figure(
    width: float, height: float, columns: int = 1, **options: Any
) -> tuple[Figure, np.ndarray]:
    """A figure and its axes, outside pyplot so that nothing stays open.

    Parameters
    ----------
    width, height : float
        Inches; 7 is the width of the page.
    columns : int
        Panels side by side.
    **options
        Further options of ``Figure.subplots``.

    Returns
    -------
    Figure, array of Axes
        The axes as an array of shape (columns,).
    """
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots(1, columns, squeeze=False, **options)[0]


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
    """Draw participants as dots and their means with 2 SEM, one position a level.

    Parameters
    ----------
    averages : DataFrame
        ``participant``, ``value`` and ``column``; one row a participant and level.
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
        Whether the dots stand to the left of the means, not around them.
    """
    colour = look.colour
    spread, left = (0.2 * room, 0.4 * room) if beside else (0.42 * room, 0.0)
    means, errors = [], []
    for position, level in zip(positions, levels, strict=True):
        values = averages.loc[averages[column] == level, "value"].to_numpy(float)
        found = mean_and_sem(values)
        means.append(found[0])
        errors.append(2 * found[1])
        offsets = _offsets(values, spread)
        axes.plot(
            position - left + offsets, values, ".", color=colour, alpha=0.4, markersize=5.5, mew=0
        )
    axes.errorbar(
        positions,
        means,
        yerr=np.nan_to_num(errors),
        fmt=look.marker,
        linestyle="-" if joined else "none",
        linewidth=1.2,
        color=colour,
        markersize=6.5,
        markeredgecolor="white",
        markeredgewidth=0.8,
        ecolor=colour,
        elinewidth=1.6,
        capsize=3,
        label=series,
        zorder=3,
    )


def mean_and_sem(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard error; NaN where there are too few values."""
    values = values[~np.isnan(values)]
    mean = values.mean() if len(values) else np.nan
    sem = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return mean, sem


def draw_chance(axes: Axes, baseline: pd.Series | None = None) -> None:
    """Draw chance (50 %) and the accuracy measured without references, mean ± 2 SEM."""
    axes.axhline(CHANCE, color="black", linewidth=0.8, linestyle=":", label="chance (50 %)")
    if baseline is None or baseline.empty:
        return
    mean, sem = mean_and_sem(baseline.to_numpy(float))
    colour = WITHOUT.colour
    axes.axhline(
        mean, color=colour, linewidth=1, linestyle="--", label="measured without references"
    )
    if np.isfinite(sem):
        axes.axhspan(mean - 2 * sem, mean + 2 * sem, color=colour, alpha=0.15, linewidth=0)


def side_by_side(count: int, widest: float) -> tuple[list[float], float]:
    """Offsets of so many series around a level, and the room that each has there."""
    room = min(widest, 0.8 / max(count, 1))
    return [room * (i - (count - 1) / 2) for i in range(count)], room


def label_measure(axes: Axes, measure: Measure) -> None:
    """Name the y axis after the measure, and give it its natural range."""
    axes.set_ylabel(measure.label)
    if measure.average == "mean" and measure.name == ACCURACY.name:
        axes.set_ylim(0, 1.03)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_ylabel("Correct answers")
    elif measure.name == "confidence":
        axes.set_ylim(0.9, 3.1)
        axes.set_yticks([1, 2, 3])
    else:
        axes.set_ylim(bottom=0)


def label_levels(
    axes: Axes, positions: Sequence[float], labels: Sequence[str], rotation: float = 0
) -> None:
    """Name the positions on the x axis; labels that lean end at their positions."""
    leaning: dict[str, Any] = {"ha": "right", "rotation_mode": "anchor"} if rotation else {}
    if rotation == 90:
        leaning["va"] = "center"
    axes.set_xticks(list(positions), list(labels), rotation=rotation, **leaning)
    axes.set_xlim(min(positions) - 0.6, max(positions) + 0.6)


def lean(count: int) -> float:
    """How far so many names of conditions lean under a panel of a third of the page (degrees)."""
    return 0 if count <= 3 else 40 if count <= 5 else 90


def legend_below(figure: Figure, axes: Axes) -> None:
    """One legend for all panels under them, in as many columns as the figure has room for."""
    handles, labels = axes.get_legend_handles_labels()
    room = figure.get_figwidth()
    fitting = (n for n in range(len(labels), 1, -1) if _legend_width(labels, n) <= room)
    rows = -(-len(labels) // next(fitting, 1))
    figure.legend(handles, labels, loc="outside lower center", ncols=-(-len(labels) // rows))


def _legend_width(labels: Sequence[str], columns: int) -> float:
    """Inches of a legend that is filled column by column: a mark and the longest label in each."""
    parts = np.array_split(np.array(labels, dtype=object), columns)
    return sum(0.55 + 0.07 * max(len(label) for label in part) for part in parts)


def _offsets(values: np.ndarray, spread: float) -> np.ndarray:
    """Sideways offsets that keep equal values apart, the same at every run."""
    frame = pd.DataFrame({"value": np.round(values, 3)})
    place = frame.groupby("value").cumcount()
    size = frame.groupby("value")["value"].transform("size")
    step = np.minimum(spread / 3, 2 * spread / np.maximum(size - 1, 1))
    return ((place - (size - 1) / 2) * step).to_numpy(float)
