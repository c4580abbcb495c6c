"""Accuracy over the blocks of a condition, and before and after the trials with references."""

from matplotlib.figure import Figure

from analysis.data.dataset import AFTER, BEFORE, Dataset
from analysis.data.measures import ACCURACY, participant_averages
from analysis.figures.drawing import (
    ERROR_BARS,
    WITHOUT,
    draw_chance,
    draw_means,
    label_levels,
    label_measure,
    legend_below,
    looks,
    new_figure,
    side_by_side,
)
from conditions.study.kinds.kind import NONE

NAME = "learning"
TITLE = "Learning over blocks, and the baseline before and after"
CAPTION = (
    "Left: accuracy in the first, second, … block of each condition (within a scheme). Right, "
    "where it was measured: accuracy without references before and after those with references. "
    f"Main trials without catch trials. {ERROR_BARS}"
)


def draw(dataset: Dataset) -> Figure | None:
    """Blocks and, where it was measured twice, the baseline; None with one block a condition."""
    main = dataset.main
    turns = sorted(main["turn"].dropna().unique())
    baseline = participant_averages(main, ACCURACY, ["baseline"])
    twice = {BEFORE, AFTER} <= set(baseline["baseline"])
    if len(turns) < 2 and not twice:
        return None
    look = looks(dataset.kinds.names, dataset.conditions)
    figure, panels = new_figure(7.2 if twice else 4.8, 3.2, 1 + twice, sharey=True)
    averages = participant_averages(main, ACCURACY, ["condition", "turn"])
    draw_chance(panels[0])
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
    panels[0].set_title(f"n = {main['participant'].nunique()} participants")
    if twice:
        draw_chance(panels[1])
        draw_means(
            panels[1], baseline, [0, 1], [BEFORE, AFTER], "baseline", NONE, WITHOUT, joined=True
        )
        label_levels(panels[1], [0, 1], [BEFORE, AFTER])
        panels[1].set_xlabel("No references")
    legend_below(figure, panels[0])
    return figure
