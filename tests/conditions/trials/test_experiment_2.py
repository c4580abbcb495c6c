"""Experiment II: the published rules, written down again, and the released first rows."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conditions.released import released_trials, released_units, short

FILE = "experiment_II_first_80_rows.csv"
SCHEMES = ("Max-1", "Min-Max-1", "Max-9", "Min-Max-9")
SCHEME_ORDERS = (
    ("Max-1", "Min-Max-1", "Max-9", "Min-Max-9"),
    ("Max-1", "Max-9", "Min-Max-1", "Min-Max-9"),
    ("Min-Max-9", "Min-Max-1", "Max-9", "Max-1"),
    ("Min-Max-9", "Max-9", "Min-Max-1", "Max-1"),
)
UNIT_BLOCKS = ("abcd", "bcda", "cdab", "dabc")
TRIALS_OF_A_PARTICIPANT = 4 * (2 * 3 + 4 * 12)


def expected_blocks(participant: int) -> list[tuple]:
    """Scheme, phase, condition, unit block and batch of each block, in order."""
    turn, group = (participant - 1) % 4, (participant - 1) // 4
    order = ["natural", "synthetic"] if group % 2 == 0 else ["synthetic", "natural"]
    batches = {"natural": 2 * group + 1, "synthetic": 2 * group + 2}
    batches = {name: (batch - 1) % 19 + 1 for name, batch in batches.items()}
    practice = {"synthetic": "f", "natural": "g"}
    blocks = []
    for scheme in SCHEME_ORDERS[turn]:
        units = UNIT_BLOCKS[turn][SCHEMES.index(scheme)]
        blocks += [(scheme, "practice", c, practice[c], 0) for c in order]
        blocks += [(scheme, "main", c, units, batches[c]) for c in order * 2]
    return blocks


def found_blocks(trials: pd.DataFrame, unit_block: pd.Series) -> list[tuple]:
    """The same, read off the trials; every block must be of one kind."""
    blocks = []
    for _, rows in trials[~trials["catch"].astype(bool)].groupby("block"):
        columns = [rows[name] for name in ("scheme", "phase", "condition")]
        columns += [rows["unit"].map(unit_block), rows["batch"].astype(int)]
        assert all(column.nunique() == 1 for column in columns)
        blocks.append(tuple(column.iloc[0] for column in columns))
    return blocks


def check_rules(built, participant: int) -> None:
    trials = built.trials(participant)
    units = built.units.set_index("unit")
    assert len(trials) == TRIALS_OF_A_PARTICIPANT
    assert trials.trial.tolist() == list(range(TRIALS_OF_A_PARTICIPANT))
    assert sorted(trials.block.unique()) == list(range(24))
    assert trials.block.is_monotonic_increasing
    assert found_blocks(trials, units["block"]) == expected_blocks(participant)
    main = trials[(trials.phase == "main") & ~trials["catch"].astype(bool)]
    for (scheme, _), rows in main.groupby(["scheme", "condition"]):
        turn = (participant - 1) % 4
        block = units[units.block == UNIT_BLOCKS[turn][SCHEMES.index(scheme)]]
        assert sorted(rows.unit) == sorted(block.index)
    for _, rows in trials[trials.phase == "main"].groupby("block"):
        catch = rows["catch"].astype(bool)
        assert (len(rows), catch.sum()) == (12, 2)
        assert set(rows[catch].batch) == {0}
        assert set(rows[catch].unit.map(units["block"])) == {"e"}
        assert rows[catch].unit.nunique() == 2
    for _, rows in trials[trials.phase == "practice"].groupby("block"):
        assert rows.unit.nunique() == len(rows) == 3


@pytest.mark.parametrize("participant", range(1, 25))
def test_participants_follow_the_published_rules(experiment_2, participant):
    check_rules(experiment_2, participant)


def test_any_participant_follows_the_published_rules(experiment_2):
    @settings(max_examples=25, deadline=None)
    @given(st.integers(1, 100_000))
    def check(participant: int) -> None:
        check_rules(experiment_2, participant)

    check()


@pytest.mark.parametrize("participant", [1, 2, 3, 4, 5])
def test_images_are_those_of_the_scheme(experiment_2, participant):
    trials = experiment_2.trials(participant)
    for row in trials[~trials["catch"].astype(bool)].to_dict("records"):
        poles, count = row["scheme"].rsplit("-", 1)
        count = int(count)
        place = f"{row['unit']}/{'' if count == 9 else 'sets_of_2/'}batch_{row['batch']:02d}"
        natural = f"stimuli/natural/{place}"
        high, low = row["upper"], row["lower"]
        if row["correct_response"] == "lower":
            high, low = low, high
        assert (low, high) == (f"{natural}/min_0.png", f"{natural}/max_{count}.png")
        shown = {
            side: [row[f"{side}_{i}"] for i in range(1, 10) if not pd.isna(row[f"{side}_{i}"])]
            for side in ("left", "right")
        }
        if row["condition"] == "natural":
            low_images = [f"{natural}/min_{i}.png" for i in range(1, count + 1)]
            high_images = [f"{natural}/max_{i}.png" for i in range(count)]
        else:
            first = 1 if count == 9 else 0
            base = f"stimuli/synthetic/{row['unit']}"
            low_images = [f"{base}/min_{i}.png" for i in range(first, first + count)]
            high_images = [f"{base}/max_{i}.png" for i in range(count)]
        assert shown["right"] == high_images
        assert shown["left"] == (low_images if poles == "Min-Max" else [])
        assert row["n_references"] == count
        assert row["right_title"] == "max"
        assert pd.isna(row["left_title"]) == (poles == "Max")


def test_the_units_are_the_published_ones(experiment_2, reference):
    roles = dict.fromkeys("abcd", "main") | {"e": "catch", "f": "practice", "g": "practice"}
    units = experiment_2.units.set_index("unit")
    for block, role in roles.items():
        listed = released_units(reference, f"experiment_II_block_{block}")
        ours = units[units.block == block]
        assert ours.index.tolist() == listed.unit.tolist()
        assert ours.branch.tolist() == listed.kernel_size.tolist()
        assert set(ours.role) == {role}
    warm_up = released_units(reference, "experiment_II_warm_up").unit.tolist()
    assert units[units.role == "intuitiveness"].index.tolist() == warm_up


def test_the_released_first_rows_agree(experiment_2, reference):
    """80 trials of participant 5; order within a block, sides and catch units are coin tosses."""
    theirs = released_trials(reference / "human_data" / FILE)
    lists = {b: released_units(reference, f"experiment_II_block_{b}") for b in "abcdefg"}
    names = {b: frame.set_index("code")["unit"] for b, frame in lists.items()}
    theirs["unit"] = [
        names[b][code] for b, code in zip(theirs.unit_block, theirs.code, strict=True)
    ]
    assert theirs.participant.unique().tolist() == [5]
    ours = experiment_2.trials(5).iloc[: len(theirs)]
    for column in ("trial", "block", "phase", "condition", "scheme"):
        assert ours[column].tolist() == theirs[column].tolist(), column
    units = experiment_2.units.set_index("unit")
    whole = theirs[theirs.block < theirs.block.max()]
    for block, rows in whole.groupby("block"):
        own = ours[ours.block == block]
        assert Counter(own.batch) == Counter(rows.batch)
        assert Counter(own.unit.map(units["block"])) == Counter(rows.unit_block)
    for condition in ("natural", "synthetic"):
        dealt = []
        for frame in (ours, theirs):
            main = frame[(frame.phase == "main") & ~frame["catch"].astype(bool)]
            own = main[(main.scheme == "Max-1") & (main.condition == condition)]
            dealt.append(sorted(own.unit))
        assert len(dealt[0]) == 20
        assert dealt[0] == dealt[1]


def catch_like_main(trials: pd.DataFrame, places: pd.Series) -> list[bool]:
    """For each catch trial, whether its layer and branch is that of a main trial of its block."""
    alike = []
    for _, rows in trials[trials.phase == "main"].groupby("block"):
        catch = rows["catch"].astype(bool)
        shown = set(rows[~catch].unit.map(places))
        alike += [place in shown for place in rows[catch].unit.map(places)]
    return alike


def test_catch_units_are_like_main_units_of_their_block(experiment_2, reference):
    places = experiment_2.units.set_index("unit")[["layer", "branch"]].agg("/".join, axis=1)
    for participant in (1, 6, 11):
        alike = catch_like_main(experiment_2.trials(participant), places)
        assert len(alike) == 32
        assert all(alike)
    theirs = released_trials(reference / "human_data" / FILE)
    theirs = theirs[theirs.block < theirs.block.max()].assign(unit=lambda f: f.code)
    alike = catch_like_main(theirs, pd.Series({c: c for c in theirs.code}))
    assert len(alike) == 10
    assert all(alike)


def test_catch_queries_of_one_reference_are_the_released_ones(experiment_2, reference):
    """Copies of the references that the scheme shows, or would show if it showed both poles."""
    theirs = released_trials(reference / "human_data" / FILE)
    ours = pd.concat([experiment_2.trials(p) for p in range(1, 9)])
    ours = ours[ours.scheme.isin(["Max-1", "Min-Max-1"])]
    ours = ours.assign(upper=ours.upper.map(short), lower=ours.lower.map(short))
    for trials in (ours, theirs):
        seen = {
            condition: set(rows.upper) | set(rows.lower)
            for condition, rows in trials[trials["catch"].astype(bool)].groupby("condition")
        }
        assert seen == {
            "natural": {"natural/min_1", "natural/max_0"},
            "synthetic": {"synthetic/min_0", "synthetic/max_0"},
        }
        rest = trials[~trials["catch"].astype(bool)]
        assert set(rest.upper) | set(rest.lower) == {"natural/min_0", "natural/max_1"}


def test_intuitiveness_is_rated_at_the_beginning_and_at_the_end(experiment_2):
    trials = experiment_2.all_trials(7)
    rated = trials.phase == "intuitiveness"
    assert rated.tolist() == [True] * 3 + [False] * TRIALS_OF_A_PARTICIPANT + [True] * 3
    assert trials[rated].trial.tolist() == list(range(216, 222))
    for rows in (trials[rated].iloc[:3], trials[rated].iloc[3:]):
        assert sorted(rows.unit) == sorted(experiment_2.study.units.intuitiveness)


def test_schemes_meet_units_and_positions_equally_often(experiment_2):
    """Over eight participants: each unit as often in each scheme, each scheme first or last."""
    trials = pd.concat([experiment_2.trials(p).assign(participant=p) for p in range(1, 9)])
    main = trials[(trials.phase == "main") & ~trials["catch"].astype(bool)]
    counts = main.groupby(["scheme", "condition", "unit"]).size()
    assert set(counts) == {2}
    assert len(counts) == 4 * 2 * 80
