"""Confidence and correctness: type-2 AUROC and calibration."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
from analysis.statistics.inference.intervals import estimate
from analysis.statistics.summaries import estimate_of, uncertainty


def auroc(confidence: ArrayLike, correct: ArrayLike) -> float:
    """Area under the type-2 ROC curve.

    Parameters
    ----------
    confidence : array_like, shape (n,)
        Confidence of each answer.
    correct : array_like of bool, shape (n,)
        Whether it is correct.

    Returns
    -------
    float
        Probability that a correct answer has the greater confidence than a wrong one, ties
        counted half (Mann-Whitney's U / (n₁ n₀)); NaN without answers of both kinds.

    References
    ----------
    Fleming, S. M., & Lau, H. C. (2014). How to measure metacognition. Frontiers in Human
    Neuroscience, 8, 443.
    """
    confidence, correct = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=bool)
    right, wrong = confidence[correct], confidence[~correct]
    if not len(right) or not len(wrong):
        return np.nan
    return float(stats.mannwhitneyu(right, wrong).statistic / (len(right) * len(wrong)))


def participant_aurocs(main: pd.DataFrame) -> pd.DataFrame:
    """Type-2 AUROC of each participant and condition that has one.

    Returns
    -------
    DataFrame
        Columns ``condition``, ``participant`` and ``value``.
    """
    rated = main[main["confidence"].notna()]
    counts = pd.DataFrame(
        {
            "condition": rated["condition"],
            "participant": rated["participant"],
            "confidence": rated["confidence"].astype("float64"),
            "right": rated["correct"].astype(int),
            "wrong": 1 - rated["correct"].astype(int),
        }
    )
    # By rising confidence: what a correct answer beats is the wrong ones before, and half its own.
    counts = counts.groupby(["condition", "participant", "confidence"], sort=True).sum()
    person = counts.groupby(level=["condition", "participant"], sort=True)
    before = person["wrong"].cumsum() - counts["wrong"]
    beaten = counts["right"] * (before + counts["wrong"] / 2)
    sums = person.sum()
    pairs = sums["right"] * sums["wrong"]
    wins = beaten.groupby(level=["condition", "participant"], sort=True).sum()
    return (wins / pairs.where(pairs > 0)).dropna().rename("value").reset_index()


def type2_table(dataset: Dataset) -> pd.DataFrame:
    """Mean type-2 AUROC by condition, columns of ``TYPE2_TABLE``."""
    rated = dataset.main[dataset.main["confidence"].notna()]
    aurocs = participant_aurocs(rated)
    rows = []
    for condition in dataset.conditions:
        found = estimate(aurocs.loc[aurocs["condition"] == condition, "value"], limits=(0.0, 1.0))
        trials = rated[rated["condition"] == condition]
        if found.n == 0:
            continue
        rows.append(
            {
                "experiment": dataset.experiment,
                "condition": condition,
                "n_participants": found.n,
                "auroc": found.mean,
                **uncertainty(found),
                "pooled_auroc": auroc(trials["confidence"], trials["correct"]),
            }
        )
    return pd.DataFrame(rows)


def calibration_table(dataset: Dataset) -> pd.DataFrame:
    """Accuracy at each level of confidence, columns of ``CONFIDENCE_TABLE``."""
    averages = participant_averages(dataset.main, ACCURACY, ["condition", "confidence"])
    rows = []
    for (condition, level), group in averages.groupby(["condition", "confidence"]):
        found = estimate_of(ACCURACY, group)
        rows.append(
            {
                "experiment": dataset.experiment,
                "condition": condition,
                "confidence": level,
                "n_participants": found.n,
                "n_trials": int(group["n_trials"].sum()),
                "accuracy": found.mean,
                **uncertainty(found),
            }
        )
    return pd.DataFrame(rows)
