"""Accuracy, reaction time and confidence by reference scheme."""

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
from analysis.data.tidy_table import NO_SCHEME
from analysis.figures.style.described import described
from analysis.figures.style.drawing import (
    Drawing,
    label_levels,
    label_measure,
    legend_below,
    measured,
    new_figure,
    side_by_side,
    times_words,
)
from analysis.figures.style.looks import looks
from analysis.figures.style.means import draw_chance, draw_means, means_words, with_bars
from analysis.wording import counted
from conditions.study.kinds.kind import NONE


def draw(dataset: Dataset) -> Drawing | None:
    """A panel for each measure; None where there is a single scheme."""
    if len(dataset.schemes) < 2:
        return None
    shown = dataset.main[dataset.main["scheme"] != NO_SCHEME]
    conditions = [c for c in dataset.conditions if c != NONE]
    none = participant_averages(dataset.main[dataset.main["condition"] == NONE], ACCURACY)
    look = looks(dataset.kinds.names, dataset.conditions)
    measures = measured(shown)
    figure, panels = new_figure(0.6 + 2.2 * len(measures), 3.5, len(measures))
    caption = [
        "Main trials without catch trials, by the references shown (the number is that of "
        f"references a pole; Min-Max: of both poles){times_words(measures, dataset.trials)}."
    ]
    for axes, measure in zip(panels, measures, strict=True):
        cells = ["condition", "scheme"]
        averages, bars = with_bars(participant_averages(shown, measure, cells), cells)
        if measure is ACCURACY:
            caption.append(draw_chance(axes, none))
            caption.append(means_words(bars, "conditions and schemes"))
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
        axes.set_title(f"n = {counted(averages['participant'].nunique(), 'participant')}")
    legend_below(figure, panels[0])
    return Drawing("schemes", "Reference schemes", " ".join(caption), described(figure), figure)
