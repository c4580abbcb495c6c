"""Differences over participants, and over units too: by hand, at the ceiling, and coverage."""

import os

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy import stats

from analysis.data.measures import ACCURACY, RT
from analysis.statistics.inference.contrasts import contrast_of, slope_of
from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS, crossed_mean
from analysis.statistics.inference.differences import over_both, over_participants
from tests.analysis.coverage import DESIGNS, differences_table

THOROUGH = "EXAMPLES" in os.environ
SIZES = ((2, 45), (3, 45), (5, 20), (10, 45), (23, 80), (50, 45)) if THOROUGH else ((10, 45),)
STUDIES = 1000 if THOROUGH else 250


def trials_of(answers: np.ndarray, **columns) -> pd.DataFrame:
    """Trials of participants × units."""
    person, unit = (axis.ravel() for axis in np.indices(answers.shape))
    return pd.DataFrame(
        {"participant": person, "unit": unit, "correct": answers.ravel(), "rt": answers.ravel()}
    ).assign(**columns)


@pytest.fixture
def answers() -> np.ndarray:
    rng = np.random.default_rng(1)
    return (rng.random((2, 8, 12)) < np.array([0.9, 0.7])[:, None, None]).astype(float)


def test_over_participants_it_is_the_paired_t_test(answers):
    contrast = contrast_of(ACCURACY, [trials_of(answers[0])], [trials_of(answers[1])])
    found = over_participants(contrast)
    first, second = answers.mean(-1)
    expected = stats.ttest_rel(first, second)
    low, high = expected.confidence_interval()
    assert (found.first, found.second) == pytest.approx((first.mean(), second.mean()))
    assert found.difference == pytest.approx(found.first - found.second)
    assert (found.statistic, found.df) == pytest.approx((expected.statistic, 7))
    assert found.p == pytest.approx(expected.pvalue)
    assert found.interval == pytest.approx((low, high))
    assert (found.n_participants, found.n_units) == (8, 12)


def test_equivalence_bayes_factor_and_effect_are_pingouins(answers):
    contrast = contrast_of(ACCURACY, [trials_of(answers[0])], [trials_of(answers[1])])
    found, (first, second) = over_participants(contrast), answers.mean(-1)
    for bound in (0.05, 0.4):
        expected = pingouin.tost(first, second, bound=bound, paired=True)["pval"].iloc[0]
        assert found.equivalence_p(bound) == pytest.approx(expected)
    t_test = pingouin.ttest(first, second, paired=True)
    assert found.bayes_factor == pytest.approx(float(t_test["BF10"].iloc[0]), rel=0.01)
    d, low, high = found.standardised
    assert d == pytest.approx((first - second).mean() / (first - second).std(ddof=1))
    assert low < d < high
    both = over_both(contrast)
    assert np.isnan([both.bayes_factor, *both.standardised]).all()


def test_clustered_by_both_it_is_the_sum_of_three_variances(answers):
    """By hand, where each participant meets a unit in one condition."""
    met = np.indices((8, 12)).sum(0) % 2 == 0
    sides = [trials_of(answers[0])[met.ravel()], trials_of(answers[1])[~met.ravel()]]
    contrast = contrast_of(ACCURACY, [sides[0]], [sides[1]])
    found = over_both(contrast)
    means = [np.where(m, a, 0).sum() / 48 for a, m in zip(answers, (met, ~met), strict=True)]
    shares = np.where(met, answers[0] - means[0], means[1] - answers[1]) / 48
    variance = (shares.sum(1) ** 2).sum() * 8 / 7 + (shares.sum(0) ** 2).sum() * 12 / 11
    variance -= (shares**2).sum()
    of_people = np.array([contrast.values.var(ddof=1) / 8, contrast.chance / 2]).max()
    assert found.se == pytest.approx(np.sqrt(max(variance, of_people)))
    assert found.df == 7
    assert found.over == BOTH


def test_a_difference_of_differences_is_over_those_who_have_all_four():
    rng = np.random.default_rng(2)
    groups = [trials_of((rng.random((6, 10)) < p).astype(float)) for p in (0.9, 0.8, 0.7, 0.65)]
    groups[3] = groups[3][groups[3]["participant"] > 0]
    contrast = contrast_of(ACCURACY, groups[:2], groups[2:])
    means = [g[g["participant"] > 0].groupby("participant")["correct"].mean() for g in groups]
    expected = (means[0] - means[1]) - (means[2] - means[3])
    assert contrast.values == pytest.approx(expected)
    assert contrast.first == pytest.approx((means[0] - means[1]).mean())
    assert over_participants(contrast).difference == pytest.approx(expected.mean())


@pytest.mark.parametrize("signs", [(0.5, 0.5), (1.0, -1.0)])
def test_slopes_are_those_of_lines_through_each_participants_trials(signs):
    rng = np.random.default_rng(3)
    sides, slopes = [], []
    for _ in range(2):
        x = rng.integers(0, 5, 60)
        trials = trials_of(rng.normal(3, 1, (6, 10)), x=x)
        sides.append(trials)
        slopes.append([np.polyfit(g["x"], g["rt"], 1)[0] for _, g in trials.groupby("participant")])
    contrast = slope_of(RT, *sides, signs)
    assert contrast.values == pytest.approx(np.array(signs) @ np.array(slopes))
    shares = contrast.weights * contrast.rest
    by_person = np.bincount(contrast.people, shares)
    assert by_person == pytest.approx((contrast.values - contrast.mean) / 6)


