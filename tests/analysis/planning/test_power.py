"""Power: false alarms, simulated truths, the released data, and what the command writes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.planning.plan import compared_conditions, components_of, plan_of, power_sentences
from analysis.planning.power import p_values, power_table
from analysis.planning.tables import POWER_TABLE
from analysis.statistics.models.simulated_studies import Plan, simulate_differences
from analysis.statistics.models.variance_components import (
    PUBLISHED,
    Components,
    estimate_components,
)
from conditions.errors import StudyError
from conditions.folder import open_study
from conditions.tables.files import read_table
from tests.analysis.simulated import simulate_study
from tests.conftest import in_process

NONE = Components("none", ("natural", "synthetic"), (0.9, 0.8), 0, 0, 0, 0, 10, 100)
SIMULATIONS = 2000
SPREADS = ("participant", "participant_by_condition", "unit", "unit_by_condition")


def binomial_error(p: float, n: int) -> float:
    """Half of the interval that holds 95 % of n simulations."""
    return 1.96 * np.sqrt(p * (1 - p) / n)


@pytest.mark.parametrize(("participants", "trials"), [(10, 45), (16, 45), (24, 30)])
def test_without_an_effect_one_study_in_twenty_finds_one(participants, trials):
    plan = Plan(PUBLISHED, PUBLISHED.accuracy, 45).without_effect
    found = power_table(plan, [participants], [trials], SIMULATIONS, seed=1)
    expected = binomial_error(0.05, SIMULATIONS)
    assert found["power"][0] == pytest.approx(0.05, abs=expected + 0.002)
    assert found["power"][0] == found["false_alarms"][0]


def test_spread_between_units_or_people_makes_no_false_alarms():
    spread = Components("x", ("a", "b"), (0.8, 0.8), 1.0, 0.0, 1.5, 1.0, 10, 100)
    found = power_table(Plan(spread, (0.8, 0.8), 20), [20], [20], SIMULATIONS, seed=2)
    assert found["false_alarms"][0] < 0.05 + binomial_error(0.05, SIMULATIONS)


def test_the_power_of_ten_is_that_of_resampled_published_participants(experiment_1):
    """Brute force: participants of the released data drawn with replacement, and tested."""
    main = experiment_1.main.assign(y=experiment_1.main["correct"].astype(float))
    wide = main.pivot_table(index="participant", columns="condition", values="y")
    differences = (wide["natural"] - wide["synthetic"]).to_numpy()
    rng = np.random.default_rng(3)
    table = power_table(Plan(PUBLISHED, PUBLISHED.accuracy, 45), [6, 8, 10], [45], 1000, seed=4)
    for row in table.itertuples():
        n = row.n_participants
        resampled = differences[rng.integers(0, 10, (2000, n))]
        brute_force = (p_values(resampled) < 0.05).mean()
        assert row.power == pytest.approx(brute_force, abs=0.08), n
        if n == 10:
            assert row.power == pytest.approx(brute_force, abs=0.05)
            assert row.power > 0.9


def test_the_published_components_are_those_of_the_released_data(experiment_1):
    found = estimate_components(experiment_1, ("natural", "synthetic"))
    assert found.accuracy == pytest.approx(PUBLISHED.accuracy)
    for name in SPREADS:
        assert getattr(found, name) == pytest.approx(getattr(PUBLISHED, name), abs=0.02), name
    assert (found.n_participants, found.n_trials) == (10, 900)


def test_simulated_differences_have_the_published_spread(experiment_1):
    plan = Plan(PUBLISHED, PUBLISHED.accuracy, 45)
    found = simulate_differences(plan, 100, 45, 200, np.random.default_rng(5))
    assert found.mean() == pytest.approx(0.1022, abs=0.002)
    # 7.7 points in the released data, from ten participants: known to a quarter of itself.
    assert found.std(axis=1, ddof=1).mean() == pytest.approx(0.077, rel=0.25)


def test_without_spread_the_simulation_is_binomial():
    found = simulate_differences(Plan(NONE, (0.9, 0.7), 30), 400, 30, 50, np.random.default_rng(6))
    variance = (0.9 * 0.1 + 0.7 * 0.3) / 30
    assert found.mean() == pytest.approx(0.2, abs=0.003)
    assert found.var() == pytest.approx(variance, rel=0.03)


def test_a_participant_sees_the_same_units_in_both_conditions():
    """What is hard in both conditions then cancels in the difference."""
    units = Components("x", ("a", "b"), (0.7, 0.7), 0, 0, 2.0, 0, 10, 100)
    found = simulate_differences(Plan(units, (0.7, 0.7), 40), 400, 5, 50, np.random.default_rng(7))
    assert found.var() < 0.8 * 2 * 0.7 * 0.3 / 5


@pytest.mark.parametrize("trials", [5, 20, 45])
def test_every_study_has_exactly_the_accuracy_that_was_asked_for(trials):
    """Over all possible participants, whatever units were drawn."""
    spread = Components("x", ("a", "b"), (0.8, 0.6), 0.6, 0.3, 1.2, 0.8, 10, 100)
    plan = Plan(spread, (0.8, 0.6), 20)
    found = simulate_differences(plan, 4000, trials, 4, np.random.default_rng(7))
    assert found.mean(axis=1) == pytest.approx(0.2, abs=0.02)


def test_components_are_recovered_from_simulated_answers():
    """Against the spread that was drawn: that of a few people is not that of all people."""
    rng = np.random.default_rng(8)
    estimates, drawn = [], []
    for _ in range(8):
        people, units = rng.normal(0, 0.8, 24), rng.normal(0, 1.0, 40)
        people_by, units_by = rng.normal(0, 0.3, (24, 2)), rng.normal(0, 0.6, (40, 2))
        rows = []
        for c, condition in enumerate(("natural", "synthetic")):
            person = (1.2, 0.6)[c] + people + people_by[:, c]
            right = rng.random((24, 40)) < expit(person[:, None] + units + units_by[:, c])
            rows += [(i, f"u{j}", condition, right[i, j]) for i in range(24) for j in range(40)]
        frame = pd.DataFrame(rows, columns=["participant", "unit", "condition", "correct"])
        found = estimate_components(_Data(frame), ("natural", "synthetic"))
        estimates.append([getattr(found, name) for name in SPREADS])
        drawn.append([people.std(ddof=1), people_by.std(), units.std(ddof=1), units_by.std()])
    assert np.mean(estimates, axis=0) == pytest.approx(np.mean(drawn, axis=0), abs=0.1)


class _Data:
    title, conditions = "simulated", ("natural", "synthetic")

    def __init__(self, main: pd.DataFrame) -> None:
        self.main = main


def test_power_rises_and_intervals_shrink_with_participants_and_trials():
    plan = Plan(PUBLISHED, (0.9, 0.82), 45)
    table = power_table(plan, [8, 16, 32], [15, 45], 400, seed=9)
    for _, rows in table.groupby("n_trials"):
        assert rows["power"].is_monotonic_increasing
        assert rows["half_width"].is_monotonic_decreasing
    few, many = (table[table["n_trials"] == n].reset_index() for n in (15, 45))
    assert (many["power"] > few["power"]).all()
    assert (many["half_width"] < few["half_width"]).all()
    assert ((table["power_low"] <= table["power"]) & (table["power"] <= table["power_high"])).all()


def test_the_same_seed_gives_the_same_table():
    plan = Plan(PUBLISHED, PUBLISHED.accuracy, 45)
    first, second, other = (power_table(plan, [10], [45], 300, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, second)
    assert not first.equals(other)


@pytest.mark.parametrize(
    ("effect", "base", "accuracy"),
    [
        (None, None, (415 / 450, 369 / 450)),
        ("published", None, (415 / 450, 369 / 450)),
        ("10", None, (0.92, 0.82)),
        ("-5", 80.0, (0.75, 0.80)),
        (None, 70.0, (0.7 + 46 / 450, 0.7)),
    ],
)
def test_an_effect_is_points_on_the_second_condition(study_folder, effect, base, accuracy):
    pair = compared_conditions(study_folder.study, None)
    assert pair == ("natural", "synthetic")
    components = components_of(None, study_folder.study, pair)
    plan = plan_of(study_folder, components, pair, effect, base)
    assert plan.accuracy == pytest.approx(accuracy)
    assert plan.n_units == 6


@pytest.mark.parametrize(
    ("effect", "base", "words"),
    [
        ("big", None, "found 'big', wanted percentage points"),
        ("30", None, "make an accuracy of 112 %"),
    ],
)
def test_an_effect_that_cannot_be_is_refused(study_folder, effect, base, words):
    pair = ("natural", "synthetic")
    components = components_of(None, study_folder.study, pair)
    with pytest.raises(StudyError, match=words):
        plan_of(study_folder, components, pair, effect, base)


def test_conditions_without_known_accuracy_want_it(study_folder):
    assert compared_conditions(study_folder.study, "synthetic,none") == ("synthetic", "none")
    with pytest.raises(StudyError, match="give --effect POINTS"):
        plan_of(study_folder, PUBLISHED, ("synthetic", "none"), None, None)
    with pytest.raises(StudyError, match="wanted two of none, synthetic, natural"):
        compared_conditions(study_folder.study, "natural,mixed")


def test_the_published_accuracy_is_that_of_the_same_kinds_whatever_their_names(tmp_path):
    study = open_study("visualisations", tmp_path).study
    pair = compared_conditions(study, None)
    assert pair == ("natural", "fourier")
    assert components_of(None, study, pair) == replace(PUBLISHED, conditions=pair)
    for other in (("natural", "maco"), ("fourier", "natural"), ("natural", "none")):
        assert components_of(None, study, other) == PUBLISHED


def test_a_study_of_one_kind_has_to_name_two_conditions(study_folder):
    parts = [study_folder.study.parts[1].model_copy(update={"conditions": ["natural"]})]
    study = study_folder.study.model_copy(update={"parts": parts})
    with pytest.raises(StudyError, match=r"found natural, wanted two of natural$"):
        compared_conditions(study, None)


def test_a_sentence_names_the_fewest_participants_with_enough_power(study_folder):
    rows = [(n, 45, 45, 0.9, 0.8, 1000, p, p - 0.02, p + 0.02, 0.04, 0.045) for n, p in POWERS]
    table = pd.DataFrame(rows, columns=POWER_TABLE.column_names)
    plan = Plan(PUBLISHED, (0.9, 0.8), 45)
    first, *more = power_sentences(table, plan, ("natural", "synthetic"), 45)
    assert first.startswith("With 12 participants and 45 main trials in each condition on 45 units")
    assert "a power of 93.0 % (95 % interval 91.0 to 95.0 %, 1000 simulated studies)" in first
    assert "10.0 percentage points between natural (90.0 %) and synthetic (80.0 %)" in first
    assert "Experiment I (Borowski et al. 2021) (10 participants, 900 trials)" in more[0]
    assert "With fewer than 6 participants this test cannot reach p < .05." in more[-1]


POWERS = ((4, 0.02), (8, 0.7), (12, 0.93), (16, 0.98))


@pytest.mark.slow
def test_the_command_takes_a_pilot_and_writes_table_figure_and_sentence(tmp_path):
    folder = open_study("demo", tmp_path)
    simulate_study(folder, 8)
    options = ["--participants", "8,12", "--trials", "6", "--simulations", "200"]
    done = in_process("analysis", "power", str(folder.path), "--pilot", str(folder.path), *options)
    assert done.returncode == 0, done.stderr
    assert "! No participants.tsv" in done.stdout
    out = folder.report / "power"
    table = read_table(out / "power.csv", POWER_TABLE)
    assert table["n_participants"].tolist() == [8, 12]
    assert "from demo (8 participants" in (out / "power.txt").read_text(encoding="utf-8")
    assert (out / "power.png").stat().st_size > 10_000
    done = in_process("analysis", "power", str(folder.path), "--effect", "big", *options)
    assert done.returncode == 2
    assert "--effect: found 'big'" in done.stderr
