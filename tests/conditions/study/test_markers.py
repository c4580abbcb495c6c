"""Marker codes in a study file."""

import pytest
import yaml

from conditions.describe import describe
from conditions.errors import StudyError
from conditions.folder import DESIGNS
from conditions.study.contents import MOST_KINDS
from conditions.study.markers.codes import usual_codes
from conditions.study.study import Study, load_study
from conditions.tables.events import HIGHEST_CODE, LOWEST_CODE
from tests.conditions.study.faulty import refused


def test_every_event_has_a_number_of_its_own_in_every_design():
    for path in DESIGNS.glob("*.yaml"):
        study = Study.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        codes = study.marker_codes
        assert len(set(codes.values())) == len(codes)
        assert all(LOWEST_CODE <= code <= HIGHEST_CODE for code in codes.values())
        assert {f"images_{c}" for c in study.conditions} <= set(codes), path
    most = usual_codes([f"kind{i}" for i in range(MOST_KINDS)])
    assert len(set(most.values())) == len(most)
    # Whoever wrote a script for these numbers has them for good.
    assert most["images_none"] == 20
    assert most["images_kind0"] == 21
    assert most["catch_kind7"] == 38
    assert (most["session_begin"], most["choice_lower"], most["feedback_wrong"]) == (1, 52, 72)


def test_a_study_has_numbers_of_its_own_and_may_say_that_two_are_one(demo):
    plain = Study.model_validate(demo)
    own = {"images_natural": 200, "images_synthetic": 200, "page": None}
    study = Study.model_validate(demo | {"markers": {"codes": own}})
    assert study.marker_codes["images_natural"] == study.marker_codes["images_synthetic"] == 200
    assert "page" not in study.marker_codes
    assert study.marker_codes["fixation"] == plain.marker_codes["fixation"]
    assert "200 images_natural" in describe(study)
    assert "Markers" not in describe(plain)
    # Data that were recorded before there were markers still belong to their study.
    assert Study.model_validate(demo | {"markers": {}}).fingerprint() == plain.fingerprint()
    assert study.fingerprint() != plain.fingerprint()
    # What a null has freed may be given to another.
    freed = {"page": None, "images_natural": plain.marker_codes["page"]}
    Study.model_validate(demo | {"markers": {"codes": freed}})


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ({"page": 0}, "markers.codes.page: found 0: wanted greater than or equal to 1"),
        ({"page": 256}, "markers.codes.page: found 256: wanted less than or equal to 255"),
        ({"page": -1}, "markers.codes.page: found -1"),
        ({"page": "3"}, "markers.codes.page: found '3': wanted a whole number"),
        ({"page": 3.0}, "markers.codes.page: found 3.0: wanted a whole number"),
        ({"page": True}, "markers.codes.page: found true: wanted a whole number"),
        ({"imagse_natural": 9}, "markers.codes.imagse_natural: no such event: wanted one of"),
        ({"imagse_natural": 9}, "did you mean images_natural?"),
        ({"images_dreams": 9}, "markers.codes.images_dreams: no such event"),
        ({"page": 11}, "markers.codes.page: found 11, which fixation has already"),
        ([1, 2], "markers.codes: found [1, 2]: wanted fields with their values"),
        ({1: 2}, "found 1: wanted text; numbers"),
    ],
)
def test_what_does_not_fit_is_named(demo, tmp_path, codes, words):
    said = refused(demo | {"markers": {"codes": codes}}, tmp_path / "my.yaml")
    assert words in said


def test_the_same_word_twice_is_refused(demo, tmp_path):
    path = tmp_path / "my.yaml"
    text = yaml.safe_dump(demo) + "markers:\n  codes:\n    page: 3\n    page: 9\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="page"):
        load_study(path)
