"""What keys of the number pad count as."""

import pytest

from conditions.study.answering import Keys
from experiment.keyboard.listener import Press
from experiment.keyboard.pad import counts_as


@pytest.mark.parametrize(
    ("name", "num_lock", "counts"),
    [
        ("num_1", True, ("1",)),
        ("num_8", True, ("8",)),
        # The question decides which of the two on its cap is meant.
        ("num_8", False, ("up", "8")),
        ("num_5", False, ("5",)),
        ("num_enter", True, ("return",)),
        ("num_enter", False, ("return",)),
        ("num_multiply", True, ()),
        ("1", True, ()),
    ],
)
def test_a_key_of_the_pad_counts_as_its_like(name, num_lock, counts):
    assert counts_as(name, (), num_lock) == counts


def test_a_key_of_the_pad_with_a_meaning_of_its_own_counts_as_nothing_else():
    own = Keys(upper=["up", "num_8"]).answers
    assert counts_as("num_8", own, num_lock=True) == ()
    assert counts_as("num_2", own, num_lock=True) == ("2",)


def test_the_physical_key_comes_before_what_it_counts_as():
    press = Press("num_8", 0.5, also=("up", "8"))
    assert press.among(["up", "down"]) == "up"
    assert press.among(["7", "8", "9"]) == "8"
    assert press.among(["up", "num_8"]) == "num_8"
    assert press.among(["left"]) is None
