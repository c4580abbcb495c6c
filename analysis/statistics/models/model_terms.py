"""The effects of a mixed model by name, and what each is in terms of its fixed effects."""

import re

import numpy as np

from analysis.statistics.models.model_trials import CONDITION, SCHEME, ModelTrials

_INDICATOR = re.compile(r"C\((\w+)\)\[T\.(\d+)\]")
SD_WORDS = {
    "participant": "SD of participants",
    "participant:condition": "SD of participants by condition",
    "unit": "SD of units",
    "unit:condition": "SD of units by condition",
    "residual": "SD of residuals",
}


def term_words(name: str, levels: dict[str, list[str]]) -> str:
    """A column of the fixed effects in short.

    >>> levels = {"condition": ["natural", "synthetic"], "scheme": ["Max-1", "Max-9"]}
    >>> term_words("C(condition)[T.1]:C(scheme)[T.1]", levels)
    'condition synthetic : scheme Max-9'
    """
    parts = [f"{factor} {levels[factor][level]}" for factor, level in _indicators(name).items()]
    return " : ".join(parts) or "intercept"


def mean_of_schemes(condition: str) -> str:
    """The name of a condition's effect as the mean over schemes."""
    return f"condition {condition} : mean of schemes"


def term_contrasts(model: ModelTrials, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Each term, and with several schemes each condition's effect as the mean over them.

    Parameters
    ----------
    model : ModelTrials
    names : tuple of str
        Columns of the fixed effects, k.

    Returns
    -------
    dict of str to ndarray, shape (k,)
        Weights of the fixed effects, by the name of the term.
    """
    terms = dict(zip((term_words(n, model.levels) for n in names), np.eye(len(names)), strict=True))
    if len(model.levels.get(SCHEME, [])) > 1:
        for condition, (first, other) in condition_cells(model, names).items():
            terms[mean_of_schemes(condition)] = (other - first).mean(axis=0)
    return terms


def condition_cells(
    model: ModelTrials, names: tuple[str, ...]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Fixed effects of the first condition and of each other one, in the same schemes.

    Returns
    -------
    dict of str to tuple of ndarray, shapes (schemes, k)
        By the other condition. In the schemes that both were shown with; where there are none, in
        all, between which the effects then do not differ.
    """
    schemes = range(len(model.levels.get(SCHEME, [""])))
    shown = set(map(tuple, model.trials[list(model.levels)].drop_duplicates().to_numpy().tolist()))
    found = {}
    for other, condition in list(enumerate(model.levels[CONDITION]))[1:]:
        shared = [s for s in schemes if {(0, s), (other, s)} <= shown] or list(schemes)
        first, second = (
            np.array([_row(names, {CONDITION: level, SCHEME: s}) for s in shared])
            for level in (0, other)
        )
        found[condition] = first, second
    return found


def _indicators(name: str) -> dict[str, int]:
    return {factor: int(level) for factor, level in _INDICATOR.findall(name)}


def _row(names: tuple[str, ...], cell: dict[str, int]) -> list[float]:
    """The row of fixed effects of a cell: products of indicators."""
    return [float(_indicators(name).items() <= cell.items()) for name in names]
