"""Contrasts of reference schemes: how many references, of one pole or both."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from conditions.study.parts import parse_scheme

SCHEME, REFERENCES, POLES = "scheme", "references", "poles"


def scheme_contrasts(
    wide: pd.DataFrame, schemes: list[str]
) -> Iterator[tuple[str, str, pd.Series]]:
    """Contrasts of each participant (or unit) between schemes.

    Parameters
    ----------
    wide : DataFrame, shape (participants, schemes)
        Values to contrast: of one condition, or differences of two; then the contrasts are the
        interaction of condition and scheme.
    schemes : list of str
        From the fewest references to the most.

    Yields
    ------
    tuple
        Factor, contrast in words, and its values:

        - ``scheme``: each scheme minus each before it;
        - ``references``: most minus fewest, and where there are more than two numbers the slope
          for a doubling; each among schemes that show the same poles, and the mean over those;
        - ``poles``: both minus one, among schemes with equally many references.
    """
    known = [scheme for scheme in schemes if scheme in wide and wide[scheme].notna().any()]
    for first, second in combinations(known, 2):
        yield SCHEME, f"{second} - {first}", wide[second] - wide[first]
    shown = {scheme: parsed for scheme in known if (parsed := _parsed(scheme))}
    numbers = sorted({count for _, count in shown.values()})
    by_pole = [
        {count: scheme for scheme, (poles, count) in shown.items() if len(poles) == n_poles}
        for n_poles in sorted({len(poles) for poles, _ in shown.values()})
    ]
    if len(numbers) > 1:
        extremes = [
            wide[of[numbers[-1]]] - wide[of[numbers[0]]]
            for of in by_pole
            if numbers[0] in of and numbers[-1] in of
        ]
        if extremes:
            words = f"{numbers[-1]} - {numbers[0]} references"
            yield REFERENCES, words, _mean(extremes)
    if len(numbers) > 2:
        doublings = [_doubling(wide, of) for of in by_pole if len(of) > 2]
        if doublings:
            yield REFERENCES, "slope for twice as many references", _mean(doublings)
    if len(by_pole) == 2:
        one, both = by_pole
        matched = [wide[both[count]] - wide[one[count]] for count in one if count in both]
        if matched:
            yield POLES, "both poles - one pole", _mean(matched)


def _parsed(scheme: str) -> tuple[tuple[str, ...], int] | None:
    """Poles and number; None of a scheme that has a name of its own."""
    try:
        return parse_scheme(scheme)
    except ValueError:
        return None


def _doubling(wide: pd.DataFrame, schemes: dict[int, str]) -> pd.Series:
    """Least-squares slope over the logarithm of the number, where all of them are known."""
    x = np.log2(list(schemes))
    x = x - x.mean()
    weights = pd.Series(x / (x**2).sum(), index=list(schemes.values()))
    return (wide[weights.index] * weights).sum(axis=1, skipna=False)


def _mean(contrasts: list[pd.Series]) -> pd.Series:
    """Mean of contrasts, of those who have all of them."""
    return pd.concat(contrasts, axis=1).mean(axis=1, skipna=False)
