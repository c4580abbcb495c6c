"""The kinds of a study in the order of their accuracy, and how they differ from the baseline."""

from collections.abc import Mapping
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.data.kinds import Kinds
from analysis.data.measures import ACCURACY, CONFIDENCE, RT
from analysis.figures.style.drawing import CHANCE, hold_bars, new_figure, shortened
from analysis.figures.style.looks import MACHINES, Look, looks
from analysis.statistics.ranking.ranked import Ranking
from analysis.statistics.ranking.table import NO, PEOPLE, UNDECIDED, YES
from conditions.study.kinds.kind import NONE

NAME = "ranking"
_VERDICTS = {YES: "yes", NO: "no, worse", UNDECIDED: "not decided"}
# Longer names are broken, so that they leave room for the panels.
_WIDEST = 20
# Letters of a title above the panels of differences.
_LONGEST = 36
_DIFFERENCES = (
    (ACCURACY.name, 100.0, "Correct answers\n(points)"),
    (RT.name, 1.0, "Reaction time\n(s)"),
    (CONFIDENCE.name, 1.0, "Confidence\n(1–3)"),
)
# Inches that a letter of a legend takes.
_LETTER_IN = 0.1
_ROW, _ROOM = 0.42, 0.62
# Inches that a line of a name takes.
_LINE_IN = 0.15


def title(ranking: Ranking) -> str:
    """Heading of the figure."""
    return f"Kinds of reference images, and how they differ from {ranking.baseline}"


def caption(ranking: Ranking) -> str:
    """What the figure shows."""
    people = ranking.rows(PEOPLE)
    words = [
        "Left: accuracy; dotted: chance. Right of it: differences from "
        f"{ranking.baseline}, paired over participants and units. Bars: 95 % intervals for other "
        "people and other units (of one participant, or one unit, for the other alone); none where "
        "all cells are the same."
    ]
    if people["better"].isin(_VERDICTS).any():
        words.append(
            "Better: whether people are more accurate, or worse, with p below 0.05 after Holm's "
            "correction."
        )
    if any(name != PEOPLE for name in ranking.observers):
        words.append("Open marks: machine observers, predicted accuracy.")
    return " ".join(words)


def draw(ranking: Ranking, kinds: Kinds) -> Figure:
    """One row a kind, the most accurate on top; one mark an observer."""
    names = _in_order(ranking)
    machines = [name for name in ranking.observers if name != PEOPLE]
    measured = [row for row in _DIFFERENCES if (ranking.table["measure"] == row[0]).any()]
    lines = max(fill(_label_of(name), _WIDEST).count("\n") + 1 for name in names)
    row_height = max(_ROW * (1 + 0.25 * len(machines)), _LINE_IN * lines + 0.1)
    height = 1.15 + row_height * len(names) + 0.25 * bool(machines)
    widths = [1.25] + [1.25 if name == ACCURACY.name else 0.9 for name, *_ in measured]
    figure, panels = new_figure(7.2, height, 1 + len(measured), sharey=True, width_ratios=widths)
    look = {name: {"look": one} for name, one in looks(kinds.names, names).items()}
    room = min(_ROOM, 0.3 * len(machines))
    places = {name: float(i) for i, name in enumerate(names)}
    for i, observer in enumerate(ranking.observers):
        offset = room * (i / len(machines) - 0.5) if machines else 0.0
        at = {name: place + offset for name, place in places.items()}
        style = look if observer == PEOPLE else _machine_look(names, machines.index(observer))
        rows = ranking.rows(observer)
        _draw(panels[0], rows, ("mean", "mean_low", "mean_high"), 1.0, at, style)
        for axes, (measure, scale, _) in zip(panels[1:], measured, strict=True):
            fields = ("baseline_difference", "baseline_low", "baseline_high")
            _draw(axes, ranking.rows(observer, measure), fields, scale, at, style)
    _label(panels, names, ranking.baseline, measured)
    _write_verdicts(panels[-1], ranking, places)
    _legend(figure, machines)
    hold_bars(figure)
    return figure


