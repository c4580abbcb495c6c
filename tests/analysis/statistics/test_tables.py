"""Tables of results: every number of a small study by hand, and the margins."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.data.dataset import Dataset, no_ratings, tidy
from analysis.data.kinds import Kinds
from analysis.statistics.answering.agreement import agreement_table, units_table
from analysis.statistics.answering.intuitiveness import ratings_table
from analysis.statistics.answering.metacognition.table import (
    auroc,
    calibration_table,
    participant_aurocs,
    type2_table,
)
from analysis.statistics.answering.repeats import repeated_pairs, repeats_table
from analysis.statistics.comparisons import tests_table as table_of_tests
from analysis.statistics.inference.rank_tests import holm
from analysis.statistics.summaries import accuracy_table, measures_table


def dataset_of(rows: list[dict], expertise: dict | None = None) -> Dataset:
    """A dataset from trials that name only what matters to a test."""
    frame = pd.DataFrame(rows)
    usual = {
        "experiment": "x",
        "session": 1,
        "block": 0,
        "phase": "main",
        "condition": "natural",
        "scheme": "Min-Max-9",
        "catch": False,
        "unit": "mixed3a 1x1",
        "layer": "mixed3a",
        "branch": "1x1",
        "pick": "random",
        "batch": 1,
        "response": "upper",
        "confidence": 2,
        "rt": 2.0,
        "timed_out": False,
        "onset": None,
        "repeat_of": None,
    }
    for column, value in usual.items():
        given = frame[column] if column in frame else pd.Series(None, frame.index, dtype="object")
        frame[column] = given.where(given.notna(), value)
    frame["trial"] = frame.groupby("participant").cumcount()
    frame["expertise"] = frame["participant"].map(expertise or {})
    return Dataset("x", "x", tidy(frame), no_ratings())


def trials(participant: int, correct: str, **facts: object) -> list[dict]:
    """Trials of one participant from a pattern: 1 correct, 0 wrong."""
    return [{"participant": participant, "correct": c == "1"} | facts for c in correct]


def test_accuracy_is_the_mean_of_the_participants_means():
    dataset = dataset_of(trials(1, "1111") + trials(2, "10"))
    row = accuracy_table(dataset).set_index("scheme").loc["all"]
    assert (row["n_participants"], row["n_trials"], row["n_correct"]) == (2, 6, 5)
    assert row["accuracy"] == pytest.approx(0.75)
    assert row["sem"] == pytest.approx(0.25)


def test_there_is_a_row_for_each_combination_and_all_for_margins(experiment_2):
    table = accuracy_table(experiment_2)
    assert len(table) == 5 * 2 * 3
    key = ["scheme", "condition", "expertise"]
    assert not table.duplicated(key).any()
    rows = table.set_index(key)
    for condition in ("natural", "synthetic"):
        for counted in ("n_trials", "n_correct"):
            schemes = rows.loc[pd.IndexSlice[experiment_2.schemes, condition, "all"], counted]
            assert schemes.sum() == rows.loc[("all", condition, "all"), counted]
            people = rows.loc[pd.IndexSlice["all", condition, ["expert", "naive"]], counted]
            assert people.sum() == rows.loc[("all", condition, "all"), counted]
        assert rows.loc[("all", condition, "expert"), "n_participants"] == 10
        assert rows.loc[("Max-1", condition, "naive"), "n_trials"] == 13 * 20
    main = experiment_2.main
    chosen = main[(main["scheme"] == "Max-9") & (main["condition"] == "natural")]
    assert rows.loc[("Max-9", "natural", "all"), "n_correct"] == chosen["correct"].sum()


def test_rt_measures_are_of_correct_or_all_trials():
    rows = [
        {"participant": p, "correct": correct, "rt": rt}
        for p, times in ((1, (1.0, 2.0, 9.0)), (2, (3.0, 4.0, 5.0)))
        for correct, rt in zip((True, True, False), times, strict=True)
    ]
    rows[0]["rt"] = 0.0
    table = measures_table(dataset_of(rows))
    means = table[table["factor"] == "all"].set_index("measure")["mean"]
    assert means["rt"] == pytest.approx(((0 + 2 + 9) / 3 + 4) / 2)
    assert means["rt_correct"] == pytest.approx(((0 + 2) / 2 + 3.5) / 2)
    assert means["median_rt"] == 3.0
    # A time of zero has no logarithm and is left out there.
    logs = (np.log([2.0, 9.0]).mean() + np.log([3.0, 4.0, 5.0]).mean()) / 2
    assert means["log_rt"] == pytest.approx(logs)


def test_measures_are_divided_by_every_factor(experiment_2):
    table = measures_table(experiment_2)
    levels = table.groupby("factor")["level"].unique().map(set).to_dict()
    assert levels["layer"] == {"mixed3a", "mixed4a", "mixed4c", "mixed4e", "mixed5b"}
    assert levels["branch"] == {"1x1", "3x3", "5x5", "pool"}
    assert levels["expertise"] == {"expert", "naive"}
    assert levels["scheme_turn"] == {"1", "2", "3", "4"}
    assert levels["turn"] == {"1", "2"}
    assert "baseline" not in levels


def test_holm_is_over_the_tests_of_one_measure_and_question(experiment_2):
    table = table_of_tests(experiment_2)
    schemes = table[
        (table["measure"] == "accuracy")
        & (table["comparison"] == "natural - synthetic")
        & (table["scheme"] != "all")
    ]
    assert schemes["scheme"].tolist() == experiment_2.schemes
    assert schemes["p_holm"].to_numpy(float) == pytest.approx(holm(schemes["p"].to_numpy(float)))
    alone = table[(table["comparison"] == "natural - synthetic") & (table["scheme"] == "all")]
    assert (alone["p"] == alone["p_holm"]).all()
    experts = table[table["comparison"] == "expert - naive (natural)"]
    assert experts["test"].str.startswith("Mann-Whitney").all()
    assert (experts["n"] == 23).all()


def test_a_clear_difference_in_a_scheme_has_a_small_p_and_its_sign():
    rows = [
        row
        for p in range(1, 9)
        for condition, pattern in (("natural", "1" * (8 + p % 2)), ("synthetic", "10" * 4))
        for row in trials(p, pattern, condition=condition)
    ]
    table = table_of_tests(dataset_of(rows)).set_index(["measure", "comparison"])
    row = table.loc["accuracy", "natural - synthetic"]
    assert row["p"] == pytest.approx(2 / 2**8)
    assert row["effect"] == 1
    assert table.loc["accuracy", "natural - 0.5"]["p"] == pytest.approx(2 / 2**8)


@pytest.mark.parametrize(
    ("confidence", "correct", "expected"),
    [
        ([3, 3, 1, 1], [1, 1, 0, 0], 1.0),
        ([1, 1, 3, 3], [1, 1, 0, 0], 0.0),
        ([2, 2, 2, 2], [1, 1, 0, 0], 0.5),
        ([3, 2, 2, 1], [1, 1, 0, 0], 0.875),
        ([3, 2], [1, 1], np.nan),
    ],
)
def test_type_2_auroc(confidence, correct, expected):
    found = auroc(np.array(confidence), np.array(correct, dtype=bool))
    assert found == pytest.approx(expected, nan_ok=True)


def test_calibration_and_auroc_of_participants():
    rows = trials(1, "11", confidence=3) + trials(1, "10", confidence=1)
    rows += trials(2, "1", confidence=3) + trials(2, "00", confidence=1)
    rows += trials(3, "11", confidence=2)
    dataset = dataset_of(rows)
    levels = calibration_table(dataset).set_index("confidence")
    assert levels.loc[1, "accuracy"] == pytest.approx(0.25)
    assert levels.loc[3, "accuracy"] == 1
    assert levels["n_participants"].tolist() == [2, 1, 2]
    found = type2_table(dataset).iloc[0]
    # The third participant has no wrong answer, hence no AUROC.
    assert found["n_participants"] == 2
    assert found["auroc"] == pytest.approx((5 / 6 + 1) / 2)


def test_the_aurocs_of_participants_are_those_of_their_answers(experiment_1):
    main = experiment_1.main
    found = participant_aurocs(main).set_index(["condition", "participant"])["value"]
    expected = {
        key: auroc(group["confidence"], group["correct"])
        for key, group in main.groupby(["condition", "participant"])
    }
    known = {key: value for key, value in expected.items() if not np.isnan(value)}
    assert found.to_dict() == pytest.approx(known)


def test_agreement_on_units():
    rows = []
    for p, pattern in ((1, "10"), (2, "10"), (3, "11")):
        for unit, c in zip(("a 1", "b 2"), pattern, strict=True):
            rows += trials(p, c, unit=unit)
    units = units_table(dataset_of(rows)).set_index("unit")
    assert units.loc["a 1", "agreement"] == 1
    assert units.loc["b 2", "agreement"] == pytest.approx(1 / 3)
    assert units.loc["b 2", "n_correct"] == 1
    assert (units["ci_low"] <= units["accuracy"]).all()
    found = agreement_table(units.reset_index()).iloc[0]
    expected = (4 / 6) ** 2 + (2 / 6) ** 2
    assert found["agreement"] == pytest.approx(2 / 3)
    assert found["kappa"] == pytest.approx((2 / 3 - expected) / (1 - expected))


def test_repeats_are_consistent_if_the_same_image_is_chosen():
    rows = [
        {"participant": 1, "correct": True, "confidence": 1},
        {"participant": 1, "correct": False, "confidence": 3},
        {"participant": 1, "correct": True, "confidence": 2, "phase": "repeat", "repeat_of": 0},
        {"participant": 1, "correct": True, "confidence": 3, "phase": "repeat", "repeat_of": 1},
    ]
    dataset = dataset_of(rows)
    pairs = repeated_pairs(dataset.trials)
    assert pairs["same_choice"].tolist() == [1, 0]
    assert pairs["same_confidence"].tolist() == [0, 1]
    assert pairs["confidence_change"].tolist() == [1, 0]
    table = repeats_table(dataset).set_index("measure")
    assert table.loc["same_choice", "mean"] == 0.5


def test_trials_without_references_are_before_between_or_after_and_repeats_where_first_seen():
    kinds = ["none", "natural", "none", "natural", "none"]
    rows = [{"participant": 1, "correct": True, "condition": kind} for kind in kinds]
    rows += [
        {"participant": 1, "correct": True, "condition": "none", "phase": "repeat", "repeat_of": i}
        for i in (0, 4)
    ]
    baseline = dataset_of(rows).trials["baseline"].tolist()
    assert baseline == ["before", None, "between", None, "after", "before", "after"]


def test_published_repeats_have_a_pair_each(experiment_1):
    assert len(repeated_pairs(experiment_1.trials)) == 180


def test_kinds_of_repeats_stand_in_the_order_of_the_study(experiment_1):
    study = replace(experiment_1, kinds=Kinds({"synthetic": "", "natural": ""}))
    table = repeats_table(study)
    assert table["condition"].drop_duplicates().tolist() == ["synthetic", "natural", "none"]


def test_kinds_with_schemes_of_their_own_are_not_compared_within_schemes(experiment_2):
    """Nobody met them together: there would be rows without a participant."""
    least, most = experiment_2.schemes[0], experiment_2.schemes[-1]
    shown = experiment_2.main[["scheme", "condition"]].agg(tuple, axis=1)
    own = experiment_2.main[shown.isin([(least, "natural"), (most, "synthetic")])]
    table = table_of_tests(replace(experiment_2, trials=own))
    assert "natural - synthetic" in set(table["comparison"])
    assert not table["comparison"].str.contains(most).any()
    assert set(table["scheme"]) == {"all"}


def test_ratings_and_their_change(experiment_2):
    table = ratings_table(experiment_2).set_index(["unit", "moment", "expertise"])
    ratings = experiment_2.ratings
    end = ratings[ratings["moment"] == "end"]["rating"].mean()
    assert table.loc[("all", "end", "all"), "mean"] == pytest.approx(end)
    change = table.loc[("all", "change", "all")]
    begin = ratings[ratings["moment"] == "beginning"]["rating"].mean()
    assert change["mean"] == pytest.approx(end - begin)
    assert change["n_participants"] == 23
    assert table.loc[("unit a", "beginning", "expert"), "n_participants"] == 10


def test_a_rating_changes_where_the_unit_was_rated_twice():
    dataset = dataset_of(trials(1, "11") + trials(2, "11") + trials(3, "11"))
    rows = [
        *((1, "beginning", "a", 10), (1, "end", "a", 20), (1, "end", "b", 100)),
        *((2, "beginning", "a", 0), (2, "beginning", "b", 50), (2, "end", "b", 40)),
        *((3, "beginning", "a", 5), (3, "end", "b", 90)),
    ]
    ratings = pd.DataFrame(rows, columns=["participant", "moment", "unit", "rating"])
    dataset = replace(dataset, ratings=ratings)
    table = ratings_table(dataset).set_index(["unit", "moment", "expertise"])
    change = table.loc[("all", "change", "all")]
    assert (change["n_participants"], change["mean"]) == (2, 0)
    assert table.loc[("all", "end", "all"), "mean"] == pytest.approx((60 + 40 + 90) / 3)
    tested = table_of_tests(dataset).set_index("comparison").loc["end - beginning"]
    assert tested["n"] == 2


def test_presentation_order_compares_who_saw_what_first(experiment_1):
    table = table_of_tests(experiment_1).set_index(["measure", "comparison"])
    row = table.loc["accuracy", "natural first - synthetic first (synthetic)"]
    main = experiment_1.main
    chosen = main[main["condition"] == "synthetic"]
    means = chosen.groupby(["first_condition", "participant"])["correct"].mean()
    assert np.sign(row["effect"]) == np.sign(means["natural"].mean() - means["synthetic"].mean())
    assert row["n"] == 10
