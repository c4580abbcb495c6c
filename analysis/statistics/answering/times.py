"""Reaction times that are odd: how many there are, and what becomes of them."""

from itertools import product

import pandas as pd

from analysis.data.dataset import Dataset, main_trials
from analysis.data.implausible import LONGEST_S, SHORTEST_S
from analysis.data.places import is_mixed
from analysis.result_columns import ALL, CONDITION, EXPERIMENT, N_TRIALS
from conditions.tables.schema import Column, Table
from conditions.tables.session_facts import PLACES


def _count(name: str, description: str) -> Column:
    return Column(name, "int", description, minimum=0)


TIMES_TABLE = Table(
    "times",
    "Reaction times of main trials without catch trials, before exclusions: those that are odd. "
    "Times that no rule of the study leaves out are used.",
    (
        EXPERIMENT,
        CONDITION,
        Column(
            "place",
            "str",
            "lab or web, in a study with sessions of both; otherwise all.",
            levels=(*PLACES, ALL),
        ),
        N_TRIALS,
        _count("n_without", "Trials whose time is not known."),
        _count(
            "n_not_positive",
            "Times of 0 s or less, which have no logarithm; log times lack them.",
        ),
        Column("shortest_s", "float", "Shorter times are odd: the study's min_rt_s, or 0.1 s."),
        _count("n_shorter", "Times below that."),
        Column("longest_s", "float", "Longer times are odd: the study's max_rt_s, or 300 s."),
        _count("n_longer", "Times above that."),
        Column(
            "left_out",
            "str",
            "Which of them a rule of the study leaves out of all results.",
            levels=("neither", "shorter", "longer", "both"),
        ),
        Column("least", "float", "The shortest time.", unit="s", required=False),
        Column("most", "float", "The longest time.", unit="s", required=False),
    ),
    key=("experiment", "condition", "place"),
)


def times_table(dataset: Dataset) -> pd.DataFrame:
    """Odd times by condition.

    Parameters
    ----------
    dataset : Dataset
        Before exclusions.

    Returns
    -------
    DataFrame
        Columns of :data:`TIMES_TABLE`.
    """
    rules = dataset.exclusions
    shortest = SHORTEST_S if rules.min_rt_s is None else rules.min_rt_s
    longest = LONGEST_S if rules.max_rt_s is None else rules.max_rt_s
    left_out = {
        (False, False): "neither",
        (True, False): "shorter",
        (False, True): "longer",
        (True, True): "both",
    }[rules.min_rt_s is not None, rules.max_rt_s is not None]
    rows = []
    main = main_trials(dataset.trials)
    main = main.assign(place=main["place"] if is_mixed(main) else ALL)
    for (condition, trials), place in product(dataset.by_condition(main), (*PLACES, ALL)):
        trials = trials[trials["place"] == place]
        if trials.empty:
            continue
        rt = trials["rt"].astype("float64")
        rows.append(
            {
                "experiment": dataset.experiment,
                "condition": condition,
                "place": place,
                "n_trials": len(trials),
                "n_without": int(rt.isna().sum()),
                "n_not_positive": int((rt <= 0).sum()),
                "shortest_s": shortest,
                "n_shorter": int((rt < shortest).sum()),
                "longest_s": longest,
                "n_longer": int((rt > longest).sum()),
                "left_out": left_out,
                "least": rt.min(),
                "most": rt.max(),
            }
        )
    return pd.DataFrame(rows)
