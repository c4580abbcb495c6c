"""The questions that a study file declares, the usual ones, and what is refused."""

import pytest
import yaml

from conditions.errors import StudyError
from conditions.folder import find_study_file
from conditions.study.asked.questions import Analysis, Designed, Question
from conditions.study.asked.usual import questions_of
from conditions.study.questions_in_words import questions_in_words
from conditions.study.study import load_study

KINDS = ["crops", "natural", "a - b", "none"]


def asked(analysis: Analysis, conditions=KINDS, photographs="natural", schemes=1):
    return questions_of(analysis, conditions, photographs, Designed(schemes))


def names(questions) -> list[str]:
    return [f"{q.name} {q.measure}: {q.comparison}" for q in questions]


def test_by_default_photographs_are_compared_with_the_next_kind():
    found = asked(Analysis())
    assert found.primary == Question("condition", "accuracy", "natural", "crops")
    assert names(found.secondary) == [
        "condition accuracy: natural - a - b",
        "condition accuracy: crops - none",
        "condition accuracy: natural - none",
        "condition accuracy: a - b - none",
        "condition rt: natural - crops",
        "condition confidence: natural - crops",
    ]
    assert not found.primary_declared
    assert not found.secondary_declared


@pytest.mark.parametrize(
    ("conditions", "photographs", "comparison"),
    [
        (["crops", "synthetic"], None, "crops - synthetic"),
        (["natural", "none"], "natural", "natural - none"),
        (["natural"], "natural", "natural - chance"),
        (["none"], None, None),
        ([], None, None),
    ],
)
def test_there_is_a_usual_question_where_there_are_references(conditions, photographs, comparison):
    found = asked(Analysis(), conditions, photographs)
    assert (found.primary.comparison if found.primary else None) == comparison
    assert all(q.comparison == comparison for q in found.secondary)
    if len(conditions) < 2:
        assert found.secondary == ()


def test_several_schemes_ask_for_their_interaction_first():
    found = asked(Analysis(), schemes=4)
    assert names(found.secondary)[0] == "interaction accuracy: natural - crops"


@pytest.mark.parametrize("primary", ["none - natural", "natural - none", "a - b - crops"])
def test_no_usual_question_is_that_of_the_primary_or_of_another_turned_round(primary):
    found = asked(Analysis(primary=primary), schemes=2)
    pairs = [(q.name, q.measure, frozenset((q.first, q.second))) for q in found.secondary]
    assert len(set(pairs)) == len(pairs)
    assert ("condition", "accuracy", frozenset(primary.rsplit(" - ", 1))) not in pairs
    assert ("interaction" in {q.name for q in found.secondary}) == ("none" not in primary)


def test_kinds_that_no_scheme_shows_together_do_not_interact():
    apart = {"natural": ["Max-1", "Max-9"], "crops": ["Max-9"], "a - b": ["Max-1", "Max-9"]}
    designed = Designed(2, apart)
    usual = questions_of(Analysis(), KINDS, "natural", designed)
    assert "interaction" not in {q.name for q in usual.secondary}
    with pytest.raises(ValueError, match="schemes that show both kinds, found 1 in the study's"):
        questions_of(Analysis(secondary=["interaction"]), KINDS, "natural", designed)
    crossed = Analysis(primary="natural - a - b", secondary=["interaction"])
    assert questions_of(crossed, KINDS, "natural", designed).secondary[0].name == "interaction"


def test_a_primary_question_may_name_its_measure():
    found = asked(Analysis(primary="accuracy: natural - crops"))
    assert found.primary == Question("condition", "accuracy", "natural", "crops")


def test_declared_questions_take_the_place_of_the_usual_ones():
    analysis = Analysis(
        primary="a - b - natural",
        secondary=["learning", "layers", "interaction", "rt: none - crops", "a - b - none"],
    )
    found = asked(analysis, schemes=2)
    assert (found.primary.first, found.primary.second) == ("a - b", "natural")
    assert names(found.secondary) == [
        "learning accuracy: a - b - natural",
        "layers accuracy: a - b - natural",
        "interaction accuracy: a - b - natural",
        "condition rt: none - crops",
        "condition accuracy: a - b - none",
    ]
    assert found.primary_declared
    assert found.secondary_declared


