"""Error bars for comparisons within participants: Cousineau's, with Morey's correction."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

LEVEL = 0.95
# Of the participants, so many have to have all cells for bars that are theirs.
ENOUGH = 0.5
# Of two, intervals would be wider than what is measured.
FEWEST = 3


@dataclass(frozen=True)
class Bars:
    """Half widths of error bars, one a cell.

    Attributes
    ----------
    half : Series
        By cell, in the order of ``columns``; NaN where a cell has fewer than three
        participants, or these are all the same.
    paired : bool
        Whether they are intervals within participants; else each cell has its own interval over
        its participants.
    n : int
        Participants whose values they come from: those with all cells, where they are paired.
    n_all : int
        Participants with any cell.
    """

    half: pd.Series
    paired: bool
    n: int
    n_all: int


def within_participants(averages: pd.DataFrame, columns: list[str]) -> Bars:
    """Half widths of 95 % intervals for comparing cells that participants share.

    Parameters
    ----------
    averages : DataFrame
        ``participant``, ``value`` and ``columns``; one row a participant and cell.
    columns : list of str
        What makes the cells.

    Returns
    -------
    Bars
        Each participant's own mean is taken from their values, and what is left has the variance
        of a cell times k / (k − 1) for k cells (Morey 2008). With two cells the bars are 1 / √2 of
        the half width of Student's interval of the paired difference. Where fewer than half of the
        participants have all cells, or there is one cell, the bars are Student's intervals of
        single cells, which say nothing of differences within participants.

    References
    ----------
    Cousineau, D. (2005). Tutorials in Quantitative Methods for Psychology, 1(1), 42–45. Morey,
    R. D. (2008). Confidence intervals from normalized data: a correction to Cousineau (2005).
    Tutorials in Quantitative Methods for Psychology, 4(2), 61–64.
    """
    wide = averages.pivot(index="participant", columns=columns, values="value")
    complete = wide.dropna()
    (n, k), n_all = complete.shape, len(wide)
    paired = n >= FEWEST and k >= 2 and n >= ENOUGH * n_all
    if paired:
        values, wider = complete.sub(complete.mean(axis=1), axis=0), np.sqrt(k / (k - 1))
    else:
        values, wider = wide, 1.0
    counts = values.count()
    counts = counts.where(counts >= FEWEST)
    quantile = pd.Series(stats.t.ppf((1 + LEVEL) / 2, counts - 1), values.columns)
    half = quantile * wider * values.std(ddof=1) / np.sqrt(counts)
    # Values that are all the same are no certainty.
    return Bars(half.where(half > 1e-9), bool(paired), n if paired else n_all, n_all)
