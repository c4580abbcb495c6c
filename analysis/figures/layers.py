"""Accuracy over layers and branches of the network, and by how the units were picked."""

from matplotlib.figure import Figure

from analysis.data.dataset import Dataset, natural_key
from analysis.data.measures import ACCURACY, participant_averages
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

NAME = "layers"
TITLE = "Accuracy over layers, branches and kinds of units"
CAPTION = (
    "Main trials without catch trials, all schemes together; levels with a single value are not "
    f"drawn. Dotted: chance; dashed: measured without references. {ERROR_BARS}"
)

_BRANCHES = ("1x1", "3x3", "5x5", "pool")
_PICKS = ("random", "hand_picked")


def draw(dataset: Dataset) -> Figure | None:
    """One panel for each factor that has at least two levels; None without any."""
    main = dataset.main
    factors = {
        "layer": sorted(main["layer"].dropna().unique(), key=natural_key),
        "branch": [b for b in _BRANCHES if (main["branch"] == b).any()],
        "pick": [p for p in _PICKS if (main["pick"] == p).any()],
    }
    factors = {factor: levels for factor, levels in factors.items() if len(levels) > 1}
    if not factors:
        return None
    widths = [len(levels) + 1.5 for levels in factors.values()]
    look = looks(dataset.kinds.names, dataset.conditions)
    figure, panels = new_figure(
        min(7.2, 0.7 * sum(widths) + 1.5), 3.4, len(factors), sharey=True, width_ratios=widths
    )
    shifts, room = side_by_side(len(dataset.conditions), 0.17)
    baseline = participant_averages(main[main["condition"] == NONE], ACCURACY)["value"]
    for axes, (factor, levels) in zip(panels, factors.items(), strict=True):
        draw_chance(axes, baseline)
        averages = participant_averages(main, ACCURACY, ["condition", factor])
        for condition, shift in zip(dataset.conditions, shifts, strict=True):
            chosen = averages[averages["condition"] == condition]
            positions = [x + shift for x in range(len(levels))]
            draw_means(
                axes,
                chosen,
                positions,
                levels,
                factor,
                condition,
                look[condition],
                joined=factor == "layer",
                room=room,
            )
        label_measure(axes, ACCURACY)
        labels = [
            level.removeprefix("mixed").replace("hand_picked", "hand-\npicked") for level in levels
        ]
        label_levels(axes, range(len(levels)), labels)
        axes.set_xlabel({"layer": "Layer", "branch": "Branch", "pick": "Units"}[factor])
    for axes in panels[1:]:
        axes.set_ylabel("")
    panels[0].set_title(f"n = {main['participant'].nunique()} participants")
    legend_below(figure, panels[0])
    return figure
