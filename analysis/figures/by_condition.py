"""Accuracy, reaction time and confidence by condition."""

from matplotlib.figure import Figure

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, CONFIDENCE, RT_CORRECT, participant_averages
from analysis.figures.drawing import (
    ERROR_BARS,
    draw_chance,
    draw_means,
    label_levels,
    label_measure,
    lean,
    legend_below,
    looks,
    new_figure,
)
from conditions.study.kinds.kind import NONE

NAME = "by_condition"
ROOM = 0.5
TITLE = "Accuracy, reaction time and confidence by condition"
CAPTION = (
    "Main trials without catch trials. Thin lines join the dots of one participant. Left: the "
    "dotted line is chance, the dashed line with its band the accuracy measured without references "
    f"(mean, 2 SEM). Middle: correct trials only. {ERROR_BARS}"
)


def draw(dataset: Dataset) -> Figure:
    """Three panels, one a measure; conditions side by side."""
    look = looks(dataset.kinds.names, dataset.conditions)
    figure, panels = new_figure(7.2, 3.4, 3)
    positions = range(len(dataset.conditions))
    for axes, measure in zip(panels, (ACCURACY, RT_CORRECT, CONFIDENCE), strict=True):
        averages = participant_averages(dataset.main, measure, ["condition"])
        wide = averages.pivot(index="participant", columns="condition", values="value")
        wide = wide.reindex(columns=dataset.conditions)
        places = [position - 0.4 * ROOM for position in positions]
        axes.plot(places, wide.T.to_numpy(float), color="black", alpha=0.12, linewidth=0.7)
        if measure is ACCURACY:
            draw_chance(axes, wide[NONE].dropna() if NONE in wide else None)
        for position, condition in zip(positions, dataset.conditions, strict=True):
            draw_means(
                axes,
                averages,
                [position],
                [condition],
                "condition",
                condition,
                look[condition],
                room=ROOM,
                beside=True,
            )
        label_measure(axes, measure)
        label_levels(axes, positions, dataset.conditions, lean(len(positions)))
        axes.set_title(f"n = {averages['participant'].nunique()} participants")
    panels[1].set_ylabel("Reaction time, correct trials (s)")
    legend_below(figure, panels[0])
    return figure
