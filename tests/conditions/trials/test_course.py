"""Several sessions: their blocks follow one another in the condition file, else nothing changes."""

import pandas as pd
import pytest

from conditions.describe import describe
from conditions.folder import DESIGNS
from conditions.study.study import Study, load_study
from conditions.trials.build import build_participant
from conditions.trials.course import planned_blocks, sessions_of
from conditions.trials.repeats import choose_repeats
from conditions.trials.told.confounds import associations, factors
from conditions.trials.told.confounds_in_words import to_be_changed
from conditions.trials.told.sessions_in_words import sessions_in_words
from conditions.units.table import unit_table

SESSIONS = [{"conditions": ["natural", "none"]}, {"conditions": ["synthetic"]}]
# What a trial shows, wherever it stands.
SHOWN = ["phase", "condition", "scheme", "catch", "unit", "batch", "upper", "lower", "left_1"]


@pytest.fixture(scope="module")
def experiment() -> dict:
    return load_study(DESIGNS / "experiment_1.yaml").model_dump(mode="json", exclude_unset=True)


@pytest.fixture(scope="module")
def units(experiment) -> pd.DataFrame:
    return unit_table(Study.model_validate(experiment))


@pytest.fixture(scope="module")
def several(experiment) -> Study:
    orders = [[1, 2], [2, 1]]
    return Study.model_validate(experiment | {"sessions": SESSIONS, "session_orders": orders})


def test_each_session_holds_its_conditions_in_turn(several, units):
    for participant, first in ((1, {"natural", "none"}), (2, {"synthetic"})):
        trials = build_participant(several, units, participant)
        numbers = pd.Series(sessions_of(several, participant, trials))
        asked = trials["phase"] != "intuitiveness"
        assert numbers.is_monotonic_increasing
        assert set(trials["condition"][asked & numbers.eq(1)]) == first
        assert not first & set(trials["condition"][asked & numbers.eq(2)])
        assert set(numbers[~asked]) == {1}
        assert trials["trial"][asked].tolist() == list(range(asked.sum()))
        # Practice and catch trials go with their condition.
        assert set(trials["condition"][trials["phase"] == "practice"]) == {
            "natural",
            "none",
            "synthetic",
        }
        for of_session in (1, 2):
            assert trials["catch"][asked & numbers.eq(of_session)].sum() == 9


def test_trials_are_those_of_the_study_of_one_session(experiment, several, units):
    once = build_participant(Study.model_validate(experiment), units, 2)
    again = build_participant(several, units, 2)

    def shown(trials: pd.DataFrame) -> list[str]:
        return sorted(map(repr, trials[SHOWN].astype(str).to_numpy().tolist()))

    assert shown(once) == shown(again)
    assert once["condition"].tolist() != again["condition"].tolist()
    assert sessions_of(Study.model_validate(experiment), 2, once) == [1] * len(once)


def test_repeats_and_ratings_at_the_end_are_in_the_last_session(experiment, several, units):
    ends = {"sessions": SESSIONS, "intuitiveness": ["beginning", "end"]}
    study = Study.model_validate(experiment | ends)
    trials = build_participant(study, units, 1)
    asked = trials[trials["phase"] != "intuitiveness"]
    repeats = choose_repeats(study, 1, trials, dict.fromkeys(asked["trial"], 2))
    numbers = sessions_of(study, 1, pd.concat([trials, repeats], ignore_index=True))
    assert set(numbers[len(trials) :]) == {2}
    rated = [n for n, phase in zip(numbers, trials["phase"], strict=False) if phase[0] == "i"]
    assert rated == [1, 1, 1, 2, 2, 2]


def test_blocks_of_units_make_sessions(units):
    content = load_study(DESIGNS / "experiment_2.yaml").model_dump(mode="json", exclude_unset=True)
    split = content | {"sessions": [{"units": ["a", "b"]}, {"units": ["c", "d"]}]}
    study = Study.model_validate(split)
    table = unit_table(study)
    block_of = dict(zip(table["unit"], table["block"], strict=True))
    for participant in (1, 2):
        trials = build_participant(study, table, participant)
        numbers = pd.Series(sessions_of(study, participant, trials))
        main = (trials["phase"] == "main") & ~trials["catch"].astype(bool)
        for number, blocks in ((1, {"a", "b"}), (2, {"c", "d"})):
            assert set(trials["unit"][main & numbers.eq(number)].map(block_of)) == blocks
        # The order of parts stays as it is within a session.
        parts = [block.part.name for block in planned_blocks(study, participant)]
        order = study.part_orders[(participant - 1) % 4]
        for half in (parts[: len(parts) // 2], parts[len(parts) // 2 :]):
            assert list(dict.fromkeys(half)) == [part for part in order if part in half]


def test_a_design_in_words_says_its_sessions(several):
    text = sessions_in_words(several)
    assert text in describe(several)
    assert "1 (conditions natural, none; about 16 minutes), 2 (condition synthetic; about" in text
    assert "repeats were in the last session (about 4 minutes)" in text
    assert text.endswith("Order of the sessions by (p − 1) mod 2: 1, 2; 2, 1.")
    assert "orders of sessions after 2" in describe(several)


def test_a_condition_of_one_session_only_is_named_unless_their_order_rotates(
    experiment, several, units
):
    fixed = Study.model_validate(experiment | {"sessions": SESSIONS})
    assert "All participants had them in this order." in sessions_in_words(fixed)
    found = {}
    for name, study in (("fixed", fixed), ("rotating", several)):
        trials = []
        for participant in range(1, 13):
            frame = build_participant(study, units, participant)
            of = sessions_of(study, participant, frame)
            trials.append(frame.assign(participant=participant, session=of))
        found[name] = to_be_changed(associations(factors(pd.concat(trials, ignore_index=True))))
    named = "Confounded: session 2: only condition synthetic."
    assert any(text.startswith(named) and "session_orders" in text for text in found["fixed"])
    assert not any("session 2" in text for text in found["rotating"])