def _label_of(name: str) -> str:
    """A name of three lines at most."""
    return shortened(name, 3 * _WIDEST - 6)


def _in_order(ranking: Ranking) -> list[str]:
    """Kinds by their place among people, then those that only machines have met, then none."""
    first = ranking.rows(ranking.observers[0])
    placed = first[first["condition"] != NONE].sort_values("place", kind="stable")["condition"]
    met = list(dict.fromkeys([*placed, *ranking.table["condition"]]))
    return sorted(met, key=lambda name: name == NONE)


def _machine_look(names: list[str], place: int) -> dict[str, dict[str, Any]]:
    style = {"look": MACHINES[place % len(MACHINES)], "open": True}
    return dict.fromkeys(names, style)


def _draw(
    axes: Axes,
    rows: pd.DataFrame,
    fields: tuple[str, str, str],
    scale: float,
    places: Mapping[str, float],
    styles: Mapping[str, Mapping[str, Any]],
) -> None:
    for row in rows.to_dict("records"):
        middle, low, high = (scale * row[field] for field in fields)
        if np.isnan(middle):
            continue
        style = styles[row["condition"]]
        one: Look = style["look"]
        is_open = style.get("open", False)
        axes.errorbar(
            [middle],
            [places[row["condition"]]],
            xerr=None if np.isnan(low) else [[middle - low], [high - middle]],
            fmt=one.marker,
            color=one.colour,
            markersize=4 if is_open else 6.5,
            markerfacecolor="white" if is_open else one.colour,
            markeredgecolor=one.colour if is_open else "white",
            markeredgewidth=0.8,
            elinewidth=0.9 if is_open else 1.6,
            capsize=1.5 if is_open else 2.5,
            zorder=2 if is_open else 3,
        )


def _label(
    panels: np.ndarray, names: list[str], baseline: str, measured: list[tuple[str, float, str]]
) -> None:
    first = panels[0]
    first.axvline(CHANCE, color="black", linewidth=0.8, linestyle=":")
    first.set_yticks(range(len(names)), [fill(_label_of(name), _WIDEST) for name in names])
    first.set_ylim(len(names) - 0.4, -0.6)
    first.set_xlim(right=1.02)
    first.xaxis.set_major_formatter(PercentFormatter(1.0))
    first.set_xlabel("Correct answers")
    for axes, (_, _, label) in zip(panels[1:], measured, strict=True):
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_xlabel(label)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    for axes in panels:
        for place in range(1, len(names), 2):
            axes.axhspan(place - 0.5, place + 0.5, color="#F2F2F2", linewidth=0, zorder=0)
    text = f"Difference from {baseline}"
    if len(text) > _LONGEST:
        text = f"Difference from\n{shortened(baseline, _LONGEST)}"
    panels[1].set_title(text, loc="left")
    first.set_title("Accuracy", loc="left")


def _write_verdicts(axes: Axes, ranking: Ranking, places: Mapping[str, float]) -> None:
    """Beside the last panel, for people."""
    rows = ranking.rows(PEOPLE)
    verdicts = {
        places[row["condition"]]: _VERDICTS[row["better"]]
        for row in rows.to_dict("records")
        if row["better"] in _VERDICTS
    }
    if verdicts:
        verdicts[-0.8] = "Better?"
    for place, verdict in verdicts.items():
        axes.annotate(
            verdict,
            (1.04, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=8.5,
            annotation_clip=False,
        )


def _legend(figure: Figure, machines: list[str]) -> None:
    if not machines:
        return
    handles = []
    for i, _ in enumerate(machines):
        one = MACHINES[i % len(MACHINES)]
        handles += figure.axes[0].plot(
            [],
            [],
            one.marker,
            color=one.colour,
            markerfacecolor="white",
            markersize=4,
            linestyle="none",
        )
    width_in = max(1.8, 0.4 + _LETTER_IN * max(map(len, machines)))
    columns = max(1, min(len(machines), int(figure.get_figwidth() / width_in)))
    figure.legend(handles, machines, loc="outside lower center", ncols=columns)
