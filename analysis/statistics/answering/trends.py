"""How accuracy changes: over layers, branches, blocks, and with the references that are shown."""

from collections.abc import Iterator
from itertools import chain
from typing import TypeVar

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, CONFIDENCE, MEASURES, Measure
from analysis.result_columns import EXPERIMENT, MEASURE
from analysis.statistics.answering.interactions import POLES, REFERENCES, SCHEME, scheme_contrasts
from analysis.statistics.answering.slopes import (
    PARTICIPANTS,
    UNITS,
    Found,
    across_levels,
    group_test,
    line_over_units,
    mean_of,
    slopes,
)
from analysis.statistics.inference.rank_tests import holm
from analysis.statistics.ranking.ranked import usual_baseline
from analysis.wording import natural_key
from conditions.study.kinds.kind import NONE
from conditions.tables.schema import Column, Table

LOG_RT = next(measure for measure in MEASURES if measure.name == "log_rt")
# One value a participant (or unit), or one for each level of a factor.
Values = TypeVar("Values", pd.Series, pd.DataFrame)

TREND_MEASURES = (ACCURACY, LOG_RT, CONFIDENCE)

TRENDS_TABLE = Table(
    "trends",
    "Interactions, trends and learning, two-sided. Each participant's (or unit's) own slope or "
    "contrast is tested against 0. In a comparison, the condition, or the difference of two, of "
    "which it is stands in brackets. Holm's correction is over the tests of the same question, "
    "measure, factor and population. Proportions near 1 cannot rise: a slope or interaction of "
    "them is one of proportions, and may be none of log odds.",
    (
        EXPERIMENT,
        Column(
            "question",
            "str",
            "interaction (of condition and scheme), references, layer, branch, or learning.",
        ),
        MEASURE,
        Column(
            "factor",
            "str",
            "scheme; references (how many); poles (both, or one); layer (in the order of their "
            "names); branch; turn (first, second, … block of a condition in a scheme); "
            "scheme_turn (first, second, … scheme of a session).",
        ),
        Column("comparison", "str", "What is tested against 0, or how many levels against another"),
        Column("over", "str", "What is a sample: the others are taken as they are."),
        Column("n", "int", "Participants, or units, that enter the test.", minimum=0),
        Column(
            "estimate",
            "float",
            "Mean slope, from one level of the factor to the next, or mean contrast, in the "
            "measure's unit; empty for a test of several levels.",
            required=False,
        ),
        Column("ci_low", "float", "Lower end of its 95 % interval.", required=False),
        Column("ci_high", "float", "Upper end of that interval.", required=False),
        Column("test", "str", "Name of the test."),
        Column("statistic", "float", "t, F or H.", required=False),
        Column("df", "float", "Degrees of freedom (of F: of the numerator).", required=False),
        Column("df_2", "float", "Degrees of freedom of the denominator of F.", required=False),
        Column("p", "float", "Two-sided p value.", minimum=0, maximum=1, required=False),
        Column("p_holm", "float", "The same after Holm.", minimum=0, maximum=1, required=False),
        Column("effect", "float", "Size of the effect.", required=False),
        Column("effect_name", "str", "Which measure of size that is."),
    ),
)


def trends_table(dataset: Dataset) -> pd.DataFrame:
    """Interactions, trends and learning, columns of :data:`TRENDS_TABLE`.

    Notes
    -----
    Layers are in the order of their names, numbers by size. Conditions are compared with the
    photographs where they are shown, else with the study's first kind.
    """
    rows = []
    for measure in TREND_MEASURES:
        counted = dataset.main.assign(value=measure.values(dataset.main)).dropna(subset=["value"])
        rows += list(
            chain(
                _schemes(dataset, measure, counted),
                _layers(dataset, measure, counted),
                _branches(dataset, measure, counted),
                _learning(dataset, measure, counted),
            )
        )
    frame = pd.DataFrame(rows, columns=[*TRENDS_TABLE.column_names])
    frame = frame.assign(experiment=dataset.experiment)
    families = frame.groupby(["question", "measure", "factor", "over"], sort=False)["p"]
    frame["p_holm"] = families.transform(lambda p: holm(p.to_numpy(float)))
    return frame


def _row(
    question: str, measure: Measure, factor: str, comparison: str, over: str, found: Found
) -> dict:
    return {
        "question": question,
        "measure": measure.name,
        "factor": factor,
        "comparison": comparison,
        "over": over,
        **found.columns(),
    }


