"""The data of a mixed model with crossed participants and units, ready for its algebra."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from formulaic import model_matrix

# Terms of the random part; the last two are condition slopes, as intercepts in each condition.
PARTICIPANT, PARTICIPANT_BY, UNIT, UNIT_BY = TERMS = (
    "participant",
    "participant:condition",
    "unit",
    "unit:condition",
)


@dataclass(frozen=True)
class Side:
    """Participants, or units: which one a row belongs to.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        0…size − 1.
    size : int
        How many there are.
    terms : tuple of str
        What they have in common over conditions, and of their own in each.
    """

    codes: np.ndarray
    size: int
    terms: tuple[str, str]


@dataclass(frozen=True)
class Sums:
    """Sums of weights over rows.

    Attributes
    ----------
    both : ndarray, shape (conditions, many, few)
        In each cell of condition and both sides.
    fixed_many, fixed_few : ndarray, shapes (conditions, many, k) and (conditions, few, k)
        Times the fixed effects, in each cell of condition and one side.
    fixed : ndarray, shape (k, k)
        Times the products of the fixed effects.
    """

    both: np.ndarray
    fixed_many: np.ndarray
    fixed_few: np.ndarray
    fixed: np.ndarray

    def times(self, factor: float) -> "Sums":
        """With all weights multiplied."""
        return Sums(
            factor * self.both,
            factor * self.fixed_many,
            factor * self.fixed_few,
            factor * self.fixed,
        )


@dataclass(frozen=True)
class CrossedDesign:
    """Answers in rows, equal rows as one.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Mean of a row: proportion correct, or a measure.
    trials : ndarray, shape (n,)
        How many answers a row stands for.
    within : float
        Sum of squares inside rows, which no model explains.
    fixed : ndarray, shape (n, k)
        Fixed effects; the first column is the intercept.
    names : tuple of str
        Their names, k.
    condition : ndarray of int, shape (n,)
        0…n_conditions − 1.
    n_conditions : int
    many, few : Side
        The side that is eliminated first, the larger one, and the other.
    terms : tuple of str
        Random terms that the data tell apart, of :data:`TERMS`.
    offset : ndarray, shape (n,)
        What is added to the linear predictor as it is.
    """

    y: np.ndarray
    trials: np.ndarray
    within: float
    fixed: np.ndarray
    names: tuple[str, ...]
    condition: np.ndarray
    n_conditions: int
    many: Side
    few: Side
    terms: tuple[str, ...]
    offset: np.ndarray

    def holding(self, fixed: np.ndarray) -> "CrossedDesign":
        """The same data with fixed effects that are given, shape (k,), instead of estimated."""
        nothing = np.empty((len(self.y), 0))
        return replace(self, fixed=nothing, names=(), offset=self.offset + self.fixed @ fixed)

    @cached_property
    def in_many(self) -> np.ndarray:
        """Cell of condition and larger side, of each row."""
        return self.condition * self.many.size + self.many.codes

    @cached_property
    def in_few(self) -> np.ndarray:
        """Cell of condition and smaller side."""
        return self.condition * self.few.size + self.few.codes

    @cached_property
    def in_both(self) -> np.ndarray:
        """Cell of condition and both."""
        return self.in_many * self.few.size + self.few.codes

    @cached_property
    def unweighted(self) -> Sums:
        """Sums with the number of trials as weights."""
        return weighted_sums(self, self.trials)


def crossed_design(trials: pd.DataFrame, formula: str) -> CrossedDesign:
    """Trials to a design.

    Parameters
    ----------
    trials : DataFrame
        Columns ``y``, ``participant``, ``unit``, ``condition``, and those of the formula.
    formula : str
        Fixed effects with an intercept, as in ``condition * scheme``.
    """
    factors = [name for name in trials if name != "y"]
    y = trials["y"].groupby([trials[name] for name in factors], observed=True)
    rows = y.agg(["mean", "size"]).reset_index()
    fixed = model_matrix(formula, rows)
    condition, _ = pd.factorize(rows["condition"])
    sides = []
    for terms in (TERMS[:2], TERMS[2:]):
        codes, levels = pd.factorize(rows[terms[0]])
        sides.append(Side(codes, len(levels), terms))
    few, many = sorted(sides, key=lambda side: side.size)
    return CrossedDesign(
        y=rows["mean"].to_numpy(),
        trials=rows["size"].to_numpy(float),
        within=float(((trials["y"] - y.transform("mean")) ** 2).sum()),
        fixed=fixed.to_numpy(float),
        names=tuple(fixed.columns),
        condition=condition,
        n_conditions=int(condition.max()) + 1,
        many=many,
        few=few,
        terms=random_terms(trials),
        offset=np.zeros(len(rows)),
    )


def random_terms(trials: pd.DataFrame) -> tuple[str, ...]:
    """The random terms that trials tell apart.

    A slope needs people (units) who met several conditions: of those with one condition each,
    what is theirs and what is theirs in the condition is the same. It also needs several answers
    in a cell, or it is the noise of a single one.
    """
    terms = []
    for common, own in (TERMS[:2], TERMS[2:]):
        terms.append(common)
        met = trials.groupby(common, observed=True)["condition"].nunique()
        if (met > 1).sum() > 1 and met.sum() < len(trials):
            terms.append(own)
    return tuple(terms)


def weighted_sums(design: CrossedDesign, weights: np.ndarray) -> Sums:
    """Sums with a weight a row, shape (n,)."""
    n, many, few, k = design.n_conditions, design.many.size, design.few.size, len(design.names)
    weighted = weights[:, None] * design.fixed
    fixed_many, fixed_few = np.empty((n, many, k)), np.empty((n, few, k))
    for column in range(k):
        fixed_many[..., column] = summed(design.in_many, weighted[:, column], (n, many))
        fixed_few[..., column] = summed(design.in_few, weighted[:, column], (n, few))
    both = summed(design.in_both, weights, (n, many, few))
    return Sums(both, fixed_many, fixed_few, design.fixed.T @ weighted)


def summed(cells: np.ndarray, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum of values by cell, in a table of a shape."""
    return np.bincount(cells, values, int(np.prod(shape))).reshape(shape)
