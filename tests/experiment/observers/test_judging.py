"""How a machine observer decides: similarities, evidence, probability, answer, confidence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from experiment.observers.judging import (
    TEMPERATURE,
    Rule,
    choose,
    confidence_in,
    judge,
    pooled,
    references_of,
)

PLACES = {"A": 1.0, "B": -1.0, "m": 0.6, "n": -0.4, "x": 0.9}


class Line:
    """Images on a line: similar where they are close."""

    def similarities(self, queries, references):
        return np.array([[-abs(PLACES[q] - PLACES[r]) for r in references] for q in queries])


def trial(left=(), right=(), left_title="min", right_title="max", upper="A", lower="B"):
    row = dict.fromkeys((*LEFT_COLUMNS, *RIGHT_COLUMNS))
    row |= dict(zip(LEFT_COLUMNS, left, strict=False))
    row |= dict(zip(RIGHT_COLUMNS, right, strict=False))
    titles = {"left_title": left_title if left else None}
    titles["right_title"] = right_title if right else None
    return row | titles | {"upper": upper, "lower": lower}


def test_the_evidence_is_that_of_the_formula():
    shown = judge(Line(), trial(left=("n",), right=("m", "x")), Rule.MEAN, 2.0)
    to_max = [np.mean([-abs(q - 0.6), -abs(q - 0.9)]) for q in (1.0, -1.0)]
    to_min = [-abs(q + 0.4) for q in (1.0, -1.0)]
    evidence = (to_max[0] - to_min[0]) - (to_max[1] - to_min[1])
    assert shown.evidence == pytest.approx(evidence)
    assert shown.p_upper == pytest.approx(expit(2 * evidence))
    assert (shown.upper_to_max, shown.lower_to_max) == pytest.approx(tuple(to_max))
    assert (shown.upper_to_min, shown.lower_to_min) == pytest.approx(tuple(to_min))


def test_swapped_queries_swap_the_probability():
    first = judge(Line(), trial(left=("n",), right=("m",)), Rule.MAX, 3.0)
    second = judge(Line(), trial(left=("n",), right=("m",), upper="B", lower="A"), Rule.MAX, 3.0)
    assert first.p_upper == pytest.approx(1 - second.p_upper)
    assert first.p_upper > 0.5


def test_without_min_references_those_of_max_decide():
    shown = judge(Line(), trial(right=("m",)), Rule.MEAN, 1.0)
    assert shown.upper_to_min is None
    assert shown.evidence == pytest.approx(-0.4 + 1.6)


def test_without_references_there_is_no_information():
    shown = judge(Line(), trial(), Rule.MEAN, 10.0)
    assert (shown.evidence, shown.p_upper, shown.upper_to_max) == (0, 0.5, None)


def test_references_are_found_by_title_not_by_side():
    swapped = trial(left=("m",), right=("n",), left_title="max", right_title="min")
    assert references_of(swapped) == {"min": ["n"], "max": ["m"]}


def test_rules_pool_similarities():
    values = np.array([[0.1, 0.5, 0.3]])
    weights = np.exp(values / TEMPERATURE) / np.exp(values / TEMPERATURE).sum()
    assert pooled(values, Rule.MEAN) == pytest.approx(0.3)
    assert pooled(values, Rule.MAX) == pytest.approx(0.5)
    assert pooled(values, Rule.SOFTMAX) == pytest.approx((weights * values).sum())


@given(st.floats(0, 1).filter(lambda p: p != 0.5), st.integers(0, 9), st.integers(0, 99))
def test_the_likelier_answer_needs_no_chance(p, seed, number):
    assert choose(p, False, seed, 1, number) == ("upper" if p > 0.5 else "lower")


def test_a_toss_and_a_draw_have_their_probability():
    tosses = [choose(0.5, False, 3, 1, number) == "upper" for number in range(2000)]
    draws = [choose(0.8, True, 3, 1, number) == "upper" for number in range(2000)]
    assert np.mean(tosses) == pytest.approx(0.5, abs=0.04)
    assert np.mean(draws) == pytest.approx(0.8, abs=0.04)
    assert draws == [choose(0.8, True, 3, 1, number) == "upper" for number in range(2000)]
    assert draws != [choose(0.8, True, 4, 1, number) == "upper" for number in range(2000)]


@pytest.mark.parametrize(
    ("p", "confidence"), [(0.5, 1), (0.66, 1), (0.67, 2), (0.17, 2), (0.84, 3), (0.0, 3)]
)
def test_confidence_is_the_third_that_the_probability_lies_in(p, confidence):
    assert confidence_in(p) == confidence
