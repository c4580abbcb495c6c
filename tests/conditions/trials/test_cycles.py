"""What a design balances, in whole cycles and with the participants that are there."""

import time
from itertools import permutations

import pandas as pd
import pytest

from conditions.describe import describe
from conditions.study.study import Study
from conditions.trials.build import build_participant
from conditions.trials.counterbalance import condition_order
from conditions.trials.cycles import Cycle, all_together, cycles, tied
from conditions.trials.told.balance import balance_tables
from conditions.trials.told.balance_in_words import of_design, with_participants
from conditions.units.table import unit_table

KINDS = ("natural", "synthetic", "a", "b", "c", "d", "e", "f")


def study_of(demo: dict, k: int, batches: int = 8, **part: object) -> Study:
    """The demo with k kinds of references in one part of one block each, by a rule."""
    demo["references"] |= {name: {"kind": "files"} for name in KINDS[2:k]}
    demo["units"]["main"] = demo["units"]["main"][:2]
    demo["natural"]["batches"] = batches
    conditions = list(KINDS[:k])
    demo["parts"] = [{"name": "only", "conditions": conditions, "main": 2} | part]
    demo["batches"] = {"offset": {name: i for i, name in enumerate(conditions)}}
    return Study.model_validate(demo)


def frames_of(study: Study, people: range) -> dict[int, pd.DataFrame]:
    units = unit_table(study)
    return {p: build_participant(study, units, p) for p in people}


@pytest.mark.parametrize(("k", "people"), [(2, 2), (3, 6), (4, 4), (5, 10)])
def test_trials_of_a_whole_cycle_are_balanced_for_carry_over(demo, k, people):
    """From the study file to the condition files, as `check` counts them."""
    study = study_of(demo, k, order="latin_square")
    tables = balance_tables(frames_of(study, range(1, people + 1)))
    table = tables["Carry-over"].set_index("after")
    assert sorted(table.columns) == sorted(table.index) == sorted(KINDS[:k])
    for after, then in permutations(KINDS[:k], 2):
        assert table.loc[after, then] == people // k
    assert all(table.loc[name, name] == 0 for name in KINDS[:k])
    positions = tables["Positions"].set_index("condition").drop(columns="scheme")
    assert (positions == 2 * people // k).all(axis=None)
    assert not [line for line in with_participants(study, range(1, people + 1)) if "what" in line]


def test_orders_move_on_after_as_many_participants_as_the_study_says(demo):
    alone = study_of(demo, 3, order="latin_square").parts[0]
    in_twos = study_of(demo, 3, order="latin_square", rotate_every=2).parts[0]
    for participant in range(1, 20):
        assert condition_order(in_twos, 2 * participant) == condition_order(alone, participant)
        assert condition_order(in_twos, 2 * participant - 1) == condition_order(alone, participant)
    still = study_of(demo, 3).parts[0]
    assert {tuple(condition_order(still, p)) for p in range(1, 9)} == {KINDS[:3]}


def test_who_completes_a_cycle():
    """Ten participants of a cycle of six: two more, whoever is missing."""
    cycle = Cycle("orders", 6)
    assert cycle.who_completes(range(1, 11)) == [11, 12]
    assert cycle.who_completes(range(1, 13)) == []
    assert cycle.who_completes([1, 2, 4, 5, 6]) == [3]
    assert cycle.who_completes([]) == []
    assert Cycle("orders", 2, every=4).who_completes(range(1, 11)) == [13, 14]


def test_what_is_not_balanced_is_said_and_refused_is_nothing(demo):
    study = study_of(demo, 3, order="latin_square")
    lines = with_participants(study, range(1, 11))
    assert lines == [
        "Not balanced: orders of conditions in part only (6 of them, a cycle of 6 participants; "
        "there are 10): 2 more complete it, 11-12",
        "Not balanced: batches (7 of them, a cycle of 7 participants; there are 10): 4 more "
        "complete it, 11-14",
        "Not balanced: what follows what in part only: synthetic follows natural 4 times, a "
        "follows natural 2 times",
    ]
    assert with_participants(study, range(1, 43)) == []


def test_a_rotation_of_three_is_said_to_leave_carry_over_unbalanced(demo):
    text = of_design(study_of(demo, 3, rotate_every=1))
    assert "at each place equally often; what follows what is not balanced (order: lat" in text
    assert "in the same order" in of_design(study_of(demo, 3))
    for order, people in (("latin_square", 6), ("all", 6)):
        text = of_design(study_of(demo, 3, order=order))
        assert f"over {people} participants, each of the 3 conditions is at each place eq" in text
        assert "often, and follows each other equally often" in text


def test_rounds_of_blocks_are_said_to_be_unbalanced_where_they_are(demo):
    """Four conditions by a Latin square, twice: after the last comes always the one across."""
    text = of_design(study_of(demo, 4, order="latin_square", blocks=2, main=1))
    assert "within a round of blocks follows each other equally often; from a round to" in text
    assert "are only natural after a, synthetic after b, a after natural, b after synthetic" in text
    for k, order in ((2, "latin_square"), (3, "latin_square"), (4, "all")):
        text = of_design(study_of(demo, k, order=order, blocks=2, main=1))
        assert "round" not in text
        assert "and follows each other equally often" in text


def test_rules_that_go_together_are_named(demo, experiment_2):
    text = of_design(study_of(demo, 4, batches=5, order="latin_square"))
    assert "Orders of conditions in part only and batches are tied: 4 of their 16" in text
    text = of_design(study_of(demo, 4, batches=6, order="latin_square"))
    assert "tied" not in text
    assert "in part only after 4, batches after 5; all of them after 20." in text
    found = cycles(experiment_2.study)
    assert [cycle.length for cycle in found] == [8, 4, 4, 76]
    assert all_together(found) == 152
    assert [(a.what, b.what, met) for a, b, met in tied(found)] == [
        ("orders of parts", "blocks of units", 4)
    ]


def test_left_over_units_have_a_cycle_of_their_own(experiment_1):
    lengths = {cycle.what: cycle.length for cycle in cycles(experiment_1.study)}
    assert lengths["blocks of a left-over unit"] == 4


def test_the_longest_cycles_take_no_time(demo):
    study = study_of(demo, 8, batches=1000, order="all", rotate_every=9999)
    began = time.monotonic()
    text = describe(study)
    lines = with_participants(study, range(1, 11))
    assert time.monotonic() - began < 5
    assert "over 403159680 participants" in text
    assert "403190 more complete it" in lines[0]
