"""The study file: what is accepted, and what is said of the rest."""

import pytest
import yaml
from pydantic import ValidationError

from conditions.errors import StudyError
from conditions.folder import DESIGNS, open_study
from conditions.study import Study, load_study, parse_scheme


def changed(content: dict, path: str, value: object) -> dict:
    *parents, last = path.split(".")
    inner = content
    for key in parents:
        inner = inner[int(key)] if key.isdigit() else inner[key]
    inner[last] = value
    return content


def test_the_designs_that_come_along_are_valid():
    for path in DESIGNS.glob("*.yaml"):
        assert load_study(path).name == path.stem


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "My Study", "name: found 'My Study'"),
        ("seed", -1, "seed: found -1"),
        ("image.crop", 300, "crop 300 is larger than resize 216"),
        ("units.main", ["block02"], "unit 'block02' is not LAYER_CHANNEL"),
        ("units.practice", ["block02_0004"], "listed more than once: block02_0004"),
        ("natural.bins", 9, "natural has 9 images a pole, but 9 references and a query are 10"),
        ("synthetic.images", 9, "synthetic has 9 images a pole"),
        ("synthetic.diversity", "much", "synthetic.diversity"),
        ("parts.1.scheme", "Max-10", "'Max-10' is not Max-N or Min-Max-N"),
        ("parts.1.main", 2, "condition synthetic has 4 main trials"),
        ("parts.1.practice", 2, "5 practice trials over all conditions"),
        ("parts.1.catch", 4, "4 catch trials in a block need as many practice units"),
        ("parts.0.catch", 1, "its condition none shows no references"),
        ("parts.1.conditions", ["natural", "natural"], "names a condition twice"),
        ("keys", {"upper": "1"}, "a key has two meanings"),
    ],
)
def test_a_misfit_is_named(demo, tmp_path, field, value, words):
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(changed(demo, field, value)), encoding="utf-8")
    with pytest.raises(StudyError) as error:
        load_study(path)
    assert str(path) in str(error.value)
    assert words in str(error.value)


def test_an_unreadable_file_is_named(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("name: [unclosed", encoding="utf-8")
    with pytest.raises(StudyError, match="not valid YAML"):
        load_study(path)
    with pytest.raises(StudyError, match="No such file"):
        load_study(tmp_path / "missing.yaml")


def test_a_study_cannot_be_changed_in_place(demo):
    study = Study.model_validate(demo)
    with pytest.raises(ValidationError):
        study.seed = 3


@pytest.mark.parametrize("scheme", ["Max-0", "Min-9", "max-9", "Max-9 "])
def test_other_schemes_are_refused(scheme):
    with pytest.raises(ValueError, match="is not Max-N"):
        parse_scheme(scheme)


def test_comments_do_not_change_a_study_but_values_do(demo, tmp_path):
    plain = Study.model_validate(demo)
    commented = load_study(DESIGNS / "demo.yaml")
    assert plain.fingerprint() == commented.fingerprint()
    assert Study.model_validate(demo | {"seed": 1}).fingerprint() != plain.fingerprint()


def test_a_folder_keeps_the_study_that_it_was_begun_with(demo, tmp_path):
    folder = open_study("demo", tmp_path)
    assert folder.study_file.read_bytes() == (DESIGNS / "demo.yaml").read_bytes()
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump(demo | {"seed": 1}), encoding="utf-8")
    with pytest.raises(StudyError, match="is not the study that"):
        open_study(str(other), tmp_path)
    assert open_study(str(folder.path), tmp_path).study == folder.study
