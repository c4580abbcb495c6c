"""Power: false alarms, simulated truths, and the released data."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.data.measures import ACCURACY
from analysis.planning.power.plan import compared_conditions, components_of, plan_of, study_designs
from analysis.planning.power.primary_tests import POPULATIONS, primary_tests
from analysis.planning.power.simulation import even_design, power_table
from analysis.statistics.inference.contrasts import contrast_of
from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS
from analysis.statistics.inference.differences import over_both, over_participants
from analysis.statistics.models.simulated_studies import Plan, simulate_answers
from analysis.statistics.models.variance_components import (
    PUBLISHED,
    Components,
    estimate_components,
)
from conditions.errors import StudyError
from conditions.folder import open_study

NONE = Components("none", ("natural", "synthetic"), (0.9, 0.8), 0, 0, 0, 0, 10, 100)
SIMULATIONS = 500
SPREADS = ("participant", "participant_by_condition", "unit", "unit_by_condition")


def binomial_error(p: float, n: int) -> float:
    """Half of the interval that holds 95 % of n simulations."""
    return 1.96 * np.sqrt(p * (1 - p) / n)


def simulated_differences(plan: Plan, participants: int, trials: int, studies: int) -> np.ndarray:
    """Participants' differences where accuracies are those of the study's units."""
    rng = np.random.default_rng([participants, trials])
    shown = even_design(plan.n_units, trials)(participants, rng)
    answers = simulate_answers(plan, shown, studies, rng, same_units=True)
    right = np.nansum(answers * shown, -1) / trials
    return right[:, 0] - right[:, 1]


@pytest.mark.parametrize(("participants", "trials"), [(10, 45), (24, 30)])
def test_without_an_effect_one_study_in_twenty_finds_one(participants, trials):
    plan = Plan(PUBLISHED, PUBLISHED.accuracy, 45).without_effect
    designs = {trials: even_design(45, trials)}
    found = power_table(plan, [participants], designs, SIMULATIONS, seed=1)
    assert found["over"].tolist() == list(POPULATIONS)
    error = binomial_error(0.05, SIMULATIONS) + 0.005
    for row in found.itertuples():
        assert row.power == pytest.approx(0.05, abs=error), row.over
        assert row.power == row.false_alarms


def test_units_that_differ_by_condition_make_no_false_alarms():
    spread = Components("x", ("a", "b"), (0.8, 0.8), 1.0, 0.0, 1.5, 1.0, 10, 100)
    designs = {20: even_design(20, 20)}
    found = power_table(Plan(spread, (0.8, 0.8), 20), [20], designs, SIMULATIONS, seed=2)
    assert (found["false_alarms"] < 0.05 + binomial_error(0.05, SIMULATIONS)).all()


def test_the_test_over_participants_would_take_such_units_for_an_effect():
    plan = Plan(PUBLISHED, (0.85, 0.85), 45)
    shown = np.ones((2, 50, 45), dtype=int)
    answers = simulate_answers(plan, shown, 200, np.random.default_rng(3), same_units=False)
    assert (primary_tests(answers, shown, PARTICIPANTS).p < 0.05).mean() > 0.12
    assert (primary_tests(answers, shown, BOTH).p < 0.05).mean() < 0.1


@pytest.mark.parametrize("missing", [0.0, 0.04, 0.4])
@pytest.mark.parametrize("over", POPULATIONS)
def test_a_simulated_study_is_tested_as_the_report_tests_one(over, missing):
    rng = np.random.default_rng(4)
    shown = (rng.random((2, 6, 12)) >= missing).astype(int)
    answers = simulate_answers(
        Plan(PUBLISHED, (0.9, 0.7), 12), shown, 3, rng, same_units=over == PARTICIPANTS
    )
    found = primary_tests(answers, shown, over)
    condition, person, unit = (axis.ravel() for axis in np.indices(shown.shape))
    frame = pd.DataFrame({"condition": condition, "participant": person, "unit": unit})
    for i in range(3):
        trials = frame.assign(correct=answers[i].ravel()).dropna()
        first, second = (trials[trials["condition"] == c] for c in (0, 1))
        contrast = contrast_of(ACCURACY, [first], [second])
        paired = answers[i, 0] - answers[i, 1] if missing < 0.1 else None
        by_itself = over_participants(contrast) if over != BOTH else over_both(contrast, paired)
        assert found.difference[i] == pytest.approx(by_itself.difference)
        assert found.se[i] == pytest.approx(by_itself.se)
        assert found.p[i] == pytest.approx(by_itself.p)
        assert found.half_width[i] == pytest.approx(np.ptp(by_itself.interval) / 2)
        assert found.equivalence_p(0.1)[i] == pytest.approx(by_itself.equivalence_p(0.1))


def test_the_power_of_ten_is_that_of_resampled_published_participants(experiment_1):
    """Brute force: participants of the released data drawn with replacement, and tested."""
    main = experiment_1.main.assign(y=experiment_1.main["correct"].astype(float))
    cells = main.pivot_table(index="participant", columns=["condition", "unit"], values="y")
    answers = np.stack([cells[c].to_numpy() for c in ("natural", "synthetic")])
    rng = np.random.default_rng(3)
    designs = {45: even_design(45, 45)}
    table = power_table(Plan(PUBLISHED, PUBLISHED.accuracy, 45), [6, 10], designs, 500, seed=4)
    for row in table[table["over"] == PARTICIPANTS].itertuples():
        n = row.n_participants
        resampled = answers[:, rng.integers(0, 10, (1000, n))].swapaxes(0, 1)
        shown = np.ones((2, n, 45), dtype=int)
        brute_force = (primary_tests(resampled, shown, PARTICIPANTS).p < 0.05).mean()
        assert row.power == pytest.approx(brute_force, abs=0.1), n
        if n == 10:
            assert row.power > 0.9


def test_the_published_components_are_those_of_the_released_data(experiment_1):
    found = estimate_components(experiment_1, ("natural", "synthetic"))
    assert found.accuracy == pytest.approx(PUBLISHED.accuracy)
    for name in SPREADS:
        assert getattr(found, name) == pytest.approx(getattr(PUBLISHED, name), abs=0.02), name
    assert (found.n_participants, found.n_trials) == (10, 900)


def test_simulated_differences_have_the_published_spread(experiment_1):
    plan = Plan(PUBLISHED, PUBLISHED.accuracy, 45)
    found = simulated_differences(plan, 100, 45, 100)
    assert found.mean() == pytest.approx(0.1022, abs=0.002)
    # 7.7 points in the released data, from ten participants: known to a quarter of itself.
    assert found.std(axis=1, ddof=1).mean() == pytest.approx(0.077, rel=0.25)


def test_without_spread_the_simulation_is_binomial():
    found = simulated_differences(Plan(NONE, (0.9, 0.7), 30), 400, 30, 50)
    variance = (0.9 * 0.1 + 0.7 * 0.3) / 30
    assert found.mean() == pytest.approx(0.2, abs=0.003)
    assert found.var() == pytest.approx(variance, rel=0.03)


def test_a_participant_sees_the_same_units_in_both_conditions():
    """What is hard in both conditions then cancels in the difference."""
    units = Components("x", ("a", "b"), (0.7, 0.7), 0, 0, 2.0, 0, 10, 100)
    found = simulated_differences(Plan(units, (0.7, 0.7), 40), 400, 5, 50)
    assert found.var() < 0.8 * 2 * 0.7 * 0.3 / 5


@pytest.mark.parametrize("trials", [5, 20, 45])
def test_every_study_has_exactly_the_accuracy_that_was_asked_for(trials):
    """Over all possible participants, whatever units were drawn."""
    spread = Components("x", ("a", "b"), (0.8, 0.6), 0.6, 0.3, 1.2, 0.8, 10, 100)
    plan = Plan(spread, (0.8, 0.6), 20)
    found = simulated_differences(plan, 4000, trials, 4)
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
    designs = {n: even_design(45, n) for n in (15, 45)}
    table = power_table(plan, [8, 16, 32], designs, 300, seed=9)
    for _, rows in table.groupby(["n_trials", "over"]):
        assert rows["power"].is_monotonic_increasing
        assert rows["half_width"].is_monotonic_decreasing
    few, many = (table[table["n_trials"] == n].reset_index() for n in (15, 45))
    assert (many["power"] > few["power"]).all()
    assert (many["half_width"] < few["half_width"]).all()
    assert ((table["power_low"] <= table["power"]) & (table["power"] <= table["power_high"])).all()


def test_the_same_seed_gives_the_same_table_and_its_numbers_may_be_more():
    plan, designs = Plan(PUBLISHED, PUBLISHED.accuracy, 45), {45: even_design(45, 45)}
    first, second, other = (power_table(plan, [10], designs, 200, seed, 0.1) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, second)
    assert not first.equals(other)
    with pytest.raises(StudyError, match="--sample-sizes: found 2, wanted 3 or more"):
        power_table(plan, [2, 10], designs, 200, 1)


def test_equivalence_is_shown_where_people_and_the_margin_are_many():
    plan, designs = Plan(PUBLISHED, (0.85, 0.85), 45), {45: even_design(45, 45)}
    shares = [
        power_table(plan, [10, 40], designs, 200, 1, smallest)["equivalent"].to_numpy()
        for smallest in (0.03, 0.1)
    ]
    assert (shares[1] > shares[0]).all()
    assert shares[1][1] > 0.9


def test_what_participants_see_is_what_the_study_says(tmp_path):
    """Experiment II: each block of units with one scheme, and by all participants with both."""
    study = open_study("experiment_2", tmp_path).study
    designs = study_designs(study, ("natural", "synthetic"), None)
    assert list(designs) == [40, 80, 160]
    shown = designs[80](5, np.random.default_rng(1))
    assert (shown == 1).all()
    assert shown.shape == (2, 5, 80)
    assert (designs[40](5, np.random.default_rng(1)).sum(-1) == 40).all()
    parts = [part.model_copy(update={"conditions": ["natural"]}) for part in study.parts[:2]]
    parts += [part.model_copy(update={"conditions": ["synthetic"]}) for part in study.parts[2:]]
    halves = study_designs(
        study.model_copy(update={"parts": parts}), ("natural", "synthetic"), [40]
    )[40](4, np.random.default_rng(1))
    assert (halves.sum(0) == 1).all()
    assert (halves.sum(-1) == 40).all()
    assert (halves[:, 0] != halves[:, 1]).any()


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
    with pytest.raises(StudyError, match="give --effect POINTS and --base PERCENT"):
        plan_of(study_folder, PUBLISHED, ("synthetic", "none"), None, None)
    # What one kind reached is not what another, or none, will.
    with pytest.raises(StudyError, match=r"--base: no accuracy is known for .* give --base PERC"):
        plan_of(study_folder, PUBLISHED, ("synthetic", "none"), "5", None)
    with pytest.raises(StudyError, match="wanted two of none, synthetic, natural"):
        compared_conditions(study_folder.study, "natural,mixed")


def test_the_published_accuracy_is_that_of_the_same_kinds_whatever_their_names(tmp_path):
    study = open_study("visualisations", tmp_path).study
    pair = compared_conditions(study, None)
    assert pair == ("natural", "fourier")
    assert components_of(None, study, pair) == replace(PUBLISHED, conditions=pair)
    turned = components_of(None, study, pair[::-1])
    assert turned == replace(PUBLISHED, conditions=pair[::-1], accuracy=PUBLISHED.accuracy[::-1])
    for other in (("natural", "maco"), ("natural", "none")):
        assert components_of(None, study, other) == PUBLISHED


def test_one_condition_cannot_be_compared(study_folder):
    parts = [study_folder.study.parts[1].model_copy(update={"conditions": ["natural"]})]
    study = study_folder.study.model_copy(update={"parts": parts})
    with pytest.raises(StudyError, match=r"demo: found one condition, natural, wanted two"):
        compared_conditions(study, None)
