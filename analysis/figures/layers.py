"""Accuracy over layers and branches of the network, and by how the units were picked."""

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
from analysis.figures.style.described import described
from analysis.figures.style.drawing import (
    Drawing,
    label_levels,
    label_measure,
    legend_below,
    new_figure,
    side_by_side,
)
from analysis.figures.style.looks import looks
from analysis.figures.style.means import draw_chance, draw_means, means_words, with_bars
from analysis.wording import counted, listed, natural_key
from conditions.study.kinds.kind import NONE

_BRANCHES = ("1x1", "3x3", "5x5", "pool")
_PICKS = ("random", "hand_picked")
# Letters of a level that there is room for side by side.
_LONGEST = 9
_WORDS = {"layer": "layer", "branch": "branch", "pick": "how units were picked"}


def draw(dataset: Dataset) -> Drawing | None:
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
    baseline = participant_averages(main[main["condition"] == NONE], ACCURACY)
    several = ", all schemes together" if len(dataset.schemes) > 1 else ""
    words = {}
    for axes, (factor, levels) in zip(panels, factors.items(), strict=True):
        chance = draw_chance(axes, baseline)
        cells = ["condition", factor]
        averages, bars = with_bars(participant_averages(main, ACCURACY, cells), cells)
        words[factor] = means_words(bars, "conditions and levels")
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
        longest = max(len(line) for label in labels for line in label.split("\n"))
        label_levels(axes, range(len(levels)), labels, 90 if longest > _LONGEST else 0)
        axes.set_xlabel({"layer": "Layer", "branch": "Branch", "pick": "Units"}[factor])
    for axes in panels[1:]:
        axes.set_ylabel("")
    panels[0].set_title(f"n = {counted(main['participant'].nunique(), 'participant')}")
    legend_below(figure, panels[0])
    caption = (
        f"Main trials without catch trials{several}, by {listed([_WORDS[f] for f in factors])}. "
        f"{chance} {_together(words)}"
    )
    title = f"Accuracy by {listed([_WORDS[f] for f in factors])}"
    return Drawing("layers", title, caption, described(figure), figure)


def _together(words: dict[str, str]) -> str:
    """What marks are, once if it is the same in all panels."""
    if len(set(words.values())) == 1:
        return next(iter(words.values()))
    return " ".join(f"{_WORDS[factor].capitalize()}: {text}" for factor, text in words.items())
