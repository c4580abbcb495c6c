"""What the questions of a study compare, as contrasts of its trials."""

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.measures import Measure
from analysis.result_columns import ALL
from analysis.statistics.inference.contrasts import Contrast, apart_from, contrast_of, slope_of
from analysis.statistics.inference.differences import MOSTLY
from analysis.wording import natural_key
from conditions.study.asked.questions import CHANCE, CONDITION, INTERACTION, LEARNING, Question

# Of two queries one is right.
GUESSING = 0.5


def contrast_for(
    dataset: Dataset, question: Question, measure: Measure
) -> tuple[Contrast | None, str, np.ndarray | None]:
    """The contrast of a question, its scheme in the table, and differences on paired units."""
    main = dataset.main
    first, second = (main[main["condition"] == c] for c in (question.first, question.second))
    if question.name == CONDITION:
        contrast = contrast_of(measure, [first], [second])
        cells = _paired_cells(measure, first, second) if contrast else None
        return contrast, ALL, cells
    if question.name == CHANCE:
        return apart_from(measure, first, GUESSING), ALL, _cells(measure, first) - GUESSING
    if question.name == INTERACTION:
        many, few = most_and_fewest(dataset.schemes)
        trials = [
            [side[side["scheme"].isin(schemes)] for side in (first, second)]
            for schemes in (many, few)
        ]
        return contrast_of(measure, *trials), f"{', '.join(many)} - {', '.join(few)}", None
    if question.name == LEARNING:
        first, second = (trials.assign(x=trials["turn"]) for trials in (first, second))
        return slope_of(measure, first, second, (0.5, 0.5)), ALL, None
    layers = sorted(main["layer"].dropna().unique(), key=natural_key)
    place = {layer: i for i, layer in enumerate(layers)}
    first, second = (trials.assign(x=trials["layer"].map(place)) for trials in (first, second))
    return slope_of(measure, first, second, (1.0, -1.0)), ALL, None


def _cells(measure: Measure, trials: pd.DataFrame) -> np.ndarray:
    """Means by participant and unit."""
    known = trials[["participant", "unit"]].assign(value=measure.values(trials)).dropna()
    means = known.astype({"value": "float64"}).groupby(["participant", "unit"])["value"].mean()
    return means.unstack().to_numpy(float)


def most_and_fewest(schemes: list[str]) -> tuple[list[str], list[str]]:
    """The schemes with the most references and those with the fewest.

    Where all have equally many: the last and the first.

    >>> most_and_fewest(["Max-1", "Min-Max-1", "Max-9"])
    (['Max-9'], ['Max-1', 'Min-Max-1'])
    """
    if len(schemes) < 2:
        return schemes, []
    counts = {scheme: scheme.rpartition("-")[2] for scheme in schemes}
    # Schemes are in the order of their numbers.
    most, fewest = counts[schemes[-1]], counts[schemes[0]]
    if most == fewest:
        return schemes[-1:], schemes[:1]
    many, few = ([s for s, n in counts.items() if n == wanted] for wanted in (most, fewest))
    return many, few


def _paired_cells(measure: Measure, first: pd.DataFrame, second: pd.DataFrame) -> np.ndarray | None:
    """Differences by participant and unit; None where less than most trials are in such pairs."""
    key = ["participant", "unit"]
    sides = [
        trials[key].assign(value=measure.values(trials).astype("float64")).dropna()
        for trials in (first, second)
    ]
    cells = [side.groupby(key)["value"].mean() for side in sides]
    both = (cells[0] - cells[1]).dropna()
    paired = [pd.MultiIndex.from_frame(side[key]).isin(both.index).mean() for side in sides]
    return both.unstack().to_numpy(float) if min(paired) >= MOSTLY else None
