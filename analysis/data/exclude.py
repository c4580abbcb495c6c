"""Apply the exclusions that the study file declares, and list what they leave out."""

from dataclasses import replace

import pandas as pd

from analysis.data.dataset import Dataset, main_trials
from analysis.data.sessions.numbers import minutes_of
from analysis.result_columns import EXPERIMENT
from conditions.errors import StudyError
from conditions.study.exclusions import Exclusions
from conditions.tables.schema import Column, Table

EXCLUSIONS_TABLE = Table(
    "exclusions",
    "Each rule of the study file and whom it left out. No rows: nothing was left out.",
    (
        EXPERIMENT,
        Column("participant", "int", "Number of the participant."),
        Column("rule", "str", "Name of the rule in the study file."),
        Column("limit", "float", "Its limit."),
        Column("found", "float", "The participant's value; for min_rt_s the fastest trial."),
        Column("left_out", "str", "participant, or trials.", levels=("participant", "trials")),
        Column("n_trials", "int", "Main trials left out by this rule."),
    ),
)


def exclude(dataset: Dataset) -> tuple[Dataset, pd.DataFrame]:
    """The data without what the study's rules leave out.

    Returns
    -------
    Dataset
        Without excluded participants (their trials and ratings) and too fast or too slow trials.
    DataFrame
        One row for each participant and rule that was not met, columns of
        :data:`EXCLUSIONS_TABLE`.
    """
    rules = dataset.exclusions
    participants = _participants_by_rule(dataset, rules)
    main = main_trials(dataset.trials)
    counts = main.groupby("participant").size()
    participants["n_trials"] = participants["participant"].map(counts).fillna(0)
    odd = trials_by_rule(dataset.trials, rules)
    tables = [participants, *(_by_participant(main, odd[rule], rule, rules) for rule in odd)]
    listed = pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)
    listed = listed.assign(experiment=dataset.experiment)[EXCLUSIONS_TABLE.column_names]
    out = set(participants["participant"])
    left_out = pd.DataFrame(odd, index=dataset.trials.index).any(axis=1)
    kept = dataset.trials[~dataset.trials["participant"].isin(out) & ~left_out]
    ratings = dataset.ratings[~dataset.ratings["participant"].isin(out)]
    kept, ratings = kept.reset_index(drop=True), ratings.reset_index(drop=True)
    return replace(dataset, trials=kept, ratings=ratings), listed


def exclude_not_all(dataset: Dataset) -> tuple[Dataset, pd.DataFrame]:
    """:func:`exclude`, where main trials are left.

    Raises
    ------
    StudyError
        Where none are, before or after the exclusions.
    """
    if dataset.main.empty:
        raise StudyError(
            f"{dataset.experiment}: no answered main trials, only practice; nothing to report yet"
        )
    kept, listed = exclude(dataset)
    if kept.main.empty:
        raise StudyError(
            f"{dataset.experiment}: the study's exclusions leave no trials: "
            + ", ".join(f"{rule} {limit:g}" for rule, limit in dataset.exclusions.declared.items())
        )
    return kept, listed


def checked_values(trials: pd.DataFrame) -> pd.DataFrame:
    """What the rules look at, for each participant.

    Returns
    -------
    DataFrame
        Indexed by participant: ``catch_accuracy`` (0–1), ``same_answer_row`` (0.5–1: proportion
        of main trials, catch trials left aside, answered with the row that was chosen more
        often), ``total_minutes`` (first onset to last answer, summed over sessions). NaN where
        unknown.
    """
    main = main_trials(trials)
    catch = trials[trials["catch"] & trials["correct"].notna()]
    upper = (main["response"] == "upper").groupby(main["participant"]).mean().astype("float64")
    values = pd.DataFrame(
        {
            "catch_accuracy": catch.groupby("participant")["correct"].mean().astype("float64"),
            "same_answer_row": upper.where(upper >= 0.5, 1 - upper),
            "total_minutes": minutes_of(trials),
        },
        index=pd.Index(sorted(trials["participant"].unique()), name="participant"),
    )
    return values.astype("float64")


def _participants_by_rule(dataset: Dataset, rules: Exclusions) -> pd.DataFrame:
    values = checked_values(dataset.trials)
    misses = {
        "min_catch_accuracy": lambda limit: values["catch_accuracy"] < limit,
        "max_same_answer_row": lambda limit: values["same_answer_row"] > limit,
        "min_total_minutes": lambda limit: values["total_minutes"] < limit,
        "max_total_minutes": lambda limit: values["total_minutes"] > limit,
    }
    rows = []
    for rule, misses_limit in misses.items():
        limit = getattr(rules, rule)
        if limit is None:
            continue
        column = rule.removeprefix("min_").removeprefix("max_")
        for participant in values.index[misses_limit(limit)]:
            found = values.loc[participant, column]
            rows.append((participant, rule, limit, found, "participant"))
    return pd.DataFrame(rows, columns=["participant", "rule", "limit", "found", "left_out"])


def trials_by_rule(trials: pd.DataFrame, rules: Exclusions) -> dict[str, pd.Series]:
    """For each declared rule on single trials, which of them it leaves out."""
    misses = {}
    if rules.min_rt_s is not None:
        misses["min_rt_s"] = trials["rt"] < rules.min_rt_s
    if rules.max_rt_s is not None:
        misses["max_rt_s"] = trials["rt"] > rules.max_rt_s
    return misses


def _by_participant(
    main: pd.DataFrame, odd: pd.Series, rule: str, rules: Exclusions
) -> pd.DataFrame:
    times = main[odd.reindex(main.index)].groupby("participant")["rt"]
    found = times.agg(found="min" if rule == "min_rt_s" else "max", n_trials="size").reset_index()
    return found.assign(rule=rule, limit=getattr(rules, rule), left_out="trials")
