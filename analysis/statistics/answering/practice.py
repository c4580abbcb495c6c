"""Practice trials: how many were right, so that what is left out of all else can be seen."""

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, participant_averages
from analysis.result_columns import CONDITION, ESTIMATE, EXPERIMENT, N_PARTICIPANTS, N_TRIALS
from analysis.statistics.summaries import estimate_of, uncertainty
from conditions.tables.schema import Column, Table

PRACTICE_TABLE = Table(
    "practice",
    "Proportion of correct answers in practice trials, which enter no other result.",
    (
        EXPERIMENT,
        CONDITION,
        N_PARTICIPANTS,
        N_TRIALS,
        Column("n_correct", "int", "Correct trials.", minimum=0),
        Column("accuracy", "float", "Mean of the participants' proportions correct.", unit="0–1"),
        *ESTIMATE,
    ),
    key=("experiment", "condition"),
)


def practice_table(dataset: Dataset) -> pd.DataFrame:
    """Practice by condition, columns of :data:`PRACTICE_TABLE`; no rows without practice."""
    trials = dataset.trials
    answered = trials[(trials["phase"] == "practice") & trials["correct"].notna()]
    rows = []
    for condition, group in dataset.by_condition(answered):
        averages = participant_averages(group, ACCURACY)
        found = estimate_of(ACCURACY, averages)
        rows.append(
            {
                "experiment": dataset.experiment,
                "condition": condition,
                "n_participants": found.n,
                "n_trials": len(group),
                "n_correct": int(group["correct"].sum()),
                "accuracy": found.mean,
                **uncertainty(found),
            }
        )
    return pd.DataFrame(rows)