@pytest.mark.parametrize("over", [PARTICIPANTS, BOTH])
def test_at_the_ceiling_there_is_an_interval_and_no_certainty(over):
    right, wrong = np.ones((12, 10)), np.ones((12, 10))
    wrong[3, 4] = 0
    for first, second in ((right, right), (right, wrong)):
        contrast = contrast_of(ACCURACY, [trials_of(first)], [trials_of(second)])
        shares = [(side.sum() + 1) / 122 for side in (first, second)]
        assert contrast.chance == pytest.approx(sum(p * (1 - p) / 120 for p in shares))
        found = over_participants(contrast) if over == PARTICIPANTS else over_both(contrast)
        low, high = found.interval
        assert low < 0 < high
        assert high - low > 0.01
        assert found.p > 0.05
    assert found.difference > 0


@pytest.mark.parametrize(("participants", "units"), [(4, 12), (10, 45)])
def test_for_other_units_too_no_interval_is_narrower_than_for_these(participants, units):
    rng = np.random.default_rng(4)
    narrower = 0
    for i in range(30):
        answers = (rng.random((2, participants, units)) < 0.8).astype(float)
        contrast = contrast_of(ACCURACY, [trials_of(answers[0])], [trials_of(answers[1])])
        alone = over_participants(contrast)
        both = over_both(contrast, answers[0] - answers[1] if i % 2 else None)
        (low, high), (lower, higher) = alone.interval, both.interval
        assert lower <= low + 1e-9
        assert higher >= high - 1e-9
        assert both.p >= alone.p - 1e-9 or alone.p > 0.05
        plain = crossed_mean(answers[0] - answers[1])
        narrower += bool(plain.se < alone.se)
    # Without the bound several were.
    assert narrower > 2


def test_effect_and_bayes_factor_are_those_of_participants_own_differences():
    """Where the error of the test is larger than the participants' differences."""
    first, second = np.ones((6, 20)), np.zeros((6, 20))
    second[:, :10] = 1
    second[0, 0] = 0
    contrast = contrast_of(ACCURACY, [trials_of(first)], [trials_of(second)])
    found = over_participants(contrast)
    assert found.se > stats.sem(contrast.values)
    d = contrast.values.mean() / contrast.values.std(ddof=1)
    assert found.standardised[0] == pytest.approx(d)
    expected = pingouin.bayesfactor_ttest(d * np.sqrt(6), 6, paired=True)
    assert found.bayes_factor == pytest.approx(float(expected))


def test_of_differences_that_are_all_equal_there_is_no_effect_size_but_a_test():
    first, second = np.ones((6, 20)), np.ones((6, 20))
    second[:, 3] = 0
    contrast = contrast_of(ACCURACY, [trials_of(first)], [trials_of(second)])
    found = over_participants(contrast)
    assert np.isnan([found.bayes_factor, *found.standardised]).all()
    assert 0 < found.p < 1


@pytest.mark.parametrize("participants", [1, 2])
def test_one_or_two_participants_are_not_tested(participants):
    first, second = np.ones((participants, 40)), np.zeros((participants, 40))
    second[0, 0] = 1
    contrast = contrast_of(ACCURACY, [trials_of(first)], [trials_of(second)])
    for found in (over_participants(contrast), over_both(contrast, first - second)):
        assert np.isnan([found.p, found.statistic, found.bayes_factor]).all()
        assert np.isnan(found.equivalence_p(0.05))
        assert np.isnan(found.interval).all() == (participants == 1)


def test_without_answers_on_both_sides_there_is_nothing(answers):
    trials = trials_of(answers[0])
    assert contrast_of(ACCURACY, [trials], [trials.iloc[:0]]) is None
    other = trials.assign(participant=trials["participant"] + 100)
    assert contrast_of(ACCURACY, [trials], [other]) is None
    assert slope_of(ACCURACY, trials.assign(x=1.0), trials.assign(x=2.0), (0.5, 0.5)) is None


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("participants", "units"), SIZES)
def test_intervals_of_differences_hold_the_truth(design, participants, units):
    """93 % or more over participants of these units, and over other units; none has no width."""
    table = differences_table(design, participants, units, STUDIES)
    slack = 3 * np.sqrt(0.05 * 0.95 / STUDIES)
    assert (table["coverage"] >= 0.945 - slack).all(), table
    assert (table["none"] == 0).all()
    equal = table[table["first"] == table["second"]]
    assert (equal["found"] <= 0.055 + slack).all(), table
    if participants >= 10:
        usual = equal[(equal["first"] == 0.82) & (equal["over"] == BOTH)]
        assert (usual["found"] >= 0.04 - slack).all(), table
