"""Scripts: how often a scripted observer is right, by the study's names or by kinds."""

from pathlib import Path
from typing import get_args

import pytest

from conditions.errors import StudyError
from conditions.study.kinds.references import AnyKind
from conditions.study.study import Study
from experiment.observers.script import accuracy_of_kinds, load_script
from tests.experiment.rehearsed import TINY

KINDS = {
    "photos": {"kind": "photographs"},
    "dreams": {"kind": "visualisation"},
    "visions": {"kind": "visualisation"},
    "parts": {"kind": "crops", "of": "photos"},
}
STUDY = Study.model_validate(
    TINY
    | {
        "references": KINDS,
        "parts": [{"name": "only", "conditions": ["photos", "none"], "main": 4}],
        "batches": {"offset": {"photos": 1}},
    }
)


def script(tmp_path: Path, text: str) -> dict[str, float]:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_script(str(path), STUDY).accuracy


@pytest.mark.parametrize("name", ["published", "hasty"])
def test_scripts_that_come_along_know_every_kind(name):
    words = {model.model_fields["kind"].default for model in get_args(get_args(AnyKind)[0])}
    assert set(accuracy_of_kinds()) == words | {"none"}
    found = load_script(name, STUDY).accuracy
    assert found == {"none": 0.5, "photos": 0.92, "dreams": 0.82, "visions": 0.82, "parts": 0.87}


def test_only_the_hasty_script_waits_for_no_page():
    assert load_script("published", STUDY).reads
    assert not load_script("hasty", STUDY).reads


def test_a_name_of_the_study_comes_before_its_kind_and_that_before_others(tmp_path):
    found = script(
        tmp_path, "accuracy: {visions: 0.6, visualisation: 0.7, mixed: 0.1}\nothers: 0.8\n"
    )
    assert found == {"none": 0.8, "photos": 0.8, "dreams": 0.7, "visions": 0.6, "parts": 0.8}
    assert script(tmp_path, "accuracy: {photos: 0.9}\n")["dreams"] == 0.5


def test_a_name_that_is_neither_of_the_study_nor_a_kind_is_refused(tmp_path):
    with pytest.raises(
        StudyError,
        match=r"mine\.yaml: accuracy: found dream, wanted conditions of the study or kinds: "
        r"none, photos, dreams, visions, parts, photographs, ",
    ):
        script(tmp_path, "accuracy: {photos: 0.9, dream: 0.6}\n")
