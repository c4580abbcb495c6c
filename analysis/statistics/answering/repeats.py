"""Repeated trials: whether the same image is chosen, with the same confidence."""

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.statistics.inference.intervals import estimate
from analysis.statistics.summaries import uncertainty

_KEY = ["participant", "session", "trial"]


def repeated_pairs(trials: pd.DataFrame) -> pd.DataFrame:
    """Each repeated trial with the trial that it repeats.

    Returns
    -------
    DataFrame
        One row a repeat: ``participant``, ``condition``, ``same_choice`` and ``same_confidence``
        (0 or 1) and ``confidence_change`` (second minus first).

    Notes
    -----
    The two queries of a repeat are those of its trial, and one of them is correct: the same image
    was chosen if and only if both answers are correct or both are wrong.
    """
    repeats = trials[(trials["phase"] == "repeat") & trials["repeat_of"].notna()]
    first = trials[trials["phase"] == "main"][[*_KEY, "correct", "confidence"]]
    pairs = repeats.merge(
        first.rename(columns={"trial": "repeat_of"}),
        on=["participant", "session", "repeat_of"],
        suffixes=("", "_first"),
    )
    change = pairs["confidence"].astype("Float64") - pairs["confidence_first"].astype("Float64")
    answered = pairs["correct"].notna() & pairs["correct_first"].notna()
    same = (pairs["correct"] == pairs["correct_first"]).astype("Float64").where(answered)
    return pd.DataFrame(
        {
            "participant": pairs["participant"],
            "condition": pairs["condition"],
            "same_choice": same.astype("float64"),
            "same_confidence": (change == 0).astype("Float64").where(change.notna()).astype(float),
            "confidence_change": change.astype("float64"),
        }
    )


def repeats_table(dataset: Dataset) -> pd.DataFrame:
    """Consistency by condition, columns of ``REPEATS_TABLE``; no rows without repeats."""
    pairs = repeated_pairs(dataset.trials)
    rows = []
    for measure in ("same_choice", "same_confidence", "confidence_change"):
        for condition, group in dataset.by_condition(pairs.dropna(subset=[measure])):
            people = group.groupby("participant")[measure]
            # A change of confidence is no proportion.
            trials = None if measure == "confidence_change" else people.size()
            found = estimate(people.mean(), trials)
            rows.append(
                {
                    "experiment": dataset.experiment,
                    "condition": condition,
                    "measure": measure,
                    "n_participants": found.n,
                    "n_trials": len(group),
                    "mean": found.mean,
                    **uncertainty(found),
                }
            )
    return pd.DataFrame(rows)
