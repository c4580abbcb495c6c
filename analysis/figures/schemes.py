"""Accuracy, reaction time and confidence by reference scheme."""

from matplotlib.figure import Figure

from analysis.data.dataset import NO_SCHEME, Dataset
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
from conditions.study.kinds.kind import NONE

NAME = "schemes"
TITLE = "Reference schemes"
CAPTION = (
    "Main trials without catch trials, by the references shown (Min-Max-9: nine minimally and nine "
    "maximally activating ones). Dotted: chance; a dashed line, where there is one: measured "
    f"without references. Middle: correct trials only. {ERROR_BARS}"
)


def draw(dataset: Dataset) -> Figure | None:
    """Three panels, one a measure; None where there is a single scheme."""
    if len(dataset.schemes) < 2:
        return None
    shown = dataset.main[dataset.main["scheme"] != NO_SCHEME]
    conditions = [c for c in dataset.conditions if c != NONE]
    none = participant_averages(dataset.main[dataset.main["condition"] == NONE], ACCURACY)
    look = looks(dataset.kinds.names, dataset.conditions)
    figure, panels = new_figure(7.2, 3.5, 3)
    for axes, measure in zip(panels, (ACCURACY, RT_CORRECT, CONFIDENCE), strict=True):
        if measure is ACCURACY:
            draw_chance(axes, none["value"])
        averages = participant_averages(shown, measure, ["condition", "scheme"])
        shifts, room = side_by_side(len(conditions), 0.3)
        for condition, shift in zip(conditions, shifts, strict=True):
            draw_means(
                axes,
                averages[averages["condition"] == condition],
                [x + shift for x in range(len(dataset.schemes))],
                dataset.schemes,
                "scheme",
                condition,
                look[condition],
                room=room,
                beside=True,
            )
        label_measure(axes, measure)
        label_levels(axes, range(len(dataset.schemes)), dataset.schemes, rotation=40)
        axes.set_title(f"n = {averages['participant'].nunique()} participants")
    legend_below(figure, panels[0])
    return figure
