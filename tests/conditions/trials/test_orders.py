"""Orders of k conditions: what is equally often over a cycle, and for whom an order is."""

from collections import Counter
from itertools import product
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.trials.orders import followers, order_at, orders_of, turns_of

SIZES = range(1, 8)
RULES = ("rotate", "latin_square", "all")


def names(k: int) -> list[str]:
    return list("abcdefg"[:k])


@pytest.mark.parametrize(("rule", "k"), list(product(RULES, SIZES)))
def test_over_a_cycle_each_order_and_each_place_occurs_equally_often(rule, k):
    orders = orders_of(rule, names(k))
    assert set(Counter(map(tuple, orders)).values()) == {1}
    for place in range(k):
        here = Counter(order[place] for order in orders)
        assert here == dict.fromkeys(names(k), len(orders) // k)


@pytest.mark.parametrize(("rule", "k"), list(product(("latin_square", "all"), SIZES)))
def test_over_a_cycle_each_condition_follows_each_other_equally_often(rule, k):
    orders = orders_of(rule, names(k))
    pairs = [(first, second) for first, second in product(names(k), repeat=2) if first != second]
    assert followers(orders) == dict.fromkeys(pairs, len(orders) // k)


@pytest.mark.parametrize("k", range(3, 8))
def test_a_rotation_is_not_balanced_for_who_follows_whom(k):
    counts = followers(orders_of("rotate", names(k)))
    assert counts[("a", "b")] == k - 1
    assert counts[("b", "a")] == 0


def test_a_cycle_is_as_long_as_its_squares():
    assert [turns_of("latin_square", k) for k in SIZES] == [1, 2, 6, 4, 10, 6, 14]
    assert [turns_of("rotate", k) for k in SIZES] == list(SIZES)
    assert [turns_of("all", k) for k in SIZES] == [factorial(k) for k in SIZES]


@pytest.mark.parametrize("k", SIZES)
def test_the_first_has_the_order_of_the_study_file_where_orders_are_rotated_or_all(k):
    for rule in ("rotate", "all"):
        assert order_at(rule, names(k), 0) == names(k)
    assert order_at("latin_square", names(k), 0)[0] == "a"


@given(st.sampled_from(RULES), st.integers(1, 7), st.integers(0, 10_000))
def test_a_cycle_is_repeated_without_end(rule, k, turn):
    again = turn + turns_of(rule, k)
    assert order_at(rule, names(k), turn) == order_at(rule, names(k), again)


@given(st.integers(1, 7), st.integers(0, 10_000))
def test_all_orders_come_in_latin_squares(k, square):
    """A study that ends long before 720 participants still has each condition in each place."""
    orders = [order_at("all", names(k), square * k + row) for row in range(k)]
    for place in range(k):
        assert sorted(order[place] for order in orders) == names(k)


@pytest.mark.parametrize("rule", RULES)
def test_two_conditions_alternate_whatever_the_rule(rule):
    assert orders_of(rule, ["x", "y"]) == [["x", "y"], ["y", "x"]]
