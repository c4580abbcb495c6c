"""Accuracy over the blocks of a condition, and before and after the trials with references."""

import pandas as pd
from matplotlib.axes import Axes

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
from analysis.data.tidy_table import AFTER, BEFORE
from analysis.figures.style.described import described
from analysis.figures.style.drawing import (
    Drawing,
    label_levels,
    label_measure,
    legend_below,
    new_figure,
    side_by_side,
)
from analysis.figures.style.looks import WITHOUT, looks
from analysis.figures.style.means import draw_chance, draw_means, means_words, with_bars
from analysis.wording import counted
from conditions.study.kinds.kind import NONE


def draw(dataset: Dataset) -> Drawing | None:
    """Blocks and, where it was measured twice, the baseline; None with one block a condition."""
    main = dataset.main
    turns = sorted(main["turn"].dropna().unique())
    baseline = participant_averages(main, ACCURACY, ["baseline"])
    twice = {BEFORE, AFTER} <= set(baseline["baseline"])
    if len(turns) < 2 and not twice:
        return None
    look = looks(dataset.kinds.names, dataset.conditions)
    figure, panels = new_figure(7.2 if twice else 4.8, 3.2, 1 + twice, sharey=True)
    cells = ["condition", "turn"]
    averages, bars = with_bars(participant_averages(main, ACCURACY, cells), cells)
    chance = draw_chance(panels[0])
    shifts, room = side_by_side(len(dataset.conditions), 0.16)
    for condition, shift in zip(dataset.conditions, shifts, strict=True):
        chosen = averages[averages["condition"] == condition]
        met = sorted(chosen["turn"].unique())
        positions = [turn + shift for turn in met]
        draw_means(
            panels[0],
            chosen,
            positions,
            met,
            "turn",
            condition,
            look[condition],
            joined=True,
            room=room,
        )
    label_measure(panels[0], ACCURACY)
    label_levels(panels[0], turns, [str(turn) for turn in turns])
    panels[0].set_xlabel("Block of the condition")
    panels[0].set_title(f"n = {counted(main['participant'].nunique(), 'participant')}")
    within = " within a scheme" if len(dataset.schemes) > 1 else ""
    caption = [f"Accuracy in the first, second, … block of each condition{within}."]
    title = "Accuracy over blocks"
    if twice:
        _baseline(panels[1], baseline)
        caption.append("Right: without references, before and after the trials with references.")
        title += ", and without references before and after"
    caption += ["Main trials without catch trials.", chance]
    caption.append(means_words(bars, "conditions and blocks"))
    legend_below(figure, panels[0])
    return Drawing("learning", title, " ".join(caption), described(figure), figure)


def _baseline(axes: Axes, baseline: pd.DataFrame) -> None:
    draw_chance(axes)
    moments = [BEFORE, AFTER]
    averages, _ = with_bars(baseline[baseline["baseline"].isin(moments)], ["baseline"])
    draw_means(axes, averages, [0, 1], moments, "baseline", NONE, WITHOUT, joined=True)
    label_levels(axes, [0, 1], moments)
    axes.set_xlabel("Without references")
