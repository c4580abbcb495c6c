"""Which blocks belong to which session: said in the study file, and checked."""

import pytest
from pydantic import ValidationError

from conditions.folder import DESIGNS
from conditions.study.study import Study, load_study

PARTS = [{"parts": ["before"]}, {"parts": ["references"]}]
CONDITIONS = [{"conditions": ["natural", "none"]}, {"conditions": ["synthetic"]}]


@pytest.fixture(scope="module")
def blocks() -> dict:
    """Experiment II, whose units are in blocks a to d."""
    return load_study(DESIGNS / "experiment_2.yaml").model_dump(mode="json", exclude_unset=True)


def said(content: dict) -> str:
    with pytest.raises(ValidationError) as caught:
        Study.model_validate(content)
    return str(caught.value)


def with_parts(demo: dict, **fields: object) -> dict:
    return demo | {"sessions": PARTS} | fields


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"sessions": PARTS[:1]}, "sessions: found 1, wanted two or more"),
        ({"sessions": [{}, *PARTS]}, "found nothing, wanted parts, conditions or units"),
        (
            {"sessions": [{"parts": ["befor"]}, PARTS[1]]},
            "sessions.0.parts: found befor, wanted one of before, references; did you mean before?",
        ),
        (
            {"sessions": [{"conditions": ["dreams"]}, PARTS[1]]},
            "sessions.0.conditions: found dreams, wanted one of none, synthetic, natural",
        ),
        (
            {"sessions": [{"units": ["a"]}, PARTS[1]]},
            "sessions.0.units: found a, but without unit_blocks participants meet no blocks",
        ),
        (
            {"sessions": [*PARTS, {"conditions": ["natural"]}]},
            "sessions: natural in part references is in sessions 2 and 3: wanted each in one of "
            "the 3 sessions",
        ),
        (
            {"sessions": [PARTS[0], {"conditions": ["natural"]}]},
            "sessions: synthetic in part references is in none: wanted each in one",
        ),
        (
            {"sessions": [*PARTS, {"parts": ["before"], "conditions": ["natural"]}]},
            "sessions.2: holds no block: wanted one or more",
        ),
        ({"sessions": [{"parts": ["before", "before"]}, PARTS[1]]}, "found before twice"),
        ({"session_orders": [[1, 2], [2, 2]]}, "session_orders.1: found [2, 2], wanted an order"),
        (
            {"between_sessions": {"least_hours": 24, "most_hours": 12}},
            "least_hours 24 is more than most_hours 12",
        ),
    ],
)
def test_what_does_not_add_up_is_named(demo, fields, found):
    assert found in said(with_parts(demo, **fields))


@pytest.mark.parametrize("field", ["session_orders", "between_sessions"])
def test_orders_and_pauses_are_for_several_sessions(demo, field):
    given = {"session_orders": [[1]], "between_sessions": {"least_hours": 1}}
    assert f"{field}: found without sessions" in said(demo | {field: given[field]})


def test_blocks_of_units_that_some_never_meet_are_named(blocks):
    whole = blocks | {"sessions": [{"units": ["a", "b"]}, {"units": ["c", "d"]}]}
    assert Study.model_validate(whole).sessions[1].words == "units c, d"
    lacking = blocks | {"sessions": [{"units": ["a"]}, {"units": ["b", "c"]}]}
    assert "natural in part Min-Max-9 with units d is in none" in said(lacking)
    # Of three blocks of units each participant of this rule meets two.
    parts = blocks["parts"][:2]
    rows = [{"Max-1": a, "Min-Max-1": b} for a, b in ("ab", "bc", "ab", "bc")]
    some = blocks | {
        "parts": parts,
        "part_orders": [],
        "unit_blocks": rows,
        "sessions": [{"units": ["a"]}, {"units": ["b", "c"]}],
    }
    assert (
        "sessions.0: holds no block for participants 2, 6, 10 …, who meet no such units "
        "(unit_blocks.1)"
    ) in said(some)


def test_a_study_without_sessions_is_known_as_before(demo):
    without = Study.model_validate(demo).fingerprint()
    assert Study.model_validate(demo | {"sessions": []}).fingerprint() == without
    one = Study.model_validate(with_parts(demo))
    other = Study.model_validate(with_parts(demo, session_orders=[[1, 2], [2, 1]]))
    assert len({without, one.fingerprint(), other.fingerprint()}) == 3


def test_limits_in_words(demo):
    between = {"least_hours": 12, "most_hours": 72.5}
    study = Study.model_validate(with_parts(demo, between_sessions=between))
    assert study.between_sessions.words == "at least 12 and at most 72.5 hours"
