"""The table of questions: published answers, what is declared, verdicts, few people."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.data.dataset import Dataset
from analysis.statistics.inference.corrections import corrected
from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS
from analysis.statistics.inference.question_contrasts import most_and_fewest
from analysis.statistics.questions import (
    QUESTIONS_TABLE,
    questions_table,
    verdict,
)
from conditions.study.asked.questions import Analysis, Designed
from conditions.study.asked.usual import questions_of
from conditions.tables.files import typed
from tests.analysis.simulated import dataset_of_kinds


def row_of(table: pd.DataFrame, over: str, **which) -> dict:
    rows = table[table["over"] == over]
    for column, value in which.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return rows.iloc[0].to_dict()


@pytest.fixture(scope="module")
def published(experiment_1) -> pd.DataFrame:
    return questions_table(experiment_1)


def test_the_published_difference_has_an_interval_over_people_and_over_units(published):
    people, both = (row_of(published, over, role="primary") for over in (PARTICIPANTS, BOTH))
    for row in (people, both):
        assert row["comparison"] == "natural - synthetic"
        assert row["difference"] == pytest.approx(46 / 450)
        assert (row["first"], row["second"]) == pytest.approx((415 / 450, 369 / 450))
        assert (row["n_participants"], row["n_units"]) == (10, 45)
        assert row["verdict"] == "larger"
        assert not row["declared"]
        assert np.isnan(row["p_corrected"])
    assert (people["ci_low"], people["ci_high"]) == pytest.approx((0.0471, 0.1574), abs=1e-4)
    assert (people["statistic"], people["df"]) == (pytest.approx(4.1915, abs=1e-4), 9)
    assert people["bf10"] == pytest.approx(20.22, abs=0.01)
    assert people["effect"] == pytest.approx(1.325, abs=1e-3)
    assert both["ci_low"] < people["ci_low"]
    assert both["ci_high"] > people["ci_high"]
    assert (people["decides"], both["decides"]) == (False, True)


def test_secondary_questions_are_corrected_among_themselves(published):
    for over in (PARTICIPANTS, BOTH):
        rows = published[(published["over"] == over) & (published["role"] == "secondary")]
        assert len(rows) == 4
        p = rows["p"].to_numpy()
        order = np.argsort(p)
        holm = np.minimum(np.maximum.accumulate(p[order] * np.arange(4, 0, -1)), 1)
        assert rows["p_corrected"].to_numpy()[order] == pytest.approx(holm)


def test_differences_have_no_digits_of_rounding(published):
    for row in published[published["measure"] == "accuracy"].itertuples():
        # Ten people with the same number of trials: shares of 450.
        assert abs(row.difference - round(450 * row.difference) / 450) < 5e-16


def test_the_table_has_its_schema(published):
    typed(published, QUESTIONS_TABLE)
    QUESTIONS_TABLE.schema().validate(typed(published, QUESTIONS_TABLE))


def test_experiment_2_asks_whether_the_difference_depends_on_the_number_of_references(experiment_2):
    table = questions_table(experiment_2)
    row = row_of(table, PARTICIPANTS, question="interaction")
    assert row["scheme"] == "Max-9, Min-Max-9 - Max-1, Min-Max-1"
    main = experiment_2.main.assign(y=experiment_2.main["correct"].astype(float))
    main["many"] = main["scheme"].str.endswith("9")
    wide = main.pivot_table(index="participant", columns=["many", "condition"], values="y")
    differences, few = (wide[many]["natural"] - wide[many]["synthetic"] for many in (True, False))
    assert row["first"] == pytest.approx(differences.mean())
    assert row["second"] == pytest.approx(few.mean())
    expected = stats.ttest_rel(differences, few)
    assert row["p"] == pytest.approx(expected.pvalue)
    assert row_of(table, BOTH, question="interaction")["test"].startswith("t, clustered")
    assert row_of(table, BOTH, role="primary")["test"].startswith("t, crossed")


def test_schemes_are_divided_by_their_number_of_references():
    assert most_and_fewest(["Max-9", "Min-Max-9"]) == (["Min-Max-9"], ["Max-9"])
    assert most_and_fewest(["Max-1", "Max-5", "Max-9"]) == (["Max-9"], ["Max-1"])
    assert most_and_fewest(["Max-9"]) == (["Max-9"], [])
    assert most_and_fewest([]) == ([], [])


def declared(dataset: Dataset, **analysis) -> pd.DataFrame:
    """The table of a study whose file declares something of its analysis."""
    asked = Analysis(**analysis)
    kinds = [*dataset.kinds.names, "none"]
    questions = questions_of(asked, kinds, dataset.kinds.photographs, Designed(2))
    return questions_table(replace(dataset, analysis=asked, questions=questions))


@pytest.fixture(scope="module")
def kinds() -> Dataset:
    return dataset_of_kinds({"a": 2.0, "b": 2.0, "none": 0.0}, 30, 40, seed=5)


def test_what_the_study_declares_is_answered(kinds):
    table = declared(
        kinds,
        primary="a - none",
        secondary=["b - a", "rt: a - b", "learning", "layers"],
        correction="bonferroni",
        over=PARTICIPANTS,
        smallest_effect=30,
    )
    primary = row_of(table, PARTICIPANTS, role="primary")
    assert primary["declared"]
    assert primary["decides"]
    assert primary["comparison"] == "a - none"
    assert primary["smallest_effect"] == 0.3
    second = row_of(table, BOTH, question="condition", role="secondary", measure="accuracy")
    assert second["comparison"] == "b - a"
    # One layer and one block a condition: no slopes.
    assert set(table["question"]) == {"condition"}
    # They count as the declared questions that they are.
    assert second["p_corrected"] == pytest.approx(min(1, 4 * second["p"]))
    times = row_of(table, BOTH, measure="rt")
    assert np.isnan(times["smallest_effect"])
    assert times["verdict"] == "smaller"


def test_units_that_participants_meet_in_one_condition_are_clustered(kinds):
    trials = kinds.trials
    number = trials["unit"].str[-2:].astype(int) + trials["participant"]
    apart = trials[(number % 2 == 0) == (trials["condition"] == "a")]
    few = apart[apart["condition"] != "none"]
    row = row_of(questions_table(replace(kinds, trials=few)), BOTH, role="primary")
    assert row["test"].startswith("t, clustered")
    assert row["df"] == 29
    assert row["difference"] == pytest.approx(row["first"] - row["second"])


def test_learning_and_layers_are_slopes(experiment_1):
    table = declared(experiment_1, secondary=["learning", "layers"])
    learning, layers = (row_of(table, BOTH, question=q) for q in ("learning", "layers"))
    main = experiment_1.main[experiment_1.main["condition"] != "none"]
    slopes = [
        np.polyfit(group["turn"].astype(float), group["correct"].astype(float), 1)[0]
        for _, group in main.groupby(["participant", "condition"])
    ]
    assert learning["difference"] == pytest.approx(np.mean(slopes))
    assert layers["difference"] == pytest.approx(layers["first"] - layers["second"])
    assert -0.05 < layers["difference"] < 0.05


def test_what_is_surely_small_is_equivalent(kinds):
    small = row_of(declared(kinds, smallest_effect=20), BOTH, role="primary")
    assert small["verdict"] == "equivalent"
    assert small["equivalence_p"] < 0.05
    assert row_of(declared(kinds, smallest_effect=0.5), BOTH, role="primary")["verdict"] == (
        "undecided"
    )


@pytest.mark.parametrize(
    ("role", "p", "corrected_p", "difference", "equivalence_p", "expected"),
    [
        ("primary", 0.01, np.nan, 0.1, np.nan, "larger"),
        ("primary", 0.01, np.nan, -0.1, 0.5, "smaller"),
        ("primary", 0.01, np.nan, 0.01, 0.01, "equivalent"),
        ("primary", 0.2, np.nan, 0.1, 0.3, "undecided"),
        ("primary", np.nan, np.nan, 0.1, np.nan, "undecided"),
        ("secondary", 0.01, 0.08, 0.1, np.nan, "undecided"),
        ("secondary", 0.01, 0.04, 0.1, np.nan, "larger"),
        ("secondary", 0.2, 0.4, 0.01, (0.03, 0.06), "undecided"),
        ("secondary", 0.2, 0.4, 0.01, (0.01, 0.04), "equivalent"),
    ],
)
def test_verdicts(role, p, corrected_p, difference, equivalence_p, expected):
    small, small_corrected = np.broadcast_to(equivalence_p, 2)
    row = {
        "role": role,
        "p": p,
        "p_corrected": corrected_p,
        "difference": difference,
        "equivalence_p": small,
        "equivalence_p_corrected": small_corrected,
    }
    assert verdict(row) == expected


def test_equivalence_is_corrected_among_the_secondary_differences_in_accuracy(kinds):
    questions = ["a - none", "b - none", "rt: a - none"]
    table = declared(kinds, smallest_effect=20, secondary=questions)
    rows = table[(table["over"] == BOTH) & (table["role"] == "secondary")]
    assert rows["equivalence_p"].notna().sum() == 2
    wanted = corrected(rows["equivalence_p"].to_numpy(float), "holm")
    assert rows["equivalence_p_corrected"].to_numpy(float) == pytest.approx(wanted, nan_ok=True)
    assert table.loc[table["role"] == "primary", "equivalence_p_corrected"].isna().all()


def test_corrections_count_what_was_tested_and_what_was_declared():
    p = np.array([0.01, np.nan, 0.04])
    for correction, wanted in (("holm", [0.02, 0.04]), ("bonferroni", [0.02, 0.08])):
        assert corrected(p, correction)[[0, 2]] == pytest.approx(wanted)
        assert np.isnan(corrected(p, correction)[1])
    assert corrected(p, "holm", 3)[[0, 2]] == pytest.approx([0.03, 0.08])
    assert corrected(p, "bonferroni", 3)[[0, 2]] == pytest.approx([0.03, 0.12])
    assert corrected(p, "none") == pytest.approx(p, nan_ok=True)


def few(dataset: Dataset, participants: int) -> Dataset:
    trials = dataset.trials
    return replace(dataset, trials=trials[trials["participant"] <= participants])


@pytest.mark.parametrize(
    ("participants", "remark"), [(1, "1 participant: nothing"), (2, "2 participants: nothing")]
)
def test_one_or_two_participants_decide_nothing(kinds, participants, remark):
    table = questions_table(few(kinds, participants))
    assert len(table)
    assert table["p"].isna().all()
    assert (table["verdict"] == "undecided").all()
    assert table["remark"].str.startswith(remark).all()
    assert table["ci_low"].isna().all() == (participants == 1)
    typed(table, QUESTIONS_TABLE)


def test_twelve_of_twelve_against_eleven_has_the_right_sign_and_decides_nothing():
    """Two participants of six units who are right in all trials but one."""
    data = dataset_of_kinds({"a": 50.0, "b": 50.0}, 2, 6, seed=1)
    trials = data.trials.copy()
    wrong = trials.index[(trials["condition"] == "b")][0]
    trials.loc[wrong, "correct"] = False
    table = questions_table(replace(data, trials=trials))
    row = row_of(table, BOTH, role="primary")
    assert row["difference"] == pytest.approx(1 / 12)
    assert row["verdict"] == "undecided"
    assert row["ci_low"] < 0 < row["ci_high"]


def test_conditions_that_nobody_met_leave_no_rows(kinds):
    assert questions_table(few(kinds, 0)).empty
    trials = kinds.trials
    one = replace(kinds, trials=trials[trials["condition"] == "a"])
    assert set(questions_table(one)["question"]) == {"chance"}
    assert declared(one, primary="a - b", secondary=["interaction", "layers"]).empty


def test_a_single_condition_is_compared_with_chance():
    data = dataset_of_kinds({"a - b": 2.0}, 8, 30, seed=6, participant=1.5)
    table = questions_table(data)
    alone, both = (row_of(table, over, role="primary") for over in (PARTICIPANTS, BOTH))
    means = data.main.groupby("participant")["correct"].mean().astype(float)
    expected = stats.ttest_1samp(means, 0.5)
    assert (alone["first"], alone["second"]) == (pytest.approx(means.mean()), 0.5)
    assert (alone["statistic"], alone["p"]) == pytest.approx(tuple(expected))
    assert alone["effect"] == pytest.approx((means.mean() - 0.5) / means.std())
    assert (alone["test"], alone["effect_name"]) == ("one-sample t", "d")
    assert both["test"].startswith("t, crossed")
    assert both["ci_low"] <= alone["ci_low"] < alone["ci_high"] <= both["ci_high"] <= 0.5
    assert both["verdict"] == "larger"
    assert len(table) == 2
    typed(table, QUESTIONS_TABLE)


def test_of_one_who_is_always_right_chance_is_not_tested():
    trials = dataset_of_kinds({"a": 50.0}, 1, 6, seed=1)
    table = questions_table(trials)
    assert table["p"].isna().all()
    assert table["difference"].eq(0.5).all()
