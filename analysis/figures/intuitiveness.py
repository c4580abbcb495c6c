"""Intuitiveness ratings, at the beginning and at the end."""

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.figures.style.described import described
from analysis.figures.style.drawing import Drawing, label_levels, legend_below, new_figure
from analysis.figures.style.looks import BEGINNING, END
from analysis.figures.style.means import draw_means, each_mean, means_words
from analysis.statistics.inference.intervals import estimate
from analysis.wording import counted, natural_key

_LIMITS = (-100.0, 100.0)
_MOMENTS = {"beginning": BEGINNING, "end": END}


def draw(dataset: Dataset) -> Drawing | None:
    """One column a unit, moments side by side; None without ratings."""
    ratings = dataset.ratings
    if ratings.empty:
        return None
    units = sorted(ratings["unit"].unique(), key=natural_key)
    moments = [moment for moment in _MOMENTS if (ratings["moment"] == moment).any()]
    cells = ["participant", "moment", "unit"]
    given = ratings.assign(value=ratings["rating"].astype("float64"))
    values = given.groupby(cells)["value"].mean().reset_index()
    means = values.groupby(cells[:2])["value"].mean().reset_index()
    values = pd.concat([values, means.assign(unit="all")], ignore_index=True)
    # The mean of a participant's units has no spread within them: each mean has its own interval.
    values, bars = each_mean(
        values.dropna(subset=["value"]),
        ["moment", "unit"],
        lambda group: estimate(group["value"], limits=_LIMITS),
    )
    figure, (axes,) = new_figure(min(7.2, 2.5 + 1.1 * len(units)), 3.2)
    axes.axhline(0, color="black", linewidth=0.8, linestyle=":")
    levels = [*units, "all"]
    for i, moment in enumerate(moments):
        shift = 0.3 * (i - (len(moments) - 1) / 2)
        chosen = values[values["moment"] == moment]
        positions = [x + shift for x in range(len(levels))]
        draw_means(
            axes, chosen, positions, levels, "unit", moment, _MOMENTS[moment], room=0.3, beside=True
        )
    axes.set_ylim(-108, 108)
    axes.set_yticks(range(-100, 101, 50))
    axes.set_ylabel("Rating (−100 … 100)")
    label_levels(axes, range(len(levels)), levels)
    axes.set_title(f"n = {counted(ratings['participant'].nunique(), 'participant')}")
    legend_below(figure, axes)
    left, right = dataset.kinds.rated or ("left", "right")
    caption = (
        f"How intuitive is the explanation that the {left} images give of the {right} ones? From "
        "−100 (not intuitive) to 100; all: mean over a participant's units. " + means_words(bars)
    )
    return Drawing("intuitiveness", "Intuitiveness ratings", caption, described(figure), figure)
