"""The published data of Experiment I gives the published numbers."""

import pytest

from analysis.data.dataset import main_trials
from analysis.data.measures import ACCURACY, CONFIDENCE, RT, participant_averages
from analysis.statistics.comparisons import tests_table as table_of_tests
from analysis.statistics.inference.rank_tests import signed_rank
from analysis.statistics.summaries import accuracy_table, catch_table, measures_table


@pytest.mark.parametrize(
    ("condition", "n_correct", "percent", "two_sem"),
    [
        ("natural", 415, "92.22", "1.78"),
        ("synthetic", 369, "82.00", "4.27"),
        ("none", 194, "43.11", None),
    ],
)
def test_accuracy(experiment_1, condition, n_correct, percent, two_sem):
    table = accuracy_table(experiment_1)
    rows = table[(table["condition"] == condition) & (table["expertise"] == "all")]
    assert set(rows["scheme"]) == {"all", "none" if condition == "none" else "Min-Max-9"}
    for row in rows.to_dict("records"):
        assert row["experiment"] == "I"
        assert (row["n_participants"], row["n_trials"], row["n_correct"]) == (10, 450, n_correct)
        assert f"{100 * row['accuracy']:.2f}" == percent
        assert row["ci_low"] < row["accuracy"] < row["ci_high"]
        if two_sem:
            assert f"{200 * row['sem']:.2f}" == two_sem


def test_the_population_sd_gives_the_error_bars_of_the_authors_figures(experiment_1):
    averages = participant_averages(experiment_1.main, ACCURACY, ["condition"])
    natural = averages.loc[averages["condition"] == "natural", "value"]
    assert f"{200 * natural.std(ddof=0) / 10**0.5:.2f}" == "1.69"


@pytest.mark.parametrize(
    ("measure", "natural", "synthetic", "none"),
    [("rt", "6.88", "10.58", "3.18"), ("confidence", "2.49", "1.95", "1.32")],
)
def test_mean_rt_and_confidence(experiment_1, measure, natural, synthetic, none):
    table = measures_table(experiment_1)
    rows = table[(table["measure"] == measure) & (table["factor"] == "all")]
    means = rows.set_index("condition")["mean"]
    found = [f"{means[condition]:.2f}" for condition in ("natural", "synthetic", "none")]
    assert found == [natural, synthetic, none]


def test_catch_trials(experiment_1):
    table = catch_table(experiment_1)
    assert (table["n_correct"].sum(), table["n_trials"].sum()) == (178, 180)
    assert (table["n_trials"] == 18).all()


def test_the_signed_rank_test_is_exact_with_one_tie_dropped(experiment_1):
    table = table_of_tests(experiment_1).set_index(["measure", "comparison"])
    row = table.loc["accuracy", "natural - synthetic"]
    assert row["p"] == 2 / 2**9
    assert f"{row['p']:.4f}" == "0.0039"
    assert (row["n"], row["statistic"], row["effect"]) == (9, 0, 1)
    assert row["test"] == "Wilcoxon signed-rank, exact"


def test_the_baseline_is_measured_before_and_after(experiment_1):
    none = experiment_1.main[experiment_1.main["condition"] == "none"]
    counts = none.groupby("baseline")["correct"].agg(["sum", "size"])
    assert counts.loc["before"].tolist() == [101, 226]
    assert counts.loc["after"].tolist() == [93, 224]


def test_every_participant_and_unit_is_there_once_a_condition(experiment_1):
    main = experiment_1.main
    assert main["unit"].nunique() == 45
    assert (main.groupby(["participant", "condition", "unit"]).size() == 1).all()
    assert (main.groupby("layer").size() == 150).all()


def test_practice_catch_and_repeats_are_no_main_trials(experiment_1):
    trials = experiment_1.trials
    assert trials["phase"].value_counts().to_dict() == {
        "main": 1530,
        "repeat": 180,
        "practice": 150,
    }
    assert len(main_trials(trials)) == 1350


def test_times_and_confidences_differ_between_natural_and_synthetic(experiment_1):
    for measure, sign in ((RT, -1), (CONFIDENCE, 1)):
        averages = participant_averages(experiment_1.main, measure, ["condition"])
        wide = averages.pivot(index="participant", columns="condition", values="value")
        assert signed_rank(wide["natural"] - wide["synthetic"]).effect == sign
