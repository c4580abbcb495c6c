"""Means over participants: the accuracy table and every measure by every factor."""

from itertools import product

import pandas as pd

from analysis.data.dataset import Dataset, main_trials
from analysis.data.measures import ACCURACY, MEASURES, Measure, participant_averages
from analysis.data.places import is_mixed
from analysis.result_columns import ALL
from analysis.statistics.inference.intervals import Estimate, estimate

FACTORS = (
    "scheme",
    "layer",
    "branch",
    "pick",
    "expertise",
    "first_condition",
    "scheme_turn",
    "baseline",
    "turn",
)
PLACE = "place"


def accuracy_table(dataset: Dataset) -> pd.DataFrame:
    """Accuracy for every scheme, condition and expertise, and ``all`` for their margins.

    Returns
    -------
    DataFrame
        Columns of :data:`analysis.result_tables.ACCURACY_TABLE`. ``accuracy`` is the mean of the
        participants' proportions, which is ``n_correct / n_trials`` where all have equally many.
    """
    main, rows = dataset.main, []
    schemes = [*sorted(main["scheme"].unique()), ALL]
    for scheme, condition, expertise in product(
        schemes, dataset.conditions, [*dataset.expertises, ALL]
    ):
        trials = main[main["condition"] == condition]
        if scheme != ALL:
            trials = trials[trials["scheme"] == scheme]
        if expertise != ALL:
            trials = trials[trials["expertise"] == expertise]
        if trials.empty:
            continue
        averages = participant_averages(trials, ACCURACY)
        found = estimate_of(ACCURACY, averages)
        rows.append(
            {
                "experiment": dataset.experiment,
                "scheme": scheme,
                "condition": condition,
                "expertise": expertise,
                "n_participants": found.n,
                "n_trials": len(trials),
                "n_correct": int(trials["correct"].sum()),
                "accuracy": found.mean,
                **uncertainty(found),
            }
        )
    return pd.DataFrame(rows)


def measures_table(dataset: Dataset) -> pd.DataFrame:
    """Every measure by condition and one further factor at a time.

    Returns
    -------
    DataFrame
        Columns of :data:`analysis.result_tables.MEASURES_TABLE`; factor ``all`` is the condition
        alone.
    """
    main = dataset.main.assign(all=ALL)
    rows = []
    for measure, factor in product(MEASURES, (ALL, *FACTORS)):
        rows += grouped_rows(dataset, main, measure, factor)
    if is_mixed(dataset.trials):
        # The one table in which times of the web stand too: beside those of the laboratory.
        by_place = main_trials(dataset.trials)
        rows += [row for m in MEASURES for row in grouped_rows(dataset, by_place, m, PLACE)]
    return pd.DataFrame(rows)


def grouped_rows(
    dataset: Dataset, trials: pd.DataFrame, measure: Measure, factor: str
) -> list[dict]:
    """Rows of the measures table for one measure and factor, in the order of the levels."""
    averages = participant_averages(trials, measure, ["condition", factor])
    rows = []
    for (condition, level), group in averages.groupby(["condition", factor], sort=True):
        found = estimate_of(measure, group)
        rows.append(
            {
                "experiment": dataset.experiment,
                "measure": measure.name,
                "condition": condition,
                "factor": factor,
                "level": str(level),
                "n_participants": found.n,
                "n_trials": int(group["n_trials"].sum()),
                "mean": found.mean,
                **uncertainty(found),
            }
        )
    return rows


def participants_table(dataset: Dataset) -> pd.DataFrame:
    """Every measure for each participant, scheme and condition."""
    main = dataset.main
    expertise = dict(zip(main["participant"], main["expertise"], strict=True))
    tables = []
    for measure in MEASURES:
        averages = participant_averages(main, measure, ["scheme", "condition"])
        tables.append(averages.assign(measure=measure.name, experiment=dataset.experiment))
    frame = pd.concat(tables, ignore_index=True)
    frame["expertise"] = [expertise[participant] for participant in frame["participant"]]
    return frame.sort_values(["participant", "scheme", "condition"], ignore_index=True)


def catch_table(dataset: Dataset) -> pd.DataFrame:
    """Catch trials of each participant."""
    catch = dataset.trials[dataset.trials["catch"] & dataset.trials["correct"].notna()]
    groups = catch.groupby("participant")["correct"]
    frame = groups.agg(n_trials="size", n_correct="sum").reset_index()
    frame["accuracy"] = frame["n_correct"].astype("float64") / frame["n_trials"]
    return frame.assign(experiment=dataset.experiment)


def estimate_of(measure: Measure, averages: pd.DataFrame) -> Estimate:
    """Mean over participants of a measure.

    Parameters
    ----------
    measure : Measure
        What was measured.
    averages : DataFrame
        Columns ``value`` and ``n_trials``, one row a participant.
    """
    trials = averages["n_trials"] if measure.proportion else None
    return estimate(averages["value"], trials, measure.limits, times=measure.times)


def uncertainty(found: Estimate) -> dict[str, float]:
    """Standard error and interval as the tables name them."""
    return {"sem": found.sem, "ci_low": found.low, "ci_high": found.high}
