"""Which query is on top: in half of each block's trials, where the study asks for it."""

from collections import Counter, defaultdict

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.describe import describe
from conditions.study.study import Study
from conditions.trials.sides import balanced, swapped
from conditions.trials.trials import participant_trials
from conditions.units.roster import roster_of
from conditions.units.table import unit_table
from tests.conditions.study.faulty import refused

KINDS = ("practice", "main", "catch")
# Blocks of a session: practice, main and catch trials of each.
BLOCKS = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.integers(0, 5), st.integers(0, 9), st.integers(0, 4)
    ).filter(lambda block: sum(block[1:])),
    min_size=1,
    max_size=8,
)


def session(blocks: list[tuple], uppers: list[bool]) -> list[dict]:
    """Trials whose queries are named as what is right."""
    rows = []
    for number, (condition, *counts) in enumerate(blocks):
        for kind, count in zip(KINDS, counts, strict=True):
            for _ in range(count):
                on_top = uppers[len(rows) % len(uppers)]
                rows.append(
                    {
                        "trial": len(rows),
                        "block": number,
                        "condition": condition,
                        "phase": "main" if kind == "catch" else kind,
                        "catch": kind == "catch",
                        "upper": "right" if on_top else "wrong",
                        "lower": "wrong" if on_top else "right",
                        "correct_response": "upper" if on_top else "lower",
                    }
                )
    return rows


def kind_of(row: dict) -> str:
    return "catch" if row["catch"] else row["phase"]


def surplus(rows: list[dict], *names: str) -> dict[tuple, int]:
    """By block, condition or kind: how many more have the correct query on top than below."""
    counts: dict[tuple, int] = defaultdict(int)
    for row in rows:
        key = tuple(kind_of(row) if name == "kind" else row[name] for name in names)
        counts[key] += 1 if row["correct_response"] == "upper" else -1
    return dict(counts)


@settings(max_examples=60)
@given(BLOCKS, st.lists(st.booleans(), min_size=1), st.integers(0, 99), st.integers(1, 999))
def test_every_block_is_halved_and_so_is_the_session(blocks, uppers, seed, participant):
    rows = session(blocks, uppers)
    placed = balanced(rows, seed, participant)
    assert all(abs(n) <= 1 for n in surplus(placed, "block", "kind").values())
    assert all(abs(n) <= 1 for n in surplus(placed, "condition", "kind").values())
    # Nothing else is another, and what is right stays right.
    for before, after in zip(rows, placed, strict=True):
        assert after in (before, swapped(before))
        assert after[after["correct_response"]] == "right"
    # Neither the tosses that went before nor other conditions decide.
    assert placed == balanced(session(blocks, [True]), seed, participant)
    of_a = [row for row in placed if row["condition"] == "a"]
    alone = balanced([row for row in rows if row["condition"] == "a"], seed, participant)
    assert of_a == alone


@given(st.integers(0, 99), st.integers(0, 999), st.integers(1, 4), st.integers(0, 2))
def test_the_odd_trial_changes_sides_from_block_to_block_and_person_to_person(seed, pair, k, c):
    blocks = [("a", 0, 2 * k + 1, 2 * c + 1)] * 4
    first, second = (
        surplus(balanced(session(blocks, [True]), seed, p), "block", "kind")
        for p in (2 * pair + 1, 2 * pair + 2)
    )
    for block in range(4):
        assert first[block, "main"] == -first[block, "catch"] == -second[block, "main"]
        assert first[block, "main"] == first[0, "main"] * (-1) ** block
        assert second[block, "catch"] == -second[block, "main"]


def test_which_trials_have_it_on_top_is_drawn():
    """Every choice of two of four, for different people; odd trials begin on either side."""
    chosen, begins = Counter(), Counter()
    for participant in range(1, 301):
        rows = balanced(session([("a", 0, 4, 0), ("b", 0, 1, 0)], [True]), 1, participant)
        chosen[tuple(row["correct_response"] for row in rows[:4])] += 1
        begins[rows[4]["correct_response"]] += participant % 2
    assert len(chosen) == 6
    # Of 300 draws of one in six: four standard errors either way.
    assert all(24 <= n <= 76 for n in chosen.values())
    assert 50 <= begins["upper"] <= 100


@pytest.mark.parametrize("sides", ["tossed", "balanced"])
def test_a_study_says_how_queries_are_placed(template, sides):
    """All but the place of the queries is the same in both."""
    study = template.study.model_copy(update={"sides": sides})
    roster = roster_of(template.units)
    even = True
    for participant in range(1, 6):
        trials = participant_trials(study, roster, participant)
        other = study.model_copy(update={"sides": "tossed"})
        tossed = participant_trials(other, roster, participant)
        session_of = [row for row in trials if row["phase"] != "intuitiveness"]
        even &= all(abs(n) <= 1 for n in surplus(session_of, "block", "kind").values())
        # A block of five main trials and a catch trial: three and three.
        blocks = surplus([r for r in session_of if r["scheme"] and r["phase"] == "main"], "block")
        even &= not any(blocks.values())
        for row, as_tossed in zip(trials, tossed, strict=True):
            assert row == as_tossed or row == swapped(as_tossed)
    assert even == (sides == "balanced")


def test_studies_that_say_nothing_toss_and_are_what_they_were(demo):
    balanced_demo = Study.model_validate(demo)
    del demo["sides"]
    study = Study.model_validate(demo)
    assert study.sides == "tossed"
    assert "sides" not in study.model_dump(mode="json")
    assert study.fingerprint() != balanced_demo.fingerprint()
    said = Study.model_validate(demo | {"sides": "tossed"})
    assert said.fingerprint() == study.fingerprint()
    assert "Which query was on top, and the order within a block, were random." in describe(study)
    assert "was on top in half of the main, the catch and the" in describe(balanced_demo)


def test_another_word_for_the_sides_is_refused(demo, tmp_path):
    said = refused(demo | {"sides": "even"}, tmp_path / "study.yaml")
    assert "sides: found 'even': wanted 'tossed' or 'balanced'" in said


def test_trials_of_published_designs_stay_tossed(experiment_1, experiment_2):
    """As the released ones: blocks differ from the half by chance."""
    for built in (experiment_1, experiment_2):
        assert built.study.sides == "tossed"
        trials = pd.concat([built.trials(p) for p in range(1, 6)])
        upper = (trials.correct_response == "upper").groupby([trials.condition, trials.block])
        assert (upper.mean() - 0.5).abs().max() > 0.1


def test_the_demo_is_balanced(demo):
    study = Study.model_validate(demo)
    rows = participant_trials(study, roster_of(unit_table(study)), 7)
    assert all(abs(n) <= 1 for n in surplus(rows, "block", "kind").values())
