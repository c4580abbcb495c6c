"""Experts and lay people."""

from functools import partial

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
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
from analysis.figures.style.means import draw_chance, draw_means, each_mean, means_words
from analysis.statistics.summaries import estimate_of

_NAMES = {"naive": "lay"}


def draw(dataset: Dataset) -> Drawing | None:
    """A panel for each measure; None where expertise has fewer than two levels."""
    levels = dataset.expertises
    if len(levels) < 2:
        return None
    look = looks(dataset.kinds.names, dataset.conditions)
    measures = measured(dataset.main)
    figure, panels = new_figure(0.6 + 2.2 * len(measures), 3.3, len(measures))
    several = "all schemes together, " if len(dataset.schemes) > 1 else ""
    caption = [
        f"Main trials without catch trials, {several}by the participants' experience with "
        f"CNNs{times_words(measures, dataset.trials)}."
    ]
    for axes, measure in zip(panels, measures, strict=True):
        cells = ["condition", "expertise"]
        averages = participant_averages(dataset.main, measure, cells)
        averages, bars = each_mean(averages, cells, partial(estimate_of, measure))
        if measure is ACCURACY:
            caption += [draw_chance(axes), means_words(bars)]
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
    title = "Experts and lay people"
    return Drawing("expertise", title, " ".join(caption), described(figure), figure)
