"""Intuitiveness ratings and their change from the beginning to the end."""

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.result_columns import ALL
from analysis.statistics.inference.intervals import estimate
from analysis.statistics.summaries import uncertainty

CHANGE = "change"
# Of ratings, and of their changes.
LIMITS = ((-100.0, 100.0), (-200.0, 200.0))


def participant_ratings(dataset: Dataset) -> pd.DataFrame:
    """Ratings of each participant, with the mean over units and the change.

    A change is over units that were rated at both moments: others would make the mean over
    different units a change of opinion.

    Returns
    -------
    DataFrame
        Columns ``participant``, ``unit`` (or ``all``), ``moment`` (beginning, end, change),
        ``value`` and ``expertise``.
    """
    ratings = dataset.ratings.assign(value=dataset.ratings["rating"].astype("float64"))
    key = ["participant", "unit", "moment"]
    values = ratings.groupby(key, as_index=False)["value"].mean()
    means = values.groupby(["participant", "moment"], as_index=False)["value"].mean()
    both = values.pivot(index=["participant", "unit"], columns="moment", values="value")
    values = pd.concat([values, means.assign(unit=ALL)], ignore_index=True)
    if {"beginning", "end"} <= set(both.columns):
        both = both.dropna().reset_index()
        mean_of_both = both.groupby("participant", as_index=False)[["beginning", "end"]].mean()
        both = pd.concat([both, mean_of_both.assign(unit=ALL)], ignore_index=True)
        change = both.assign(value=both["end"] - both["beginning"], moment=CHANGE)
        values = pd.concat([values, change[values.columns]], ignore_index=True)
    expertise = dict(zip(dataset.trials["participant"], dataset.trials["expertise"], strict=True))
    return values.assign(expertise=[expertise.get(p) for p in values["participant"]])


def ratings_table(dataset: Dataset) -> pd.DataFrame:
    """Mean ratings, columns of ``RATINGS_TABLE``; no rows without ratings."""
    values = participant_ratings(dataset)
    everybody = values.assign(expertise=ALL)
    known = values[values["expertise"].notna()]
    rows = []
    for (unit, moment, expertise), group in pd.concat([everybody, known]).groupby(
        ["unit", "moment", "expertise"], sort=True
    ):
        found = estimate(group["value"], limits=LIMITS[moment == CHANGE])
        rows.append(
            {
                "experiment": dataset.experiment,
                "unit": unit,
                "moment": moment,
                "expertise": expertise,
                "n_participants": found.n,
                "mean": found.mean,
                **uncertainty(found),
            }
        )
    return pd.DataFrame(rows)
