"""Which questions are tested, and the table of the tests."""

from itertools import combinations

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.measures import (
    ACCURACY,
    CONFIDENCE,
    RT,
    RT_CORRECT,
    Measure,
    paired,
    participant_averages,
)
from analysis.data.tidy_table import AFTER, BEFORE, NO_SCHEME
from analysis.result_columns import ALL
from analysis.result_tables import TESTS_TABLE
from analysis.statistics.answering.intuitiveness import CHANGE, participant_ratings
from analysis.statistics.inference.rank_tests import RankTest, holm, mann_whitney, signed_rank
from conditions.study.kinds.kind import NONE

TESTED = (ACCURACY, RT, RT_CORRECT, CONFIDENCE)


def tests_table(dataset: Dataset) -> pd.DataFrame:
    """All tests of an experiment.

    Returns
    -------
    DataFrame
        Columns of :data:`analysis.result_tables.TESTS_TABLE`. Holm's correction is over the tests
        of the same measure and question.
    """
    rows = []
    for measure in TESTED:
        rows += _conditions(dataset, measure)
        rows += _groups_of_units(dataset, measure)
        rows += _schemes(dataset, measure)
        rows += _expertise(dataset, measure)
        rows += _presentation_order(dataset, measure)
        rows += _learning(dataset, measure)
        rows += _baseline(dataset, measure)
    rows += _chance(dataset) + _ratings(dataset)
    columns = [*TESTS_TABLE.column_names, "question"]
    frame = pd.DataFrame(rows, columns=columns).assign(experiment=dataset.experiment)
    # transform keeps the rows' order, so that a question's tests stay together.
    families = frame.groupby(["measure", "question"], sort=False)["p"]
    frame["p_holm"] = families.transform(lambda p: holm(p.to_numpy(float)))
    return frame[TESTS_TABLE.column_names]


def _row(question: str, measure: str, comparison: str, result: RankTest, scheme: str = ALL) -> dict:
    return {
        "question": question,
        "scheme": scheme,
        "measure": measure,
        "comparison": comparison,
        "test": result.test,
        "n": result.n,
        "statistic": result.statistic,
        "p": result.p,
        "effect": result.effect,
    }


def _paired(averages: pd.DataFrame, column: str, first: str | int, second: str | int) -> RankTest:
    both = paired(averages, column, first, second)
    return signed_rank(both[first] - both[second])


def _conditions(dataset: Dataset, measure: Measure) -> list[dict]:
    averages = participant_averages(dataset.main, measure, ["condition"])
    rows = [
        _row("condition", measure.name, f"{a} - {b}", _paired(averages, "condition", a, b))
        for a, b in combinations(dataset.conditions, 2)
    ]
    for scheme in dataset.schemes if len(dataset.schemes) > 1 else []:
        trials = dataset.main[dataset.main["scheme"] == scheme]
        averages = participant_averages(trials, measure, ["condition"])
        shown = [condition for condition, _ in dataset.by_condition(trials)]
        rows += [
            _row(
                "condition in scheme",
                measure.name,
                f"{a} - {b}",
                _paired(averages, "condition", a, b),
                scheme,
            )
            for a, b in combinations(shown, 2)
        ]
    return rows


def _groups_of_units(dataset: Dataset, measure: Measure) -> list[dict]:
    """Random units against those picked by hand."""
    rows = []
    for condition, trials in dataset.by_condition(dataset.main):
        if trials["pick"].nunique() == 2:
            averages = participant_averages(trials, measure, ["pick"])
            result = _paired(averages, "pick", "hand_picked", "random")
            rows.append(_row("pick", measure.name, f"hand_picked - random ({condition})", result))
    return rows


def _schemes(dataset: Dataset, measure: Measure) -> list[dict]:
    rows = []
    shown = dataset.main[dataset.main["scheme"] != NO_SCHEME]
    for condition, trials in dataset.by_condition(shown):
        averages = participant_averages(trials, measure, ["scheme"])
        schemes = [scheme for scheme in dataset.schemes if (trials["scheme"] == scheme).any()]
        rows += [
            _row(
                f"scheme ({condition})",
                measure.name,
                f"{b} - {a} ({condition})",
                _paired(averages, "scheme", b, a),
            )
            for a, b in combinations(schemes, 2)
        ]
    return rows


def _between(
    dataset: Dataset,
    measure: Measure,
    column: str,
    levels: list[str],
    what: str,
    suffix: str = "",
) -> list[dict]:
    """Groups of participants against each other; ``suffix`` follows the name of a level."""
    rows = []
    for condition in dataset.conditions:
        trials = dataset.main[dataset.main["condition"] == condition]
        averages = participant_averages(trials, measure, [column])
        groups = {level: averages.loc[averages[column] == level, "value"] for level in levels}
        rows += [
            _row(
                what,
                measure.name,
                f"{a}{suffix} - {b}{suffix} ({condition})",
                mann_whitney(groups[a], groups[b]),
            )
            for a, b in combinations(levels, 2)
            if len(groups[a]) and len(groups[b])
        ]
    return rows


def _expertise(dataset: Dataset, measure: Measure) -> list[dict]:
    return _between(dataset, measure, "expertise", dataset.expertises, "expertise")


def _presentation_order(dataset: Dataset, measure: Measure) -> list[dict]:
    """Participants who met one condition first against those who met the other first.

    Of more than two conditions, the first one tells little of the order, and groups are small.
    """
    firsts = sorted(dataset.main["first_condition"].dropna().unique())
    if len(firsts) != 2:
        return []
    if dataset.main.groupby("participant")["first_condition"].nunique().max() > 1:
        return []
    return _between(dataset, measure, "first_condition", firsts, "order", suffix=" first")


def _learning(dataset: Dataset, measure: Measure) -> list[dict]:
    rows = []
    for condition, trials in dataset.by_condition(dataset.main):
        averages = participant_averages(trials, measure, ["turn"])
        last = int(averages["turn"].max()) if len(averages) else 1
        if last > 1:
            result = _paired(averages, "turn", last, 1)
            rows.append(
                _row("learning", measure.name, f"block {last} - block 1 ({condition})", result)
            )
    return rows


def _baseline(dataset: Dataset, measure: Measure) -> list[dict]:
    averages = participant_averages(dataset.main, measure, ["baseline"])
    if not {BEFORE, AFTER} <= set(averages["baseline"]):
        return []
    result = _paired(averages, "baseline", AFTER, BEFORE)
    return [_row("baseline", measure.name, f"after - before ({NONE})", result)]


def _chance(dataset: Dataset) -> list[dict]:
    averages = participant_averages(dataset.main, ACCURACY, ["condition"])
    return [
        _row(
            "chance",
            ACCURACY.name,
            f"{condition} - 0.5",
            signed_rank(averages.loc[averages["condition"] == condition, "value"] - 0.5),
        )
        for condition in dataset.conditions
    ]


def _ratings(dataset: Dataset) -> list[dict]:
    ratings = participant_ratings(dataset)
    if not {"beginning", "end"} <= set(ratings["moment"]):
        return []
    change = ratings[(ratings["moment"] == CHANGE) & (ratings["unit"] == ALL)]["value"]
    return [_row("change", "intuitiveness", "end - beginning", signed_rank(change))]