def _compared(dataset: Dataset, shown: list[str]) -> list[tuple[str, str]]:
    """The baseline with each other kind that is shown."""
    baseline = usual_baseline(dataset.kinds, shown)
    return [(baseline, c) for c in shown if baseline and c not in (baseline, NONE)]


def _each_and_differences(
    dataset: Dataset, wide: dict[str, Values]
) -> Iterator[tuple[str, Values]]:
    """Values of each condition, then the differences of two, with their names."""
    yield from wide.items()
    for first, second in _compared(dataset, list(wide)):
        yield f"{first} - {second}", wide[first] - wide[second]


def _by_condition(
    dataset: Dataset, counted: pd.DataFrame, row: str, column: str
) -> dict[str, pd.DataFrame]:
    """Means of each condition: participants (or units) by the levels of a column."""
    return {
        condition: trials.pivot_table(index=row, columns=column, values="value")
        for condition, trials in dataset.by_condition(counted)
    }


def _schemes(dataset: Dataset, measure: Measure, counted: pd.DataFrame) -> Iterator[dict]:
    if len(dataset.schemes) < 2:
        return
    shown = counted[counted["condition"] != NONE]
    for over, row in ((PARTICIPANTS, "participant"), (UNITS, "unit")):
        wide = _by_condition(dataset, shown, row, "scheme")
        for name, values in _each_and_differences(dataset, wide):
            # How a single condition changes from scheme to scheme stands among the tests.
            factors = (REFERENCES, POLES) if name in wide else (SCHEME, REFERENCES, POLES)
            question = "references" if name in wide else "interaction"
            for factor, contrast, found in scheme_contrasts(values, dataset.schemes):
                if factor in factors:
                    comparison = f"{contrast} ({name})"
                    yield _row(question, measure, factor, comparison, over, mean_of(found))


def _layers(dataset: Dataset, measure: Measure, counted: pd.DataFrame) -> Iterator[dict]:
    layers = sorted(counted["layer"].dropna().unique(), key=natural_key)
    if len(layers) < 2:
        return
    place = {layer: i for i, layer in enumerate(layers)}
    known = counted.dropna(subset=["layer"])
    known = known.assign(x=known["layer"].map(place).astype(float))
    by_person = {c: slopes(trials) for c, trials in dataset.by_condition(known)}
    for name, values in _each_and_differences(dataset, by_person):
        yield _row("layer", measure, "layer", f"slope ({name})", PARTICIPANTS, mean_of(values))
    x = known.groupby("unit")["x"].first()
    by_unit = {
        c: trials.groupby("unit")["value"].mean() for c, trials in dataset.by_condition(known)
    }
    for name, values in _each_and_differences(dataset, by_unit):
        found = line_over_units(values, x)
        yield _row("layer", measure, "layer", f"slope ({name})", UNITS, found)


def _branches(dataset: Dataset, measure: Measure, counted: pd.DataFrame) -> Iterator[dict]:
    known = counted.dropna(subset=["branch"])
    levels = sorted(known["branch"].unique())
    if len(levels) < 2:
        return
    words = ", ".join(levels)
    wide = _by_condition(dataset, known, "participant", "branch")
    for name, values in _each_and_differences(dataset, wide):
        found = across_levels(values.reindex(columns=levels))
        yield _row("branch", measure, "branch", f"{words} ({name})", PARTICIPANTS, found)
    branch = known.groupby("unit")["branch"].first()
    by_unit = {
        c: trials.groupby("unit")["value"].mean() for c, trials in dataset.by_condition(known)
    }
    for name, of_unit in _each_and_differences(dataset, by_unit):
        found = group_test(of_unit, branch)
        yield _row("branch", measure, "branch", f"{words} ({name})", UNITS, found)


def _learning(dataset: Dataset, measure: Measure, counted: pd.DataFrame) -> Iterator[dict]:
    for factor in ("turn", "scheme_turn"):
        known = counted.dropna(subset=[factor])
        known = known.assign(x=known[factor].astype(float))
        by_person = {
            c: slopes(trials)
            for c, trials in dataset.by_condition(known)
            if trials["x"].nunique() > 1
        }
        for name, values in _each_and_differences(dataset, by_person):
            comparison = f"slope ({name})"
            yield _row("learning", measure, factor, comparison, PARTICIPANTS, mean_of(values))
