"""YAML files: what is written is what is used, and all else is refused in one line."""

import os

import pytest

from conditions.errors import StudyError
from conditions.folder import DESIGNS
from conditions.rig.rig import Rig
from conditions.study.study import Study, load_study
from conditions.yaml.loading import load_mapping
from experiment.calibration.photometers.simulated import SimulatedScreen
from experiment.observers.script import Script
from experiment.texts.languages import TEXTS
from stimgen.cluster.job_queue import JobQueue

DEMO = (DESIGNS / "demo.yaml").read_text(encoding="utf-8")


@pytest.fixture
def said(tmp_path):
    """What is said of a study file with some content; it must be one line each, all of the file."""
    path = tmp_path / "study.yaml"

    def of(content: str | bytes) -> str:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(StudyError) as error:
            load_study(path)
        lines = str(error.value).splitlines()
        assert all(line.startswith(f"{path}: ") for line in lines)
        return "\n".join(line.removeprefix(f"{path}: ") for line in lines)

    return of


@pytest.mark.parametrize(
    "value",
    ["yes", "off", "true", "010", "0x1F", "1_000", "12:30", ".inf", "1e400", "'5'", "5.0",
     "2024-01-05", "2024-02-30", "!!int zzz", "!!bool zzz"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["seed: 2021", "main: 6", "fixation: 0.3"])
def test_what_is_no_number_in_decimal_digits_is_refused_as_it_was_written(said, field, value):
    if value == "5.0" and "fixation" in field:
        value = "'5.0'"
    line = said(DEMO.replace(field, f"{field.split()[0]} {value}", 1))
    assert f"found {value.removeprefix('!!int ').removeprefix('!!bool ')}" in line
    assert "wanted" in line
    assert field.split(":")[0] in line


@pytest.mark.parametrize("value", ["no", "010", "12:30", "5", "1.5", "2024-01-05", "true"])
@pytest.mark.parametrize(("field", "name"), [("name: demo", "name"), ("[none]", "conditions")])
def test_what_yaml_takes_for_something_else_is_no_text(said, field, name, value):
    line = said(DEMO.replace(field, field.replace("demo", value).replace("none", value), 1))
    assert f"found {value}" in line
    assert name in line


@pytest.mark.parametrize(
    ("number", "meant"), [("1e-2", 0.01), ("5.e-2", 0.05), ("+0.1", 0.1), ("1", 1)]
)
def test_numbers_may_have_exponents(tmp_path, number, meant):
    path = tmp_path / "study.yaml"
    path.write_text(DEMO.replace("learning_rate: 0.05", f"learning_rate: {number}"), "utf-8")
    assert load_study(path).references["synthetic"].learning_rate == meant


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (DEMO + "seed: 3\n", f"seed is there twice, in lines 5 and {DEMO.count(chr(10)) + 1}"),
        (DEMO + "parts: []\n", "parts is there twice"),
        (DEMO.replace("pick: hand_picked", "pick: random\n  pick: hand_picked"), "units.pick is"),
        (DEMO.replace("{name: before,", "{name: a, name: before,"), "parts.0.name is there twice"),
        (DEMO.replace("seed:", '"seed": 1\nseed:'), "seed is there twice, in lines 5 and 6"),
    ],
)
def test_no_field_is_there_twice(said, content, line):
    assert line in said(content)


def test_merged_fields_give_way_and_are_not_there_twice(tmp_path):
    path = tmp_path / "some.yaml"
    path.write_text("a: &a {x: 1, y: on}\nb: {x: 010.5, <<: *a}\n", encoding="utf-8")
    content, written = load_mapping(path, "a test")
    assert content["b"] == {"x": 10.5, "y": True}
    assert written["b", "x"] == "010.5"
    assert written["b", "y"] == "on"


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "empty, wanted a study: field name is missing"),
        ("# nothing yet\n", "empty, wanted a study"),
        ("- 1\n", "found list, wanted the fields of a study"),
        ("hello", "found str, wanted the fields of a study"),
        ("a: " + "[" * 100_000, "nested too deeply"),
        ("a: " + "[" * 100 + "]" * 100, "nested more than 40 deep"),
        (LAUGHS, "more than 50000 values"),
        ("a: &a [*a]", "nested more than 40 deep"),
        (DEMO.replace("2021", "9" * 5000), "seed: found 99999"),
        ("a:\n\tb: 1", "line 2, column 1"),
        (DEMO.encode("utf-16-le"), "not valid YAML"),
        (DEMO.replace("Demo:", "Dämo:").encode("latin-1"), "line 4: byte 0xe4 is not utf-8"),
        (bytes(range(256)), "line 2: byte 0x80 is not utf-8; save the file as UTF-8"),
        (DEMO + "\0", "special characters are not allowed"),
        ("---\na: 1\n---\nb: 2\n", "expected a single document"),
        ("a: !!python/object:os.system x", "wanted a value without a tag"),
        ("yes: 1", "found yes in line 1, wanted a word as the name of a field"),
        ("? [a]\n: 1", "found a list or fields in line 1"),
        (DEMO.replace('"Demo:', '"De\\x07mo:'), "title: found De�mo:"),
        ("# " + "x" * (2 << 20), "which is a small file"),
    ],
)
def test_what_is_no_study_at_all_is_one_line(said, content, line):
    assert line in said(content)
    assert "\n" not in said(content)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_marks_and_line_ends_of_editors_change_nothing(tmp_path, encoding, line_end):
    path = tmp_path / "study.yaml"
    path.write_text(DEMO, encoding=encoding, newline=line_end)
    assert load_study(path) == load_study(DESIGNS / "demo.yaml")


def test_what_is_no_file_is_said(tmp_path):
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path, words in (
        (pipe, "not a plain file"),
        (tmp_path, "a folder, wanted the file of a study"),
        (tmp_path / "none.yaml", "No such file"),
        (tmp_path / ("x" * 300), "File name too long"),
    ):
        with pytest.raises(StudyError, match=words):
            load_study(path)


# What our own instruments write, finite and no more than that.
UNBOUNDED = {
    ("Estimate", "value"),
    ("Estimate", "low"),
    ("Estimate", "high"),
    ("Verification", "worst_percent"),
    ("Verification", "rms_percent"),
    ("Luminance", "noise_percent"),
    ("Luminance", "repeat_percent"),
    ("Luminance", "additivity_percent"),
    ("Luminance", "misfit_percent"),
}


@pytest.mark.parametrize("model", [Study, Rig, Script, SimulatedScreen, JobQueue])
def test_every_number_has_bounds(model):
    schema = model.model_json_schema()
    for name, one in (schema.get("$defs", {}) | {model.__name__: schema}).items():
        for field, described in one["properties"].items():
            if (name, field) not in UNBOUNDED:
                assert list(_unbounded(described)) == [], f"{name}.{field}"


def _unbounded(described: object):
    if isinstance(described, list):
        for item in described:
            yield from _unbounded(item)
    if isinstance(described, dict):
        bounds = {"maximum", "exclusiveMaximum"} & set(described)
        if described.get("type") in ("integer", "number") and not bounds:
            yield described
        for key, inner in described.items():
            if key not in ("default", "examples"):
                yield from _unbounded(inner)


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_texts_are_read_by_the_same_reader(path):
    assert all(isinstance(words, str) for words in load_mapping(path, "texts")[0].values())
