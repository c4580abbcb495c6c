"""Repeated trials: the released ones as far as answers decide them, and the rule."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.study.study import Study
from conditions.trials.repeats import choose_repeats
from tests.conditions.released import released_trials

FILE = "experiment_I_main_practice_catch_repeated_trials_preprocessed.csv"
PARTICIPANTS = range(1, 11)


@pytest.fixture(scope="module")
def released(reference) -> pd.DataFrame:
    return released_trials(reference / "human_data" / FILE)


@pytest.mark.parametrize("participant", PARTICIPANTS)
def test_confidence_of_the_repeated_trials_is_that_of_the_released_ones(
    experiment_1, released, participant
):
    """The released participant's own trials and answers; ties and orders are coin tosses."""
    theirs = released[released.participant == participant]
    session = theirs[theirs.phase != "repeat"]
    confidence = dict(zip(session.trial, session.confidence, strict=True))
    chosen = choose_repeats(experiment_1.study, participant, session, confidence)
    repeated = theirs[theirs.phase == "repeat"]
    assert chosen.trial.tolist() == repeated.trial.tolist() == list(range(168, 186))
    assert chosen.block.tolist() == repeated.block.tolist()
    assert sorted(chosen.condition) == sorted(repeated.condition)
    for condition in ("none", "synthetic", "natural"):
        levels = [
            Counter(confidence[t] for t in rows[rows.condition == condition].repeat_of)
            for rows in (chosen, repeated)
        ]
        assert levels[0] == levels[1]
        assert levels[0].total() == 6
    # A trial that no tie could replace is repeated in both.
    for _, rows in session[(session.phase == "main") & ~session["catch"]].groupby("condition"):
        ranks = rows.confidence
        sure = rows[
            (ranks.rank(method="max") <= 3) | (ranks.rank(method="max", ascending=False) <= 3)
        ]
        assert set(sure.trial) <= set(chosen.repeat_of) & set(repeated.repeat_of)


def test_released_repeats_toss_the_place_of_the_queries_anew(released):
    """Why ours do: in the released data a repeat has the other query on top in half of trials."""
    repeated = released[released.phase == "repeat"]
    first = released[released.phase != "repeat"].set_index(["participant", "trial"])
    before = first.loc[list(zip(repeated.participant, repeated.repeat_of, strict=True))]
    swapped = repeated.upper.to_numpy() == before.lower.to_numpy()
    assert (swapped | (repeated.upper.to_numpy() == before.upper.to_numpy())).all()
    assert 0.3 < swapped.mean() < 0.7


def answers(trials: pd.DataFrame, seed: int) -> dict[int, int]:
    rng = np.random.default_rng(seed)
    return {int(t): int(rng.integers(1, 4)) for t in trials.trial}


def test_the_rule_holds_for_any_answers(experiment_1):
    trials = experiment_1.all_trials(4)
    shown = trials.set_index("trial")

    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 2**32 - 1))
    def check(seed: int) -> None:
        confidence = answers(trials, seed)
        chosen = choose_repeats(experiment_1.study, 4, trials, confidence)
        assert chosen.trial.tolist() == list(range(168, 186))
        assert chosen.block.tolist() == [13] * 6 + [14] * 6 + [15] * 6
        assert (chosen.phase == "repeat").all()
        for block, rows in chosen.groupby("block"):
            assert rows.condition.nunique() == 1, block
            main = trials[(trials.phase == "main") & ~trials["catch"].astype(bool)]
            levels = sorted(
                confidence[t] for t in main[main.condition == rows.condition.iloc[0]].trial
            )
            found = sorted(confidence[t] for t in rows.repeat_of)
            assert found == levels[:3] + levels[-3:]
        assert chosen.repeat_of.nunique() == 18
        for row in chosen.to_dict("records"):
            first = shown.loc[row["repeat_of"]]
            assert first["phase"] == "main"
            assert not first["catch"]
            assert row["unit"] == first["unit"]
            assert row["left_9"] == first["left_9"] or pd.isna(first["left_9"])
            assert {row["upper"], row["lower"]} == {first["upper"], first["lower"]}
            high = row[row["correct_response"]]
            assert high == first[first["correct_response"]]

    check()


def test_the_same_answers_give_the_same_repeats(experiment_1):
    """Also after a restart, and whatever the order in which the answers are handed over."""
    trials = experiment_1.all_trials(2)
    confidence = answers(trials, 1)
    backwards = dict(reversed(confidence.items()))
    first = choose_repeats(experiment_1.study, 2, trials, confidence)
    again = choose_repeats(experiment_1.study, 2, trials.iloc[::-1], backwards)
    pd.testing.assert_frame_equal(first, again)


def test_ties_orders_and_sides_are_tossed(experiment_1):
    """All answers alike: what is repeated differs between participants, over all trials."""
    chosen = []
    for participant in range(1, 31):
        trials = experiment_1.all_trials(participant)
        confidence = dict.fromkeys(trials.trial, 2)
        chosen.append(choose_repeats(experiment_1.study, participant, trials, confidence))
    assert len({tuple(rows.condition.unique()) for rows in chosen}) == 6
    # Any of a condition's 45 main trials can be among the six: of 180 draws few miss one.
    places = []
    for participant, rows in enumerate(chosen, start=1):
        trials = experiment_1.all_trials(participant)
        natural = trials[(trials.condition == "natural") & (trials.phase == "main")]
        main = natural[~natural["catch"].astype(bool)].trial.tolist()
        places += [main.index(t) for t in rows[rows.condition == "natural"].repeat_of]
    assert len(places) == 180
    assert len(set(places)) > 38
    swapped = []
    for participant, rows in enumerate(chosen, start=1):
        shown = experiment_1.all_trials(participant).set_index("trial")
        swapped += [r.upper == shown.loc[r.repeat_of, "lower"] for r in rows.itertuples()]
    # 540 tosses: five standard errors either way.
    assert abs(np.mean(swapped) - 0.5) < 0.11


def test_unanswered_trials_are_not_repeated_and_few_are_repeated_once(experiment_1):
    trials = experiment_1.all_trials(1)
    main = trials[(trials.phase == "main") & ~trials["catch"].astype(bool)]
    answered = main[main.condition == "natural"].trial.iloc[:4]
    confidence = dict.fromkeys(answered, 1)
    chosen = choose_repeats(experiment_1.study, 1, trials, confidence)
    assert sorted(chosen.repeat_of) == sorted(answered)


def test_without_repeats_there_are_none(experiment_1, demo):
    study = Study.model_validate(demo)
    trials = experiment_1.all_trials(1)
    assert choose_repeats(study, 1, trials, dict.fromkeys(trials.trial, 1)).empty
