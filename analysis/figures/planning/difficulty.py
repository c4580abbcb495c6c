"""Predicted accuracy of every unit by machine observers."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.data.machine import CEILING, FLOOR
from analysis.figures.style.drawing import CHANCE
from analysis.figures.style.looks import FLOORS, OBSERVERS
from conditions.study.kinds.kind import NONE

_COLUMNS = 4


def draw(table: pd.DataFrame, flags: pd.DataFrame) -> Figure:
    """One panel a condition and scheme, one row a unit, one mark an observer.

    Parameters
    ----------
    table, flags : DataFrame
        Columns of ``DIFFICULTY`` and ``UNIT_FLAGS``; trials without references are not drawn.
    """
    shown = table[table["condition"] != NONE]
    panels = list(shown.groupby(["condition", "scheme"], sort=False))
    units = list(dict.fromkeys(shown["unit"]))
    looks = _looks(shown)
    shifts = {name: 0.4 * (i / max(len(looks) - 1, 1) - 0.5) for i, name in enumerate(looks)}
    columns = min(len(panels), _COLUMNS)
    rows = -(-len(panels) // columns)
    height = rows * (0.9 + 0.2 * len(units)) + 0.5
    figure = Figure(figsize=(max(4.4, 1.2 + 3.0 * columns), height))
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for axes, ((condition, scheme), group) in zip(grid, panels, strict=False):
        for (observer, role), of_observer in group.groupby(["observer", "role"], sort=False):
            name = str(observer)
            look, shift = looks[name], shifts[name]
            places = [units.index(unit) + shift for unit in of_observer["unit"]]
            axes.plot(of_observer["predicted"], places, label=name, **look)
            if role in (FLOOR, CEILING):
                style = "--" if role == FLOOR else "-"
                mean = of_observer["predicted"].mean()
                axes.axvline(mean, color=look["color"], linestyle=style, linewidth=1, zorder=0)
        axes.axvline(CHANCE, color="black", linewidth=0.8, linestyle=":")
        of_panel = flags[(flags["condition"] == condition) & (flags["scheme"] == scheme)]
        for flagged in of_panel.itertuples():
            axes.annotate(
                flagged.flag,
                (0.02, units.index(flagged.unit)),
                va="center",
                fontsize=7,
                color="#B00020",
            )
        axes.set_title(f"{condition}, {scheme}")
        axes.set_xlim(-0.03, 1.05)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("Predicted accuracy")
    grid[0].set_yticks(range(len(units)), units, fontsize=7)
    grid[0].set_ylim(len(units) - 0.4, -0.6)
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    for style, label in (
        ("--", "mean of the floor"),
        ("-", "mean of the ceiling"),
        (":", "chance"),
    ):
        grid[0].plot([], [], color="black", linewidth=1, linestyle=style, label=label)
    handles, labels = grid[0].get_legend_handles_labels()
    room = max(1, int(figure.get_figwidth() / 2.2))
    figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), room))
    return figure


def _looks(shown: pd.DataFrame) -> dict[str, dict]:
    """Marker and colour of each observer: grey for the floor, a black ring for the ceiling."""
    first = shown.drop_duplicates("observer")
    looks: dict[str, dict] = {}
    counts = {"floor": 0, "observer": 0}
    for observer, role in zip(first["observer"], first["role"], strict=True):
        common = {"linestyle": "none", "markersize": 5}
        if role == CEILING:
            looks[observer] = common | {"marker": "o", "color": "black", "fillstyle": "none"}
            continue
        place = counts[role]
        counts[role] += 1
        known = FLOORS if role == FLOOR else OBSERVERS
        look = known[place % len(known)]
        looks[observer] = common | {
            "marker": look.marker,
            "color": look.colour,
            "markersize": 4 if role == FLOOR else 6,
        }
    return looks
