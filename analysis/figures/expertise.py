"""Experts and lay people."""

from matplotlib.figure import Figure

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, CONFIDENCE, RT_CORRECT, participant_averages
from analysis.figures.drawing import (
    ERROR_BARS,
    draw_chance,
    draw_means,
    label_levels,
    label_measure,
    legend_below,
    looks,
    new_figure,
    side_by_side,
)

NAME = "expertise"
TITLE = "Experts and lay people"
CAPTION = (
    "Main trials without catch trials, all schemes together, by the participants' experience with "
    f"CNNs. Dotted: chance. Middle: correct trials only. {ERROR_BARS}"
)
_NAMES = {"naive": "lay"}


def draw(dataset: Dataset) -> Figure | None:
    """Three panels, one a measure; None where expertise has fewer than two levels."""
    levels = dataset.expertises
    if len(levels) < 2:
        return None
    look = looks(dataset.kinds.names, dataset.conditions)
    figure, panels = new_figure(7.2, 3.3, 3)
    for axes, measure in zip(panels, (ACCURACY, RT_CORRECT, CONFIDENCE), strict=True):
        if measure is ACCURACY:
            draw_chance(axes)
        averages = participant_averages(dataset.main, measure, ["condition", "expertise"])
        shifts, room = side_by_side(len(dataset.conditions), 0.26)
        for condition, shift in zip(dataset.conditions, shifts, strict=True):
            draw_means(
                axes,
                averages[averages["condition"] == condition],
                [x + shift for x in range(len(levels))],
                levels,
                "expertise",
                condition,
                look[condition],
                room=room,
                beside=True,
            )
        label_measure(axes, measure)
        people = averages.groupby("expertise")["participant"].nunique()
        labels = [f"{_NAMES.get(level, level)}\n(n = {people.get(level, 0)})" for level in levels]
        label_levels(axes, range(len(levels)), labels)
    legend_below(figure, panels[0])
    return figure
