"""How much of the differences between answers comes from people, and how much from units."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.data.measures import ACCURACY
from analysis.result_columns import EXPERIMENT, MEASURE
from analysis.statistics.models.model_terms import SD_WORDS
from conditions.tables.schema import Column, Table

# Variance of the logistic distribution: of a single answer around its log odds.
ANSWER_VARIANCE = np.pi**2 / 3
PARTS = {
    "participant": "participants",
    "participant:condition": "participants by condition",
    "unit": "units",
    "unit:condition": "units by condition",
    "residual": "single answers",
}

VARIANCE_SHARES_TABLE = Table(
    "variance_shares",
    "Shares of the variance of answers in the same condition, by the mixed models: of accuracy in "
    "log odds, where a single answer has the variance of the logistic distribution, pi^2 / 3 "
    "(Nakagawa & Schielzeth 2010); of times in log seconds.",
    (
        EXPERIMENT,
        MEASURE,
        Column(
            "part",
            "str",
            "Whose differences: in all conditions, or in each its own.",
            levels=tuple(PARTS.values()),
        ),
        Column("sd", "float", "Standard deviation.", minimum=0),
        Column("share", "float", "Share of the sum of variances.", minimum=0, maximum=1),
    ),
    key=("experiment", "measure", "part"),
)


def variance_shares(accuracy: pd.DataFrame, times: pd.DataFrame) -> pd.DataFrame:
    """Shares of variance from the tables of the mixed models.

    Parameters
    ----------
    accuracy : DataFrame
        ``experiment``, ``term`` and ``log_odds``.
    times : DataFrame
        ``experiment``, ``measure``, ``term`` and ``log_rt``.

    Returns
    -------
    DataFrame
        Columns of :data:`VARIANCE_SHARES_TABLE`; no rows without models.

    References
    ----------
    Nakagawa, S., & Schielzeth, H. (2010). Repeatability for Gaussian and non-Gaussian data: a
    practical guide for biologists. Biological Reviews, 85(4), 935–956.
    """
    rows: list[dict] = []
    if len(accuracy):
        experiment, sd = accuracy["experiment"].iloc[0], _deviations(accuracy, "log_odds")
        answer = {"residual": float(np.sqrt(ANSWER_VARIANCE))}
        rows += _shares(experiment, ACCURACY.name, sd | answer) if sd else []
    if len(times):
        for measure, table in times.groupby("measure", sort=False):
            sd = _deviations(table, "log_rt")
            rows += _shares(table["experiment"].iloc[0], str(measure), sd) if sd else []
    return pd.DataFrame(rows, columns=VARIANCE_SHARES_TABLE.column_names)


def _deviations(table: pd.DataFrame, column: str) -> dict[str, float]:
    found = dict(zip(table["term"], table[column].astype(float), strict=True))
    return {part: found[words] for part, words in SD_WORDS.items() if words in found}


def _shares(experiment: str, measure: str, sd: dict[str, float]) -> Iterator[dict]:
    total = sum(value**2 for value in sd.values())
    if not total > 0:
        return
    for part, value in sd.items():
        yield {
            "experiment": experiment,
            "measure": measure,
            "part": PARTS[part],
            "sd": value,
            "share": value**2 / total,
        }
