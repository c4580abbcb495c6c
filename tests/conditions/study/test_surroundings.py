"""Consent, breaks and resuming in a study file."""

import re
from datetime import date

import pytest
from pydantic import ValidationError

from conditions.describe import describe
from conditions.study.study import Study
from conditions.trials.durations import count_blocks, expected_minutes
from conditions.yaml.misfits import describe_misfits

TWO = {"languages": ["en", "de"]}
IN_BOTH = {"version": "2", "text": {"en": "A text.", "de": "Ein Text."}}


def test_the_text_of_consent_is_not_what_a_study_is(demo):
    plain = Study.model_validate(demo | TWO)
    with_text = Study.model_validate(demo | TWO | {"consent": IN_BOTH})
    assert with_text.consent.read_in("de") == "Ein Text."
    assert plain.fingerprint() == with_text.fingerprint()
    usual = Study.model_validate(demo | TWO | {"resuming": {"instructions_after_minutes": 60}})
    assert usual.fingerprint() == plain.fingerprint()
    for other in ({"breaks": {}}, {"resuming": {"instructions_after_minutes": None}}):
        assert Study.model_validate(demo | TWO | other).fingerprint() != plain.fingerprint()


def test_a_version_may_look_like_a_date(demo):
    consent = {"version": date(2026, 11, 3), "text": "A text."}
    assert Study.model_validate(demo | {"consent": consent}).consent.version == "2026-11-03"


def test_breaks_are_described_and_take_their_time(demo):
    breaks = {"every_blocks": 2, "least_seconds": 60, "most_seconds": 300}
    plain, study = (Study.model_validate(demo | more) for more in ({}, {"breaks": breaks}))
    words = (
        "After every 2 blocks but the last there was a break of at least 60 s with a visible "
        "clock. After 300 s the page asked to go on."
    )
    assert words in describe(study)
    longer = expected_minutes(study) - expected_minutes(plain)
    assert longer == pytest.approx(count_blocks(study)["all"] * 20 / 60)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (TWO | {"consent": IN_BOTH | {"text": "A text."}}, "found one text, wanted one in each of"),
        (TWO | {"consent": IN_BOTH | {"text": {"en": "A text."}}}, "texts in en, wanted .*de: "),
        ({"consent": {"version": "1", "text": " \n"}}, "consent.text"),
        ({"consent": {"version": " ", "text": "A text."}}, "consent.version"),
        ({"consent": {"version": "1", "text": "A.", "refuse": "space"}}, "two meanings: space"),
        ({"consent": {"version": "1", "text": "A.", "agree": "escape"}}, "two meanings: escape"),
        ({"breaks": {"least_seconds": 30, "most_seconds": 10}}, "30 is more than most_seconds 10"),
        ({"breaks": {"every_blocks": 0}}, "every_blocks"),
        ({"resuming": {"instructions_after_minutes": -1}}, "instructions_after_minutes"),
    ],
)
def test_what_does_not_fit_is_named(demo, change, words):
    with pytest.raises(ValidationError, match=words):
        Study.model_validate(demo | change)


@pytest.mark.parametrize(
    ("consent", "line"),
    [
        ({"text": {"en": "A", "de": " "}}, "consent.text.de: found nothing to read, wanted a text"),
        (
            {"text": ["A"]},
            r"consent.text: found \['A'\]: wanted text; .*, or fields with their val",
        ),
        ({"version": "a\nb"}, r"consent.version: found 'a\\nb', wanted one line without blanks"),
    ],
)
def test_a_mistake_in_one_of_several_types_is_one_line(demo, consent, line):
    with pytest.raises(ValidationError) as error:
        Study.model_validate(demo | TWO | {"consent": IN_BOTH | consent})
    lines = describe_misfits("my.yaml", error.value, Study)
    assert re.match(f"my.yaml: {line}", lines), lines
    assert "\n" not in lines
