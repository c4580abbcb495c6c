"""Experiment I: the design against the released data of its 10 participants."""

import re

import pandas as pd
import pytest

from tests.conditions.released import released_trials, released_units, short

FILE = "experiment_I_main_practice_catch_repeated_trials_preprocessed.csv"
PARTICIPANTS = range(1, 11)
MAIN, PRACTICE = "experiment_I_sampled", "experiment_I_practice_and_explanation"


@pytest.fixture(scope="module")
def released(reference) -> pd.DataFrame:
    """Released trials with unit names, repeats left out."""
    trials = released_trials(reference / "human_data" / FILE)
    lists = pd.concat([released_units(reference, name) for name in (MAIN, PRACTICE)])
    trials["unit"] = trials["code"].map(lists.set_index("code")["unit"])
    return trials[trials.phase != "repeat"]


def main_of(trials: pd.DataFrame) -> pd.DataFrame:
    return trials[(trials.phase == "main") & ~trials["catch"].astype(bool)]


def test_the_units_are_the_published_ones(experiment_1, reference):
    units = experiment_1.units
    main = released_units(reference, MAIN)
    ours = units[units.role == "main"].set_index("unit")
    assert sorted(ours.index) == sorted(main.unit)
    for row in main.itertuples():
        pick = "hand_picked" if row.channel_number == "1" else "random"
        assert tuple(ours.loc[row.unit, ["branch", "pick"]]) == (row.kernel_size, pick)
    practice = released_units(reference, PRACTICE)
    practice = practice[practice.code.str[0].between("i", "w")]
    assert units[units.role == "practice"].unit.tolist() == practice.unit.tolist()
    warm_up = released_units(reference, "experiment_I_warm_up")
    assert units[units.role == "intuitiveness"].unit.tolist() == warm_up.unit.tolist()


@pytest.mark.parametrize("participant", PARTICIPANTS)
def test_blocks_phases_and_conditions_agree_trial_by_trial(experiment_1, released, participant):
    theirs = released[released.participant == participant]
    ours = experiment_1.trials(participant)
    assert len(ours) == len(theirs) == 168
    for column in ("trial", "block", "phase", "condition"):
        assert ours[column].tolist() == theirs[column].tolist(), column
    numbers = (ours.scheme.fillna("") == "Min-Max-9").tolist()
    assert numbers == (ours.condition != "none").tolist()


@pytest.mark.parametrize("participant", PARTICIPANTS)
def test_batches_and_catch_trials_agree_block_by_block(experiment_1, released, participant):
    """Where in a block the catch trials are is a coin toss."""
    theirs = released[released.participant == participant].groupby("block")
    ours = experiment_1.trials(participant).groupby("block")
    for column in ("catch", "batch"):
        assert ours[column].apply(sorted).to_dict() == theirs[column].apply(sorted).to_dict()


@pytest.mark.parametrize("participant", PARTICIPANTS)
def test_every_condition_uses_each_of_the_45_units_once(experiment_1, released, participant):
    names = sorted(experiment_1.study.units.main)
    assert len(names) == 45
    for trials in (experiment_1.trials(participant), released[released.participant == participant]):
        for _, rows in main_of(trials).groupby("condition"):
            assert sorted(rows.unit) == names


@pytest.mark.parametrize("participant", PARTICIPANTS)
def test_practice_and_catch_units_follow_the_same_rule(experiment_1, released, participant):
    units = experiment_1.study.units.practice
    lists = sorted(sorted(units[i : i + 5]) for i in (0, 5, 10))
    for trials in (experiment_1.trials(participant), released[released.participant == participant]):
        practice = trials[trials.phase == "practice"].groupby("block")["unit"].apply(sorted)
        assert sorted(practice) == lists
        for _, rows in trials[trials["catch"].astype(bool)].groupby("block"):
            assert len(set(rows.unit)) == 3
            assert set(rows.unit) <= set(units)


def test_lists_conditions_and_orders_vary_over_participants(experiment_1):
    """What is a coin toss in the released data is one here."""
    practice = [experiment_1.trials(p).query("phase == 'practice'") for p in range(1, 101)]
    first = {tuple(rows.unit[:5]) for rows in practice}
    assert len(first) > 50
    lists = experiment_1.study.units.practice
    counts = pd.Series([lists.index(rows.unit.iloc[0]) // 5 for rows in practice]).value_counts()
    # Of 100 draws of one in three: four standard errors either way.
    assert counts.between(14, 52).all()


def test_catch_trials_are_anywhere_in_a_block(experiment_1, released):
    ours = pd.concat([experiment_1.trials(p).assign(participant=p) for p in PARTICIPANTS])
    for trials in (ours, released):
        place = trials.groupby(["participant", "block"]).cumcount()
        assert set(place[trials["catch"].astype(bool)]) == set(range(18))


def test_queries_are_of_the_same_bins(experiment_1, released):
    """Main and practice: min_0 and max_9 natural; catch: copies of references of the condition."""
    ours = pd.concat([experiment_1.trials(p) for p in PARTICIPANTS])
    ours = ours.assign(upper=ours.upper.map(short), lower=ours.lower.map(short))
    for trials in (ours, released):
        for catch, rows in trials.groupby(trials["catch"].astype(bool)):
            for row in rows.itertuples():
                high, low = row.upper, row.lower
                if row.correct_response == "lower":
                    high, low = low, high
                if not catch:
                    assert (high, low) == ("natural/max_9", "natural/min_0")
                else:
                    assert re.fullmatch(rf"{row.condition}/max_[0-8]", high)
                    assert re.fullmatch(rf"{row.condition}/min_[1-9]", low)
    # All ranks occur as copies, in both.
    for trials in (ours, released):
        catch = trials[trials["catch"].astype(bool)]
        ranks = pd.concat([catch.upper, catch.lower]).str.split("/").str[1]
        assert ranks.nunique() == 18


def test_intuitiveness_comes_first_and_is_numbered_after_the_repeats(experiment_1):
    for participant in PARTICIPANTS:
        trials = experiment_1.all_trials(participant)
        first = trials.iloc[:3]
        assert (first.phase == "intuitiveness").all()
        assert not (trials.phase.iloc[3:] == "intuitiveness").any()
        # The released repeats are trials 168 to 185.
        assert first.trial.tolist() == [186, 187, 188]
        assert sorted(first.unit) == sorted(experiment_1.study.units.intuitiveness)
        assert first.block.isna().all()
        assert first.condition.isna().all()
        for row in first.itertuples():
            assert (row.left_title, row.right_title) == ("synthetic", "natural")
            assert row.left_9 == f"stimuli/synthetic/{row.unit}/max_8.png"
            assert row.right_9 == f"stimuli/natural/{row.unit}/batch_00/max_8.png"
    orders = {tuple(experiment_1.all_trials(p).unit[:3]) for p in range(1, 31)}
    assert len(orders) == 6
