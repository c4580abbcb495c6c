"""Kinds of reference images in the study file: their names, what they are made of, their fields."""

import pytest
import yaml

from conditions.folder import DESIGNS
from conditions.study.contents import MOST_KINDS
from conditions.study.study import Study
from tests.conditions.study.faulty import changed, refused

FILES = {"kind": "files"}
BOTH = {"kind": "mixed", "of": ["natural", "synthetic"]}


def crops_of(name: str) -> dict:
    return {"kind": "crops", "of": name}


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ({"none": FILES}, "references: found none for the kind files, but it means something else"),
        ({"crops": crops_of("crops")}, "references: crops: found them made of themselves"),
        ({"a": crops_of("b"), "b": crops_of("a")}, "a and b: found them made of themselves"),
        ({"a": crops_of("naturel")}, "references.a.of: found naturel, wanted one of natural, "),
        ({"a": crops_of("none")}, "references.a.of: found none, wanted one of natural, synthetic"),
        ({"a": BOTH, "b": crops_of("a")}, "references.b.of: found a, which has no images of its"),
        ({"a": BOTH, "b": BOTH | {"of": ["a", "natural"]}}, "references.b.of: found a, which has"),
        ({"a": BOTH | {"of": ["a", "natural"]}}, "references.a.of: found a, which has no images"),
        ({"a": BOTH | {"of": ["natural"]}}, "references.a.of: found ['natural']"),
        ({"a": BOTH | {"of": ["natural"] * 2}}, "references.a.of: found natural twice"),
        ({"a": {"kind": "photographs"}}, "natural and a are both photographs"),
        ({"a": {"kind": "blurred", "of": "natural"}}, "field references.a.sigma_px is missing"),
        (
            {"a": {"kind": "blurred", "of": "natural", "sigma_px": 97}},
            "references.a.sigma_px: found 97 px, wanted at most half the side of an image, 96 px",
        ),
        ({"a": {"images": 9}}, "field references.a.kind is missing"),
        ({"a": {}}, "field references.a.kind is missing"),
        ({"a": None}, "references.a: found nothing: wanted fields with their values"),
        ({"a": "files"}, "references.a: found 'files': wanted fields with their values"),
        ({"a": FILES | {"kind": "file"}}, "references.a.kind: found 'file': wanted one of photog"),
        ({"a": FILES | {"kind": None}}, "references.a.kind: found nothing: wanted one of photog"),
        ({"a": {"kind": "visualization"}}, "mixed; did you mean visualisation?"),
        ({"a": FILES | {"kind": ["files"]}}, "references.a.kind: found "),
        ({"a": FILES | {"fits": "exact"}}, "unknown field references.a.fits; did you mean fit?"),
        ({"a": FILES | {"fit": "crop"}}, "references.a.fit: found 'crop': wanted 'resize' or "),
        ({"a": FILES | {"images": 0}}, "references.a.images: found 0"),
        ({"a": FILES | {"title": {"EN": "x"}}}, "references.a.title"),
    ],
)
def test_a_kind_that_cannot_be_is_named(demo, tmp_path, kinds, words):
    demo["references"] |= kinds
    assert words in refused(demo, tmp_path / "study.yaml")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("steps", 10**9, "references.synthetic.steps: found 1000000000"),
        ("learning_rate", 1000, "references.synthetic.learning_rate: found 1000"),
        (
            "diversity",
            "much",
            "references.synthetic.diversity: found 'much': wanted a number, or 'auto'",
        ),
        ("title", "x" * 61, "references.synthetic.title: found 'xxx"),
        ("step", 64, "unknown field references.synthetic.step; did you mean steps?"),
        ("images", 8, "references.synthetic: has 8 images a pole, but part references shows 9"),
    ],
)
def test_a_field_of_a_kind_is_named_as_it_stands_in_the_file(demo, tmp_path, field, value, words):
    content = changed(demo, f"references.synthetic.{field}", value)
    assert words in refused(content, tmp_path / "study.yaml")


@pytest.mark.parametrize(
    "name",
    [
        *("con", "nul", "com1", "lpt9", "scans", "all_units", "preview", "queries", "min", "max"),
        *("Natural", "a b", "a/b", "../x", ".x", "-x", "größe", "a.b", "", "x" * 41),
        # Would be no text to whoever reads a table of one kind, or every kind together.
        *("nan", "na", "null", "inf", "true", "1", "007", "1e5", "0x1f", "2021-01-02", "all"),
    ],
)
def test_names_that_cannot_be_folders_or_mean_something_else_are_refused(demo, tmp_path, name):
    demo["references"][name] = FILES
    assert name in refused(demo, tmp_path / "study.yaml")


