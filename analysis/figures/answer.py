"""The answer to the primary question: participants in both conditions, and the difference."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, MEASURES, Measure, participant_averages
from analysis.figures.style.described import described
from analysis.figures.style.drawing import (
    Drawing,
    hold_bars,
    label_levels,
    label_measure,
    new_figure,
    shortened,
    styled,
)
from analysis.figures.style.looks import looks
from analysis.figures.style.means import MANY, draw_chance, draw_means, draw_people, with_bars
from analysis.statistics.inference.crossed import PARTICIPANTS
from analysis.wording import counted, signed

_DOTS = "#444444"
_WORDS = {PARTICIPANTS: "other people,\nthese units"}
_BOTH = "other people,\nother units"
_ROOM = 0.5
# Letters of a line of a condition's name.
_WIDEST = 18


def draw(
    dataset: Dataset, rows: Sequence[dict[str, Any]], conditions: tuple[str, str]
) -> Drawing | None:
    """Left both conditions, right their difference with an interval for each population.

    Parameters
    ----------
    dataset : Dataset
        The data.
    rows : sequence of dict
        Rows of the primary question, of ``QUESTIONS_TABLE``; one a population.
    conditions : tuple of str
        First and second of the comparison.

    Returns
    -------
    Drawing or None
        None where no participant has met both conditions.
    """
    measure = next(one for one in MEASURES if one.name == rows[0]["measure"])
    averages = participant_averages(dataset.main, measure, ["condition"])
    averages = averages[averages["condition"].isin(conditions)]
    wide = averages.pivot(index="participant", columns="condition", values="value")
    wide = wide.reindex(columns=list(conditions))
    if wide.dropna().empty:
        return None
    with styled():
        figure, (left, right) = new_figure(7.2, 3.3, 2, width_ratios=(1, 1.15))
        caption = [
            f"Left: {counted(len(wide), 'participant')} in both conditions, as "
            f"{'shapes' if len(wide) > MANY else 'dots'}, and their means; main trials without "
            "catch trials."
        ]
        caption.append(_conditions(left, dataset, measure, averages, wide))
        caption += _differences(right, rows, wide, measure)
        hold_bars(figure)
    title = f"The difference of {conditions[0]} and {conditions[1]}"
    shows = f"{described(figure)} {_shows(rows, measure)}"
    return Drawing("answer", title, " ".join(caption), shows, figure)


def _conditions(
    axes: Axes, dataset: Dataset, measure: Measure, averages: pd.DataFrame, wide: pd.DataFrame
) -> str:
    look = looks(dataset.kinds.names, dataset.conditions)
    caption = draw_chance(axes) if measure is ACCURACY else ""
    if len(wide) <= MANY:
        places = [place - 0.4 * _ROOM for place in (0, 1)]
        axes.plot(places, wide.T.to_numpy(float), color="black", alpha=0.2, linewidth=0.8)
        caption += " Thin lines join the dots of one participant."
    with_ends, bars = with_bars(averages, ["condition"])
    for place, condition in enumerate(wide.columns):
        draw_means(
            axes,
            with_ends,
            [place],
            [condition],
            "condition",
            condition,
            look[condition],
            room=_ROOM,
            beside=True,
        )
    label_measure(axes, measure)
    label_levels(
        axes, [0, 1], [fill(shortened(name, 4 * _WIDEST), _WIDEST) for name in wide.columns]
    )
    if bars.paired and np.isfinite(bars.half).any():
        caption += " Bars: 95 % within-participant intervals (Cousineau–Morey)."
    elif np.isfinite(bars.half).any():
        caption += " Bars: 95 % intervals of each mean over participants."
    return caption.strip()


def _differences(
    axes: Axes, rows: Sequence[dict[str, Any]], wide: pd.DataFrame, measure: Measure
) -> list[str]:
    scale = _scale(measure)
    differences = scale * (wide.iloc[:, 0] - wide.iloc[:, 1]).dropna().to_numpy(float)
    each = "shape: how participants are distributed" if len(differences) > MANY else "dots: each"
    caption = [f"Right: first minus second, of participants ({each})."]
    axes.axhline(0, color="black", linewidth=0.8)
    smallest = rows[0].get("smallest_effect")
    if smallest is not None:
        axes.axhspan(-scale * smallest, scale * smallest, color="#7A7A7A", alpha=0.2, linewidth=0)
        caption.append("Grey band: differences smaller than the smallest that was declared.")
    draw_people(axes, 0.0, differences, 0.22, _DOTS)
    labels = ["participants"]
    # A mean without an interval says nothing of other people.
    told = [row for row in rows if row["ci_low"] is not None]
    for place, row in enumerate(told, start=1):
        low, middle, high = (scale * row[name] for name in ("ci_low", "difference", "ci_high"))
        axes.errorbar(
            [place],
            [middle],
            yerr=[[middle - low], [high - middle]],
            fmt="o" if row["over"] == PARTICIPANTS else "D",
            color="black",
            markersize=6,
            elinewidth=1.6,
            capsize=4,
        )
        labels.append(_WORDS.get(row["over"], _BOTH))
    if told:
        caption.append("Marks: mean difference; bars: 95 % intervals for those named below them.")
    unit = "percentage points" if measure is ACCURACY else "s" if "(s)" in measure.label else ""
    axes.set_ylabel(f"Difference ({unit})" if unit else "Difference")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value)))
    label_levels(axes, range(len(labels)), labels)
    axes.margins(y=0.1)
    _at_least(axes, 5.0 if measure is ACCURACY else 0.5)
    # Steps that one digit tells.
    axes.yaxis.set_major_locator(MaxNLocator(nbins=9, steps=[1, 2, 5, 10]))
    return caption


def _at_least(axes: Axes, reach: float) -> None:
    """Differences that are all but equal are not magnified."""
    low, high = axes.get_ylim()
    if high - low < reach:
        middle = (low + high) / 2
        axes.set_ylim(middle - reach / 2, middle + reach / 2)


def _tick(value: float) -> str:
    return signed(value, 0 if float(value).is_integer() else 1)


def _scale(measure: Measure) -> float:
    return 100.0 if measure is ACCURACY else 1.0


def _shows(rows: Sequence[dict[str, Any]], measure: Measure) -> str:
    scale = _scale(measure)
    parts = []
    for row in rows:
        text = f"{signed(scale * row['difference'], 1)}"
        if row["ci_low"] is not None:
            low, high = (signed(scale * row[end], 1) for end in ("ci_low", "ci_high"))
            text += f" [{low}, {high}]"
        parts.append(f"{text} for {_WORDS.get(row['over'], _BOTH)}".replace("\n", " "))
    return f"Difference: {'; '.join(parts)}."
