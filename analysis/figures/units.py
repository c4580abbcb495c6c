"""Accuracy of every unit, by condition."""

from textwrap import fill

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.data.dataset import Dataset, natural_key
from analysis.figures.drawing import CHANCE, legend_below, looks, new_figure
from analysis.statistics.answering.agreement import units_table

NAME = "units"
TITLE = "Every unit"
CAPTION = (
    "Proportion correct of each unit over participants and schemes; main trials without catch "
    "trials. Error bars: 95 % Wilson intervals over trials. Units in the order of the layers; "
    "dotted: chance."
)
_ROWS = 45
# More conditions than these would lie on one another.
_TOGETHER = 4
_WIDEST = 11


def draw(dataset: Dataset) -> Figure:
    """Horizontal dot plot, in as many columns as the units need, or one column a condition."""
    table = units_table(dataset)
    if len(dataset.conditions) > _TOGETHER:
        return _side_by_side(dataset, table)
    names = sorted(table["unit"].unique(), key=natural_key)
    columns = -(-len(names) // _ROWS)
    rows = -(-len(names) // columns)
    figure, panels = new_figure(7.2, 1.2 + 0.17 * rows, columns, sharex=True)
    conditions = dataset.conditions
    look = looks(dataset.kinds.names, conditions)
    for panel, axes in enumerate(panels):
        shown = names[panel * rows : (panel + 1) * rows]
        place = {name: i for i, name in enumerate(shown)}
        for i, condition in enumerate(conditions):
            chosen = table[(table["condition"] == condition) & table["unit"].isin(shown)]
            shift = 0.5 * (i / max(len(conditions) - 1, 1) - 0.5)
            accuracy = chosen["accuracy"].to_numpy(float)
            axes.errorbar(
                accuracy,
                [place[name] + shift for name in chosen["unit"]],
                xerr=[accuracy - chosen["ci_low"], chosen["ci_high"] - accuracy],
                fmt=look[condition].marker,
                color=look[condition].colour,
                markersize=3,
                elinewidth=0.5,
                label=condition,
            )
        axes.axvline(CHANCE, color="black", linewidth=0.8, linestyle=":")
        axes.set_yticks(range(len(shown)), shown, fontsize=6.5)
        axes.set_ylim(rows - 0.4, -0.6)
        axes.set_xlim(-0.03, 1.03)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("Correct answers")
    panels[0].set_title(_people(table), loc="left")
    legend_below(figure, panels[0])
    return figure


def _side_by_side(dataset: Dataset, table: pd.DataFrame) -> Figure:
    names = sorted(table["unit"].unique(), key=natural_key)
    conditions = dataset.conditions
    look = looks(dataset.kinds.names, conditions)
    place = {name: i for i, name in enumerate(names)}
    figure, panels = new_figure(7.2, 1.4 + 0.14 * len(names), len(conditions), sharey=True)
    for axes, condition in zip(panels, conditions, strict=True):
        chosen = table[table["condition"] == condition]
        accuracy = chosen["accuracy"].to_numpy(float)
        axes.errorbar(
            accuracy,
            [place[name] for name in chosen["unit"]],
            xerr=[accuracy - chosen["ci_low"], chosen["ci_high"] - accuracy],
            fmt=look[condition].marker,
            color=look[condition].colour,
            markersize=3,
            elinewidth=0.5,
        )
        axes.axvline(CHANCE, color="black", linewidth=0.8, linestyle=":")
        axes.set_xlim(-0.06, 1.06)
        axes.set_xticks([0, 0.5, 1], ["0", "50", "100"], fontsize=6.5)
        axes.tick_params(axis="y", length=0)
        axes.set_title(fill(condition, _WIDEST), fontsize=7.5)
    panels[0].set_yticks(range(len(names)), names, fontsize=6.5)
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    figure.supxlabel(f"Correct answers (%), {_people(table)}", fontsize=9)
    return figure


def _people(table: pd.DataFrame) -> str:
    count = table.groupby("condition")["n_participants"].mean().mean()
    return f"on average {count:.3g} participants a unit"
