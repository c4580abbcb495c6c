"""Accuracy of every unit, by condition."""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.data.dataset import Dataset
from analysis.figures.style.drawing import CHANCE, Drawing, legend_below, new_figure
from analysis.figures.style.looks import Look, looks
from analysis.statistics.answering.agreement import units_table
from analysis.wording import natural_key, percent

_ROWS = 45
# More units than these have no names: they stand in the order of their accuracy.
MANY = 100
# More conditions than these would lie on one another.
_TOGETHER = 4
_WIDEST = 11
_INTERVALS = (
    "Proportion correct of each unit ({people} participants met one{schemes}); main trials "
    "without catch trials. {bars}: 95 % Wilson intervals over trials, for these participants. "
    "Dotted: chance. "
)


def draw(dataset: Dataset) -> Drawing:
    """A row a unit; of many units, a curve a condition."""
    table = units_table(dataset)
    names = sorted(table["unit"].unique(), key=natural_key)
    look = looks(dataset.kinds.names, dataset.conditions)
    order, bars = "Units in the order of their names.", "Bars"
    if len(names) > MANY:
        figure, bars = _curves(table, dataset.conditions, look), "Bands"
        order = (
            "Units in the order of their accuracy, in each condition anew; by name they stand in "
            "tables/units.csv."
        )
    elif len(dataset.conditions) > _TOGETHER:
        figure = _side_by_side(table, names, dataset.conditions, look)
    else:
        figure = _together(table, names, dataset.conditions, look)
    schemes = ", all schemes together" if len(dataset.schemes) > 1 else ""
    words = _INTERVALS.format(people=_people(table), schemes=schemes, bars=bars)
    return Drawing("units", "Every unit", words + order, _shows(table, dataset.conditions), figure)


def _together(
    table: pd.DataFrame, names: list[str], conditions: list[str], look: dict[str, Look]
) -> Figure:
    """All conditions in one panel, in as many columns as the units need."""
    columns = -(-len(names) // _ROWS)
    rows = -(-len(names) // columns)
    figure, panels = new_figure(7.2, 1.2 + 0.17 * rows, columns, sharex=True)
    for panel, axes in enumerate(panels):
        shown = names[panel * rows : (panel + 1) * rows]
        place = {name: i for i, name in enumerate(shown)}
        for i, condition in enumerate(conditions):
            chosen = table[(table["condition"] == condition) & table["unit"].isin(shown)]
            shift = 0.5 * (i / max(len(conditions) - 1, 1) - 0.5)
            places = [place[name] + shift for name in chosen["unit"]]
            _draw(axes, chosen, places, look[condition], condition)
        axes.set_yticks(range(len(shown)), shown, fontsize=6.5)
        axes.set_ylim(rows - 0.4, -0.6)
        axes.set_xlim(-0.03, 1.03)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("Correct answers")
    legend_below(figure, panels[0])
    return figure


def _side_by_side(
    table: pd.DataFrame, names: list[str], conditions: list[str], look: dict[str, Look]
) -> Figure:
    """A panel a condition."""
    place = {name: i for i, name in enumerate(names)}
    figure, panels = new_figure(7.2, 1.4 + 0.14 * len(names), len(conditions), sharey=True)
    for axes, condition in zip(panels, conditions, strict=True):
        chosen = table[table["condition"] == condition]
        _draw(axes, chosen, [place[name] for name in chosen["unit"]], look[condition], condition)
        axes.set_xlim(-0.06, 1.06)
        axes.set_xticks([0, 0.5, 1], ["0", "50", "100"], fontsize=6.5)
        axes.tick_params(axis="y", length=0)
        axes.set_title(fill(condition, _WIDEST), fontsize=7.5)
    panels[0].set_yticks(range(len(names)), names, fontsize=6.5)
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    figure.supxlabel("Correct answers (%)", fontsize=9)
    return figure


def _curves(table: pd.DataFrame, conditions: list[str], look: dict[str, Look]) -> Figure:
    """Units from the hardest to the easiest, a panel a condition."""
    columns = min(len(conditions), _TOGETHER)
    lines = -(-len(conditions) // columns)
    figure = Figure(figsize=(7.2, 0.6 + 2.4 * lines))
    panels = figure.subplots(lines, columns, squeeze=False, sharey=True).ravel()
    for axes, condition in zip(panels, conditions, strict=False):
        chosen = table[table["condition"] == condition].sort_values(["accuracy", "unit"])
        places, one = np.arange(1, len(chosen) + 1), look[condition]
        low, high = (chosen[name].to_numpy(float) for name in ("ci_low", "ci_high"))
        axes.fill_between(places, low, high, color=one.colour, alpha=0.25, linewidth=0)
        axes.plot(places, chosen["accuracy"], color=one.colour, linewidth=1.4)
        axes.axhline(CHANCE, color="black", linewidth=0.8, linestyle=":")
        axes.set_title(fill(condition, 22))
        axes.set_ylim(-0.03, 1.03)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("Units, hardest first")
    for axes in panels[len(conditions) :]:
        axes.set_visible(False)
    for axes in panels[::columns]:
        axes.set_ylabel("Correct answers")
    return figure


def _draw(axes: Axes, chosen: pd.DataFrame, places: list[float], look: Look, label: str) -> None:
    accuracy = chosen["accuracy"].to_numpy(float)
    axes.errorbar(
        accuracy,
        places,
        xerr=[accuracy - chosen["ci_low"], chosen["ci_high"] - accuracy],
        fmt=look.marker,
        color=look.colour,
        markersize=3,
        elinewidth=0.5,
        label=label,
    )
    axes.axvline(CHANCE, color="black", linewidth=0.8, linestyle=":")


def _people(table: pd.DataFrame) -> str:
    count = table["n_participants"]
    least, most = int(count.min()), int(count.max())
    return f"{least}" if least == most else f"{least} to {most}"


def _shows(table: pd.DataFrame, conditions: list[str]) -> str:
    """Of each condition the hardest and the easiest unit, and how many are always right."""
    parts = []
    for condition in conditions:
        chosen = table[table["condition"] == condition].sort_values(["accuracy", "unit"])
        if chosen.empty:
            continue
        low, high = chosen.iloc[0], chosen.iloc[-1]
        full = int((chosen["accuracy"] == 1).sum())
        parts.append(
            f"{condition}, {len(chosen)} units: from {percent(low['accuracy'])} % ({low['unit']}) "
            f"over a median of {percent(chosen['accuracy'].median())} % to "
            f"{percent(high['accuracy'])} % ({high['unit']}), {full} always right"
        )
    return "Correct answers by unit: " + "; ".join(parts) + "."
