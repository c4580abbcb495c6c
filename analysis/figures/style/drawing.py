"""What all figures share: style, panels, labels, legends, and axes that hold their bars."""

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.data.measures import ACCURACY, CONFIDENCE, RT_CORRECT, Measure
from analysis.data.places import is_mixed

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType  # since matplotlib 3.11

CHANCE = 0.5
# Of an axis's length, what is left between the end of a bar and the end of the axis.
_MARGIN = 0.02
# Letters that there is room for under a panel of a third of the page.
_LETTERS = 30
# Longer names stand upright where they do not fit: leaning, they would take room from the panel.
_LONG = 12
# Letters of a name that leans (a study's kinds have no more); longer ones of other data lose their
# middle, and the legend has them whole.
_LEANING = 40
# Inches that a letter of a label takes, and a row of a legend.
_LETTER_IN, _ROW_IN = 0.068, 0.19


@dataclass(frozen=True)
class Drawing:
    """One figure.

    Attributes
    ----------
    name, title : str
        Of its files; above it.
    caption : str
        What is drawn, and what bars and bands are.
    shows : str
        What is to be seen, in numbers, for readers who do not see it.
    figure : Figure
    """

    name: str
    title: str
    caption: str
    shows: str
    figure: Figure


STYLE: "dict[RcKeyType, Any]" = {
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
    # Names of parts of an SVG are made of this and of what they are, not at random.
    "svg.hashsalt": "figures",
    "figure.constrained_layout.use": True,
}


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


def side_by_side(count: int, widest: float) -> tuple[list[float], float]:
    """Offsets of so many series around a level, and the room that each has there."""
    room = min(widest, 0.8 / max(count, 1))
    return [room * (i - (count - 1) / 2) for i in range(count)], room


def measured(trials: pd.DataFrame) -> list[Measure]:
    """Measures with a panel of their own, as far as trials have any values of them."""
    return [
        measure
        for measure in (ACCURACY, RT_CORRECT, CONFIDENCE)
        if measure.values(trials).notna().any()
    ]


def times_words(measures: list[Measure], trials: pd.DataFrame) -> str:
    """Of which trials times are, for a caption; nothing where none are drawn."""
    if RT_CORRECT not in measures:
        return ""
    alone = " and of the laboratory's sessions alone" if is_mixed(trials) else ""
    return f"; reaction times of correct trials only{alone}"


def label_measure(axes: Axes, measure: Measure) -> None:
    """Name the y axis after the measure, and give it its natural range."""
    axes.set_ylabel(measure.label)
    if measure is RT_CORRECT:
        axes.set_ylabel("Reaction time, correct trials (s)")
    if measure.name == ACCURACY.name:
        axes.set_ylim(0, 1.03)
        axes.set_yticks(np.linspace(0, 1, 6))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_ylabel("Correct answers")
    elif measure.name == "confidence":
        axes.set_ylim(0.9, 3.1)
        axes.set_yticks([1, 2, 3])
    else:
        axes.set_ylim(bottom=0)


def bars_of(axes: Axes) -> Iterator[ErrorbarContainer]:
    """Series of means with bars that a panel holds."""
    return (one for one in axes.containers if isinstance(one, ErrorbarContainer))


def hold_bars(figure: Figure) -> None:
    """Widen axes so that they cut off no bar; ticks stay where they are."""
    for axes in figure.axes:
        ends = [
            segment
            for container in bars_of(axes)
            for lines in container.lines[2]
            for segment in lines.get_segments()
            if np.isfinite(segment).all() and np.size(segment)
        ]
        if not ends:
            continue
        x, y = np.concatenate(ends).T
        axes.set_xlim(_held(axes.get_xlim(), x))
        axes.set_ylim(_held(axes.get_ylim(), y))


def _held(limits: tuple[float, float], values: np.ndarray) -> tuple[float, float]:
    """Limits that hold values, in the direction that the axis has."""
    low, high = sorted(limits)
    margin = _MARGIN * (high - low)
    low = low if values.min() >= low else values.min() - margin
    high = high if values.max() <= high else values.max() + margin
    return (low, high) if limits[0] <= limits[1] else (high, low)


def label_levels(
    axes: Axes, positions: Sequence[float], labels: Sequence[str], rotation: float = 0
) -> None:
    """Name the positions on the x axis; labels that lean end at their positions."""
    leaning: dict[str, Any] = {"ha": "right", "rotation_mode": "anchor"} if rotation else {}
    if rotation == 90:
        leaning["va"] = "center"
    axes.set_xticks(list(positions), list(labels), rotation=rotation, **leaning)
    axes.set_xlim(min(positions) - 0.6, max(positions) + 0.6)


def lean(names: Sequence[str]) -> float:
    """How far names of conditions lean under a panel of a third of the page (degrees)."""
    longest = max(map(len, names), default=0)
    if len(names) <= 3 and len(names) * longest <= _LETTERS:
        return 0
    return 90 if len(names) > 5 or longest > _LONG else 40


def shortened(name: str, letters: int = _LEANING) -> str:
    """A name that loses its middle where it is longer.

    >>> shortened("images_of_textures_without_an_object", 20)
    'images_of_…an_object'
    """
    if len(name) <= letters:
        return name
    end = (letters - 1) // 2
    return f"{name[: letters - 1 - end]}…{name[-end:]}"


def room_below(labels: Sequence[str], rotation: float) -> float:
    """Inches that leaning labels take under a panel beyond those of a level one."""
    longest = max(map(len, labels), default=0)
    return _LETTER_IN * longest * math.sin(math.radians(rotation))


def legend_below(figure: Figure, axes: Axes) -> None:
    """One legend for all panels under them, in as many columns as the figure has room for.

    What it takes beyond two rows is added to the figure: panels keep their height.
    """
    handles, labels = axes.get_legend_handles_labels()
    room = figure.get_figwidth()
    fitting = (n for n in range(len(labels), 1, -1) if _legend_width(labels, n) <= room)
    rows = -(-len(labels) // next(fitting, 1))
    figure.set_figheight(figure.get_figheight() + _ROW_IN * max(0, rows - 2))
    figure.legend(handles, labels, loc="outside lower center", ncols=-(-len(labels) // rows))


def _legend_width(labels: Sequence[str], columns: int) -> float:
    """Inches of a legend that is filled column by column: a mark and the longest label in each."""
    parts = np.array_split(np.array(labels, dtype=object), columns)
    return sum(0.55 + 0.07 * max(len(label) for label in part) for part in parts)
