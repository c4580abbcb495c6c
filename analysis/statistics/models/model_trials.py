"""The trials and fixed effects of a mixed model, and whether they suffice for one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.tidy_table import NO_SCHEME
from analysis.wording import counted

# Of fewer, how they differ is a guess: their spread is most often found to be 0, or anything.
FEWEST_PARTICIPANTS, FEWEST_UNITS = 5, 5
CONDITION, SCHEME = "condition", "scheme"


@dataclass(frozen=True)
class ModelTrials:
    """What a model is fitted to.

    Attributes
    ----------
    trials : DataFrame
        ``y``, ``participant``, ``unit``, ``condition``, and ``scheme`` where there are several;
        condition and scheme as numbers from 0 on, in the order of the levels.
    formula : str
        Fixed effects: the condition, and with several schemes the scheme and their interaction,
        as far as the trials tell them apart.
    levels : dict of str to list of str
        Names of the conditions, and schemes.
    """

    trials: pd.DataFrame
    formula: str
    levels: dict[str, list[str]]


def model_trials(dataset: Dataset, y: pd.Series) -> ModelTrials | str:
    """Main trials with a value; with several schemes those with references.

    Parameters
    ----------
    dataset : Dataset
    y : Series
        A value for each of the main trials; trials without one are left out.

    Returns
    -------
    ModelTrials or str
        In words why there is no model, where there are too few participants or units, or all
        values are alike.
    """
    chosen = y.notna()
    if len(dataset.schemes) > 1:
        chosen &= dataset.main["scheme"] != NO_SCHEME
    shown, y = dataset.main[chosen], y[chosen].astype("float64")
    for column, fewest in (("participant", FEWEST_PARTICIPANTS), ("unit", FEWEST_UNITS)):
        found = shown[column].nunique()
        if found < fewest:
            return (
                f"it needs {counted(fewest, column)} at least to see how they differ, and there "
                f"{'is' if found == 1 else 'are'} {counted(found, column)}"
            )
    if y.nunique() < 2:
        return "all its trials are alike"
    levels = {CONDITION: [c for c in dataset.conditions if (shown["condition"] == c).any()]}
    if len(dataset.schemes) > 1:
        levels[SCHEME] = [s for s in dataset.schemes if (shown["scheme"] == s).any()]
    numbered = {
        name: shown[name].map({level: i for i, level in enumerate(found)}).astype("int64")
        for name, found in levels.items()
    }
    trials = shown[["participant", "unit"]].assign(y=y, **numbered)
    factors = [name for name, found in levels.items() if len(found) > 1]
    return ModelTrials(trials, _estimable(trials, factors), levels)


def _estimable(trials: pd.DataFrame, factors: list[str]) -> str:
    """The fullest fixed effects that the trials tell apart; others would be the prior's alone.

    Where kinds were shown with schemes of their own, a scheme is known by its kinds.
    """
    categorical = [f"C({name})" for name in factors]
    if len(factors) < 2:
        return "".join(categorical) or "1"
    cells = trials[factors].drop_duplicates()
    levels = [trials[name].nunique() for name in factors]
    if len(cells) == np.prod(levels):
        return " * ".join(categorical)
    dummies = pd.get_dummies(cells, columns=factors, dtype=float)
    overlap = np.linalg.matrix_rank(dummies.to_numpy())
    return " + ".join(categorical) if overlap == sum(levels) - 1 else categorical[0]
