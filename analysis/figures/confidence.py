"""Confidence and correctness: calibration and type-2 AUROC."""

from functools import partial

from matplotlib.axes import Axes

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
from analysis.figures.style.described import described
from analysis.figures.style.drawing import (
    Drawing,
    label_levels,
    label_measure,
    lean,
    legend_below,
    new_figure,
    room_below,
    shortened,
    side_by_side,
)
from analysis.figures.style.looks import Look, looks
from analysis.figures.style.means import draw_chance, draw_means, each_mean, means_words, with_bars
from analysis.statistics.answering.metacognition.table import participant_aurocs
from analysis.statistics.summaries import estimate_of
from analysis.wording import counted

LEVELS = (1, 2, 3)


def draw(dataset: Dataset) -> Drawing | None:
    """Calibration curve and AUROC; None where no confidence was recorded."""
    main = dataset.main
    if main["confidence"].isna().all():
        return None
    look = looks(dataset.kinds.names, dataset.conditions)
    rotation = lean(dataset.conditions)
    names = [shortened(name) if rotation else name for name in dataset.conditions]
    height = 3.3 + room_below([f"{name} (n = 00)" for name in names], rotation)
    figure, (left, right) = new_figure(7.2, height, 2)
    cells = ["condition", "confidence"]
    averages, bars = each_mean(
        participant_averages(main, ACCURACY, cells), cells, partial(estimate_of, ACCURACY)
    )
    chance = draw_chance(left)
    shifts, room = side_by_side(len(dataset.conditions), 0.16)
    for condition, shift in zip(dataset.conditions, shifts, strict=True):
        draw_means(
            left,
            averages[averages["condition"] == condition],
            [level + shift for level in LEVELS],
            LEVELS,
            "confidence",
            condition,
            look[condition],
            joined=True,
            room=room,
        )
    label_measure(left, ACCURACY)
    label_levels(left, LEVELS, ("1\nnot confident", "2", "3\nvery confident"))
    left.set_xlabel("Confidence")
    left.set_title(f"n = {counted(main['participant'].nunique(), 'participant')}")
    of_aurocs = _draw_aurocs(right, dataset, look, names, rotation)
    legend_below(figure, left)
    caption = (
        f"Left: accuracy at each level of confidence, of participants who used it. {chance} "
        f"{means_words(bars)}"
    )
    if of_aurocs:
        caption += (
            " Right: area under the type-2 ROC curve of each participant with both correct and "
            f"wrong answers; dotted: at 0.5 confidence tells nothing. {of_aurocs}"
        )
    title = "Does confidence tell correct from wrong answers?"
    return Drawing("confidence", title, caption, described(figure), figure)


def _draw_aurocs(
    axes: Axes, dataset: Dataset, look: dict[str, Look], names: list[str], rotation: float
) -> str:
    """Draw the AUROCs of participants; what bars are, or nothing where nobody has one."""
    found = participant_aurocs(dataset.main)
    if found.empty:
        axes.set_visible(False)
        return ""
    aurocs, bars = with_bars(found, ["condition"])
    labels = []
    for i, (condition, name) in enumerate(zip(dataset.conditions, names, strict=True)):
        chosen = aurocs[aurocs["condition"] == condition]
        labels.append(f"{name}\n(n = {len(chosen)})")
        if len(chosen):
            draw_means(axes, chosen, [i], [condition], "condition", condition, look[condition])
    axes.axhline(0.5, color="black", linewidth=0.8, linestyle=":")
    axes.set_ylim(0, 1.03)
    axes.set_ylabel("Type-2 AUROC")
    if rotation:
        labels = [label.replace("\n", " ") for label in labels]
    label_levels(axes, range(len(labels)), labels, rotation)
    return means_words(bars)
