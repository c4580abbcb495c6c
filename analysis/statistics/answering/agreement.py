"""Units over participants: how hard each is, and whether participants agree on that."""

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.data.dataset import Dataset


def units_table(dataset: Dataset) -> pd.DataFrame:
    """Each unit and condition over participants.

    Returns
    -------
    DataFrame
        Columns of :data:`analysis.result_tables.UNITS_TABLE`. ``agreement`` is the proportion of
        pairs of answers that are both right or both wrong, as in Fleiss' kappa.
    """
    main = dataset.main.assign(correct=dataset.main["correct"].astype("float64"))
    groups = main.groupby(["condition", "unit"], sort=True)
    table = groups.agg(
        layer=("layer", "first"),
        branch=("branch", "first"),
        pick=("pick", "first"),
        n_participants=("participant", "nunique"),
        n_trials=("correct", "size"),
        n_correct=("correct", "sum"),
        accuracy=("correct", "mean"),
        mean_rt=("rt", "mean"),
        mean_confidence=("confidence", "mean"),
    ).reset_index()
    low, high = proportion_confint(table["n_correct"], table["n_trials"], method="wilson")
    # At 0 and 1 the interval ends at the proportion, but for a rounding error.
    table["ci_low"] = np.minimum(low, table["accuracy"])
    table["ci_high"] = np.maximum(high, table["accuracy"])
    right, n = table["n_correct"], table["n_trials"]
    pairs = right * (right - 1) + (n - right) * (n - right - 1)
    table["agreement"] = pairs / (n * (n - 1)).where(n > 1)
    return table.assign(experiment=dataset.experiment)


def agreement_table(units: pd.DataFrame) -> pd.DataFrame:
    """Agreement of participants over all units of a condition.

    Parameters
    ----------
    units : DataFrame
        Of :func:`units_table`.

    Returns
    -------
    DataFrame
        Columns of :data:`analysis.result_tables.AGREEMENT_TABLE`.

    Notes
    -----
    Fleiss' kappa of the two categories right and wrong, with units as subjects. Units may have
    unequally many answers: each has its own proportion of agreeing pairs, and what chance would
    give comes from all answers (Fleiss, Levin & Paik 2003, chapter 18); a unit with one answer
    has no pairs and is left out. (:func:`statsmodels.stats.inter_rater.fleiss_kappa` is for
    equally many.)
    """
    rows = []
    for (experiment, condition), group in units.groupby(["experiment", "condition"], sort=False):
        several = group[group["n_trials"] > 1]
        expected = _expected(several)
        agreement = several["agreement"].mean()
        # One unit differs from no other; where all answers are right (wrong), none can.
        beyond = 1 - expected if len(several) > 1 else 0.0
        rows.append(
            {
                "experiment": experiment,
                "condition": condition,
                "n_units": len(group),
                "raters": group["n_trials"].mean(),
                "agreement": agreement,
                "expected": expected,
                "kappa": (agreement - expected) / beyond if beyond > 1e-12 else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _expected(units: pd.DataFrame) -> float:
    """Agreement of two answers if all units were equally hard; NaN without units."""
    n = units["n_trials"].sum()
    p = units["n_correct"].sum() / n if n else np.nan
    return float(p**2 + (1 - p) ** 2)