def test_names_that_differ_by_case_cannot_be(demo, tmp_path):
    """Their folders would be one, where a system does not tell them apart."""
    demo["references"] |= {"theirs": FILES, "Theirs": FILES}
    assert "references.Theirs" in refused(demo, tmp_path / "study.yaml")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("parts.1.conditions", ["natural", "sinthetic"], "sinthetic, wanted one of natural, "
         "synthetic, none; did you mean synthetic?"),
        ("parts.1.conditions", ["natural", "blurred"], "found blurred, wanted one of natural"),
        ("parts.1.conditions", ["natural", "natural"], "names a condition twice"),
        ("batches.offset", {"nature": 1}, "batches.offset: found nature, wanted one of natural, "
         "synthetic, none; did you mean natural?"),
        ("practice", {"draw": "random", "blocks": {"fourier": "a"}}, "practice.blocks: found four"),
        ("repeats", {"conditions": ["blurred"]}, "repeats: no part has the condition blurred"),
        ("natural.bins", 9, "references.natural: has 8 images a pole (9 with the query), but part "
         "references shows 9 references (Min-Max-9)"),
        ("rated", ["synthetic", "naturel"], "rated: found naturel, wanted one of natural, synthet"),
        ("rated", ["synthetic", "none"], "rated: found none, wanted one of natural, synthetic"),
        ("rated", ["synthetic"], "rated: found ['synthetic']"),
        ("rated", ["synthetic", "synthetic"], "rated: found synthetic twice"),
        ("parts.1.order", "latin", "parts.1.order: found 'latin'"),
        ("references", [], "references: found []"),
        ("references", {}, "references: found {}"),
        ("references", None, "references: found nothing"),
    ],
)  # fmt: skip
def test_what_names_a_kind_must_know_it(demo, tmp_path, field, value, words):
    assert words in refused(changed(demo, field, value), tmp_path / "study.yaml")


def test_there_are_no_more_kinds_than_readers_tell_apart(demo, tmp_path):
    demo["references"] |= {f"theirs_{i}": FILES for i in range(MOST_KINDS - 2)}
    assert len(Study.model_validate(demo).references) == MOST_KINDS
    demo["references"]["more"] = FILES
    assert "references: found" in refused(demo, tmp_path / "study.yaml")


def test_what_is_made_of_too_few_images_has_too_few(demo, tmp_path):
    demo["references"]["synthetic"]["images"] = 8
    demo["references"] |= {"a": crops_of("synthetic"), "b": crops_of("a")}
    demo["parts"][1]["conditions"] = ["b"]
    said = refused(demo, tmp_path / "study.yaml")
    assert "references.b: has 8 images a pole, but part references shows 9" in said


def test_mixing_takes_two_references(demo, tmp_path):
    demo["references"]["mixed"] = BOTH
    demo["parts"][1] |= {"scheme": "Max-1", "conditions": ["mixed", "natural"]}
    said = refused(demo, tmp_path / "study.yaml")
    assert "mixed (mixed) takes 2 references or more a pole, Max-1 shows 1" in said


def test_kinds_are_made_after_what_they_are_made_of(demo):
    demo["references"] = {
        "b": crops_of("a"),
        "m": BOTH | {"of": ["b", "photos"]},
        "a": {"kind": "accentuation", "of": "photos"},
        "photos": {"kind": "photographs"},
    }
    demo["parts"][1]["conditions"] = ["b", "m"]
    demo["batches"]["offset"] = {"b": 1, "m": 2}
    study = Study.model_validate(demo)
    assert study.made_in_order == ["photos", "a", "b"]
    assert study.photographs == "photos"
    assert study.left_and_right == ("b", "photos")


def test_without_photographs_the_pools_images_are_the_queries_alone(demo, tmp_path):
    demo["references"] = {"theirs": FILES, "crops": crops_of("theirs")}
    demo["parts"][1]["conditions"] = ["theirs", "crops"]
    demo["batches"]["offset"] = {"theirs": 1, "crops": 2}
    study = Study.model_validate(demo)
    assert (study.photographs, study.left_and_right) == ("queries", None)
    demo |= {"intuitiveness": ["end"]}
    demo["units"]["intuitiveness"] = ["block05_0003"]
    assert "rated: intuitiveness trials compare two" in refused(demo, tmp_path / "study.yaml")
    demo["rated"] = ["crops", "theirs"]
    assert Study.model_validate(demo).left_and_right == ("crops", "theirs")


def test_the_template_explains_every_kind():
    """Each is there, or one comment sign away, and is accepted then."""
    text = (DESIGNS / "template.yaml").read_text(encoding="utf-8")
    for line in ("# accentuated: {", "# crops: {", "# theirs: {"):
        assert text.count(line) == 1
        text = text.replace(line, line.removeprefix("# "))
    study = Study.model_validate(yaml.safe_load(text))
    kinds = {kind.kind for kind in study.references.values()}
    assert kinds == {
        *("photographs", "visualisation", "accentuation", "crops"),
        *("files", "blurred", "mixed"),
    }


@pytest.mark.parametrize("field", ["title", "card"])
def test_words_for_participants_are_wanted_in_every_language(demo, tmp_path, field):
    demo["languages"] = ["en", "de"]
    demo["references"]["natural"][field] = {"en": "Look."}
    wanted = f"references.natural.{field}: found a text in en, wanted one in de too"
    assert wanted in refused(demo, tmp_path / "study.yaml")
    demo["references"]["natural"][field] = "Look."
    assert Study.model_validate(demo).references["natural"]


def test_the_order_of_kinds_is_a_part_of_the_study(demo):
    kinds = demo["references"] | {"crops": crops_of("natural")}
    studies = [
        Study.model_validate(demo | {"references": {name: kinds[name] for name in order}})
        for order in (["natural", "synthetic", "crops"], ["natural", "crops", "synthetic"])
    ]
    assert [study.left_and_right[0] for study in studies] == ["synthetic", "crops"]
    assert studies[0].fingerprint() != studies[1].fingerprint()