DEMO = find_study_file("demo").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("analysis", "words"),
    [
        ({"primary": "natural - foo"}, "analysis.primary: found 'natural - foo', wanted A - B of"),
        ({"primary": "natural"}, "as in natural - synthetic"),
        ({"primary": "natural - natural"}, "two different conditions"),
        ({"smallest_effect": 50}, "analysis.smallest_effect: found 50: wanted less than 50"),
        ({"smallest_effect": 0}, "analysis.smallest_effect: found 0: wanted"),
        # A share where points are wanted.
        ({"smallest_effect": 0.05}, "analysis.smallest_effect: found 0.05: wanted"),
        ({"secondary": ["interaction"]}, "analysis.secondary.0: found interaction, wanted several"),
        (
            {"primary": "natural - none", "secondary": ["learning"]},
            "secondary.0: found learning, wanted several blocks of natural and of none in a "
            "scheme, found one of none in the study's parts",
        ),
        ({"secondary": ["time: natural - none"]}, "found measure 'time', wanted accuracy, rt, con"),
        (
            {"primary": "natural - none", "secondary": ["natural - none"]},
            "analysis.secondary: found natural - none, which is the primary question",
        ),
        (
            {"primary": "natural - none", "secondary": ["accuracy: none - natural"]},
            "analysis.secondary: found natural - none, which is the primary question",
        ),
        ({"secondary": ["synthetic - natural"]}, "found natural - synthetic, which is the primary"),
        ({"secondary": ["layers", "layers"]}, "found layers twice"),
        (
            {"secondary": ["natural - none", "accuracy: natural - none"]},
            "secondary.1: found accuracy: natural - none, which is the question accuracy: nat",
        ),
        (
            {"secondary": ["learning", "rt: natural - none", "rt: none - natural"]},
            "secondary.2: found rt: none - natural, which is the question rt: natural - none once",
        ),
        ({"correction": "fdr"}, "analysis.correction: found 'fdr'"),
        ({"over": "units"}, "analysis.over: found 'units'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(tmp_path, analysis, words):
    file = tmp_path / "study.yaml"
    file.write_text(DEMO + yaml.safe_dump({"analysis": analysis}), encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        load_study(file)
    assert words in str(refused.value)
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_layers_are_asked_where_there_are_several(tmp_path):
    file = tmp_path / "study.yaml"
    study = yaml.safe_load(DEMO) | {"analysis": {"secondary": ["layers"]}}
    file.write_text(yaml.safe_dump(study), encoding="utf-8")
    assert [one.name for one in load_study(file).questions.secondary] == ["layers"]
    units = load_study(file).units.model_dump(exclude_unset=True)
    for block in ("main", "practice", "catch", "intuitiveness"):
        units.pop(block, None)
    main = {"layers": sorted(load_study(file).units.layers("main"))[:1], "n": 6}
    study["units"] = {"sample": [main, main | {"role": "practice", "n": 4}]}
    file.write_text(yaml.safe_dump(study), encoding="utf-8")
    with pytest.raises(StudyError, match="found layers, wanted main units of several layers, fo"):
        load_study(file)


def test_a_study_that_declares_nothing_keeps_its_fingerprint(tmp_path):
    file = tmp_path / "study.yaml"
    found = []
    for more in ("", "analysis: {}\n", "analysis: {smallest_effect: 5}\n"):
        file.write_text(DEMO + more, encoding="utf-8")
        found.append(load_study(file).fingerprint())
    assert found[0] == found[1] != found[2]


def test_a_description_says_what_is_declared_and_what_is_usual(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(DEMO, encoding="utf-8")
    text = questions_in_words(load_study(file))
    assert "Primary question (by default): accuracy, natural - synthetic." in text
    assert "(by default; Holm's correction): accuracy: natural - none;" in text
    assert text.endswith("They are decided over participants and units.")
    analysis = {
        "primary": "synthetic - none",
        "secondary": ["layers"],
        "correction": "none",
        "smallest_effect": 5,
        "over": "participants",
    }
    file.write_text(DEMO + yaml.safe_dump({"analysis": analysis}), encoding="utf-8")
    text = questions_in_words(load_study(file))
    assert "Primary question (declared): accuracy, synthetic - none." in text
    assert "Smallest difference that matters: 5 points." in text
    assert "Secondary questions (declared; not corrected): layers." in text
    assert text.endswith("They are decided over participants.")
