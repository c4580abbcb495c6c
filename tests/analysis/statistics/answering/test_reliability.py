"""Reliability: recovered from simulations, and nothing where nothing can be said."""

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy import stats
from scipy.special import expit

from analysis.statistics.answering.reliability import (
    internal_consistency,
    rank_correlation,
    reliability_table,
    split_half,
)
from tests.analysis.simulated import dataset_of_kinds


def answers(rng, units: int = 45, people: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Difficulty of units in log odds, and answers to them (units by people)."""
    difficulty = rng.normal(1.5, 1, units)
    right = rng.random((units, people)) < expit(difficulty)[:, None]
    return difficulty, right.astype(float)


def test_the_root_of_the_reliability_is_what_the_truth_reaches(monkeypatch):
    monkeypatch.setattr("analysis.statistics.answering.reliability.SPLITS", 40)
    rng = np.random.default_rng(2)
    studies = [answers(rng) for _ in range(100)]
    ceilings = [np.sqrt(max(0, split_half(human, rng))) for _, human in studies]
    reached = [rank_correlation(difficulty, human.mean(1)) for difficulty, human in studies]
    assert np.mean(ceilings) == pytest.approx(np.mean(reached), abs=0.03)


def test_alpha_is_the_correlation_with_a_second_look():
    rng = np.random.default_rng(3)
    difficulty = [rng.normal(1.5, 1, 200) for _ in range(20)]
    looks = [
        [(rng.random((200, 12)) < expit(d)[:, None]).astype(float) for _ in range(2)]
        for d in difficulty
    ]
    again = [stats.pearsonr(a.mean(1), b.mean(1)).statistic for a, b in looks]
    alphas = [internal_consistency(a) for a, _ in looks]
    assert np.mean([alpha for alpha, _, _ in alphas]) == pytest.approx(np.mean(again), abs=0.02)
    covered = [low < np.mean(again) < high for _, low, high in alphas]
    assert np.mean(covered) >= 0.85


def test_alpha_of_whole_cells_is_the_known_one_and_its_interval_a_jackknife():
    cells = answers(np.random.default_rng(6), units=30, people=8)[1]
    alpha, low, high = internal_consistency(cells)
    assert alpha == pytest.approx(pingouin.cronbach_alpha(pd.DataFrame(cells))[0])
    left_out = [
        pingouin.cronbach_alpha(pd.DataFrame(np.delete(cells, i, axis=0)))[0] for i in range(30)
    ]
    half = stats.t.ppf(0.975, 29) * np.std(left_out) * np.sqrt(29)
    assert [low, high] == pytest.approx([alpha - half, alpha + half])
    cells[3, 2] = np.nan
    incomplete = internal_consistency(cells)
    assert incomplete == pytest.approx((alpha, low, high), abs=0.05)


def test_alpha_of_a_few_answers_is_that_of_as_many():
    rng = np.random.default_rng(7)
    whole = answers(rng, units=1000, people=16)[1]
    seen = np.add.outer(np.arange(1000), np.arange(16)) % 2 == 0
    expected = internal_consistency(whole[:, :8])[0]
    assert internal_consistency(np.where(seen, whole, np.nan))[0] == pytest.approx(
        expected, abs=0.06
    )


def test_people_without_agreement_have_no_reliability():
    human = (np.random.default_rng(3).random((60, 20)) < 0.8).astype(float)
    assert split_half(human, np.random.default_rng(4)) == pytest.approx(0, abs=0.35)
    assert np.isnan(split_half(human[:, :3], np.random.default_rng(4)))


def test_halves_leave_out_what_a_participant_did_not_see():
    """Two groups saw half of the units each: a unit's mean is that of who saw it."""
    rng = np.random.default_rng(5)
    whole = answers(rng, units=300, people=24)[1]
    seen = np.add.outer(np.arange(300), np.arange(24)) % 2 == 0
    half = split_half(np.where(seen, whole, np.nan), rng)
    expected = np.mean([split_half(whole[:, i::2], rng) for i in range(2)])
    assert half == pytest.approx(expected, abs=0.08)


def test_units_are_reliable_where_they_differ_and_people_where_they_do():
    dataset = dataset_of_kinds(
        {"natural": 1.0}, 40, 60, participant=0.01, unit=1.2, unit_by_condition=0.01
    )
    table = reliability_table(dataset).set_index("of")
    assert table.loc["units", "split_half"] > 0.75
    assert table.loc["units", "alpha_low"] > 0.75
    assert table.loc["participants", "alpha_low"] < 0.3
    assert (table[["n_participants", "n_units"]].to_numpy() == [40, 60]).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "cells",
    [
        np.ones((5, 4)),
        np.ones((1, 4)),
        np.ones((4, 1)),
        np.array([[1, np.nan, np.nan], [np.nan, 0, 1.0], [0, np.nan, np.nan]]),
        np.empty((0, 0)),
    ],
)
def test_nothing_is_said_of_answers_that_do_not_vary_or_are_too_few(cells):
    assert np.isnan(internal_consistency(cells)).all()
    assert np.isnan(split_half(cells, np.random.default_rng(1)))
