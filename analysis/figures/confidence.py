"""Confidence and correctness: calibration and type-2 AUROC."""

from matplotlib.figure import Figure

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
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
    side_by_side,
)
from analysis.statistics.answering.metacognition import participant_aurocs

NAME = "confidence"
TITLE = "Does confidence tell correct from wrong answers?"
CAPTION = (
    "Left: accuracy at each level of confidence (participants who used it). Right: area under the "
    "type-2 ROC curve of each participant with both correct and wrong answers; at 0.5 confidence "
    f"tells nothing. {ERROR_BARS}"
)


def draw(dataset: Dataset) -> Figure | None:
    """Calibration curve and AUROC; None where no confidence was recorded."""
    main = dataset.main
    if main["confidence"].isna().all():
        return None
    look = looks(dataset.kinds.names, dataset.conditions)
    rotation = lean(len(dataset.conditions))
    figure, (left, right) = new_figure(7.2, 3.3 if rotation == 0 else 4.2, 2)
    levels = (1, 2, 3)
    averages = participant_averages(main, ACCURACY, ["condition", "confidence"])
    draw_chance(left)
    shifts, room = side_by_side(len(dataset.conditions), 0.16)
    for condition, shift in zip(dataset.conditions, shifts, strict=True):
        chosen = averages[averages["condition"] == condition]
        positions = [level + shift for level in levels]
        draw_means(
            left,
            chosen,
            positions,
            levels,
            "confidence",
            condition,
            look[condition],
            joined=True,
            room=room,
        )
    label_measure(left, ACCURACY)
    label_levels(left, levels, ("1\nnot confident", "2", "3\nvery confident"))
    left.set_xlabel("Confidence")
    left.set_title(f"n = {main['participant'].nunique()} participants")
    aurocs = participant_aurocs(main)
    labels = []
    for i, condition in enumerate(dataset.conditions):
        chosen = aurocs[aurocs["condition"] == condition]
        labels.append(f"{condition}\n(n = {len(chosen)})")
        if len(chosen):
            draw_means(right, chosen, [i], [condition], "condition", condition, look[condition])
    right.axhline(0.5, color="black", linewidth=0.8, linestyle=":")
    right.set_ylim(0, 1.03)
    right.set_ylabel("Type-2 AUROC")
    if rotation:
        labels = [label.replace("\n", " ") for label in labels]
    label_levels(right, range(len(labels)), labels, rotation)
    legend_below(figure, left)
    return figure
