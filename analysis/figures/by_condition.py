"""Accuracy, reaction time and confidence by condition."""

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
from analysis.figures.style.described import described
from analysis.figures.style.drawing import (
    Drawing,
    label_levels,
    label_measure,
    lean,
    legend_below,
    measured,
    new_figure,
    room_below,
    shortened,
    times_words,
)
from analysis.figures.style.looks import looks
from analysis.figures.style.means import MANY, draw_chance, draw_means, means_words, with_bars
from analysis.wording import counted
from conditions.study.kinds.kind import NONE

ROOM = 0.5


def draw(dataset: Dataset) -> Drawing:
    """A panel for each measure; conditions side by side."""
    look = looks(dataset.kinds.names, dataset.conditions)
    measures = measured(dataset.main)
    rotation = lean(dataset.conditions)
    names = [shortened(name) if rotation else name for name in dataset.conditions]
    height = 3.2 + room_below(names, rotation)
    figure, panels = new_figure(0.6 + 2.2 * len(measures), height, len(measures))
    positions = range(len(dataset.conditions))
    caption = [f"Main trials without catch trials{times_words(measures, dataset.trials)}."]
    joined = False
    for axes, measure in zip(panels, measures, strict=True):
        averages, bars = with_bars(
            participant_averages(dataset.main, measure, ["condition"]), ["condition"]
        )
        wide = averages.pivot(index="participant", columns="condition", values="value")
        wide = wide.reindex(columns=dataset.conditions)
        if len(dataset.conditions) > 1 and len(wide) <= MANY:
            places = [position - 0.4 * ROOM for position in positions]
            axes.plot(places, wide.T.to_numpy(float), color="black", alpha=0.15, linewidth=0.7)
            joined = True
        if measure is ACCURACY:
            caption.append(draw_chance(axes, averages[averages["condition"] == NONE]))
            caption.append(means_words(bars))
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
        label_levels(axes, positions, names, rotation)
        axes.set_title(f"n = {counted(averages['participant'].nunique(), 'participant')}")
    legend_below(figure, panels[0])
    if joined:
        caption.append("Thin lines join the dots of one participant.")
    title = "Accuracy, reaction time and confidence by condition"
    return Drawing("by_condition", title, " ".join(caption), described(figure), figure)
