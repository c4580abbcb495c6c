"""Power and precision against the number of participants."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.figures.style.drawing import legend_below, new_figure
from analysis.figures.style.looks import OBSERVERS

WANTED = (0.8, 0.9)


def draw(table: pd.DataFrame) -> Figure:
    """Left power, right half width of the interval; one line a number of trials.

    Parameters
    ----------
    table : DataFrame
        Columns of ``POWER_TABLE``.
    """
    figure, (left, right) = new_figure(7.2, 3.4, 2)
    for wanted in WANTED:
        left.axhline(wanted, color="black", linewidth=0.6, linestyle=":")
    for i, (n_trials, rows) in enumerate(table.groupby("n_trials")):
        look = {
            "color": OBSERVERS[i % len(OBSERVERS)].colour,
            "marker": OBSERVERS[i % len(OBSERVERS)].marker,
            "markersize": 4,
            "linewidth": 1.2,
        }
        participants = rows["n_participants"].to_numpy()
        label = f"{n_trials} trials a condition"
        left.plot(participants, rows["power"], label=label, **look)
        left.fill_between(
            participants, rows["power_low"], rows["power_high"], color=look["color"], alpha=0.2
        )
        left.plot(
            participants, rows["false_alarms"], color=look["color"], linewidth=1, linestyle="--"
        )
        right.plot(participants, 100 * rows["half_width"], label=label, **look)
    left.plot([], [], color="black", linewidth=1, linestyle="--", label="no effect: false alarms")
    left.set_ylim(0, 1.03)
    left.yaxis.set_major_formatter(PercentFormatter(1.0))
    left.set_ylabel("Power")
    first, second = (100 * table[name].iloc[0] for name in ("accuracy_first", "accuracy_second"))
    left.set_title(f"{first:.1f} % against {second:.1f} % correct")
    right.set_ylim(bottom=0)
    right.set_ylabel("Half width of the 95 % interval\nof the difference (points)")
    for axes in (left, right):
        axes.set_xlabel("Participants")
        axes.set_xlim(left=0)
    legend_below(figure, left)
    return figure
