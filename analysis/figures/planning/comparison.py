"""Machine against human accuracy of every unit."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.data.kinds import Kinds
from analysis.figures.style.drawing import CHANCE, legend_below
from analysis.figures.style.looks import looks
from analysis.result_columns import ALL
from analysis.wording import number

_COLUMNS = 3


def draw(pairs: pd.DataFrame, comparison: pd.DataFrame, kinds: Kinds) -> Figure:
    """One panel an observer, one mark a unit and condition.

    Parameters
    ----------
    pairs, comparison : DataFrame
        Columns of ``PAIRS_TABLE`` and ``COMPARISON_TABLE``.
    kinds : Kinds
        The study's kinds of reference images.
    """
    conditions = kinds.in_order(pairs["condition"].unique().tolist())
    look = looks(kinds.names, conditions)
    observers = list(dict.fromkeys(pairs["observer"]))
    columns = min(len(observers), _COLUMNS)
    lines = -(-len(observers) // columns)
    figure = Figure(figsize=(max(3.6, 2.6 * columns), 2.8 * lines + 0.4))
    grid = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for axes, observer in zip(grid, observers, strict=False):
        axes.plot([0, 1], [0, 1], color="black", linewidth=0.6, linestyle=":")
        axes.axhline(CHANCE, color="black", linewidth=0.4, linestyle=":")
        of_observer = pairs[pairs["observer"] == observer]
        for condition in conditions:
            of_condition = of_observer[of_observer["condition"] == condition]
            axes.plot(
                of_condition["machine"],
                of_condition["human"],
                look[condition].marker,
                color=look[condition].colour,
                alpha=0.7,
                markersize=5,
                markeredgecolor="white",
                markeredgewidth=0.4,
                label=condition,
                clip_on=False,
            )
        axes.set_title(f"{observer}\n{_rho(comparison, observer)}", fontsize=8.5)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, 1.02)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0))
    for i, axes in enumerate(grid):
        if i >= len(observers):
            axes.set_visible(False)
        elif i + columns >= len(observers):
            axes.set_xlabel("Predicted accuracy")
            axes.tick_params(labelbottom=True)
        if i % columns == 0:
            axes.set_ylabel("Accuracy of people")
    legend_below(figure, grid[0])
    return figure


def _rho(comparison: pd.DataFrame, observer: str) -> str:
    rows = comparison[comparison["observer"] == observer]
    row = rows[rows["condition"] == ALL] if (rows["condition"] == ALL).any() else rows
    rho, ceiling = row["rho"].iloc[0], row["ceiling"].iloc[0]
    text = "ρ not defined" if np.isnan(rho) else f"ρ = {number(rho)}"
    return text if np.isnan(ceiling) else f"{text}, ceiling {number(ceiling)}"
