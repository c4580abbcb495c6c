"""What a study file declares only since the data are there is said."""

import shutil

import pytest
import yaml

from analysis.data.study import load_study
from conditions.folder import StudyFolder, open_study
from tests.analysis.simulated import simulate_study

BEFORE = {"analysis": {"primary": "natural - none", "secondary": ["layers"]}}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Three sessions, of which each keeps the study file that it was begun with."""
    folder = declare(open_study("demo", tmp_path_factory.mktemp("studies")), BEFORE)
    simulate_study(folder, 3)
    for participant in (1, 2, 3):
        shutil.copy(folder.study_file, folder.session(participant) / "study.yaml")
    return folder


@pytest.fixture
def folder(measured, tmp_path):
    shutil.copytree(measured.path, tmp_path / "demo")
    return open_study(str(tmp_path / "demo"), tmp_path)


def declare(folder: StudyFolder, fields: dict) -> StudyFolder:
    content = yaml.safe_load(folder.file.read_text(encoding="utf-8"))
    folder.path.mkdir(exist_ok=True)
    text = yaml.safe_dump(content | fields, sort_keys=False)
    folder.study_file.write_text(text, encoding="utf-8")
    return open_study(str(folder.path), folder.path.parent, make=False)


def said(folder: StudyFolder) -> list[str]:
    return [text for text in load_study(folder).remarks if text.startswith("Changed since")]


def test_what_was_declared_before_the_data_is_not_remarked(folder):
    assert said(folder) == []
    # Nor is what has no part in the analysis.
    assert said(declare(folder, {"title": "Another"})) == []


def test_questions_and_exclusions_of_after_the_data_are_named_with_those_of_before(folder):
    after = {
        "analysis": {"primary": "synthetic - none", "smallest_effect": 20},
        "exclusions": {"min_catch_accuracy": 0.5},
    }
    changed = declare(folder, after)
    assert load_study(changed).changed == {
        "analysis.primary",
        "analysis.smallest_effect",
        "analysis.secondary",
        "exclusions.min_catch_accuracy",
    }
    assert said(changed) == [
        f"Changed since the data: the study file now says {now}; when participants 1-3 came it "
        f"said {then} (data/sub-001/study.yaml)."
        for now, then in (
            ("analysis.primary: synthetic - none", "natural - none"),
            ("analysis.smallest_effect: 20.0", "nothing"),
            ("analysis.secondary: nothing", "[layers]"),
            ("exclusions.min_catch_accuracy: 0.5", "nothing"),
        )
    ]


def test_only_those_who_came_before_a_change_are_named(folder):
    changed = declare(folder, {"analysis": BEFORE["analysis"] | {"over": "participants"}})
    shutil.copy(changed.study_file, changed.session(3) / "study.yaml")
    (changed.session(1) / "study.yaml").write_text("name: [", encoding="utf-8")
    (text,) = said(changed)
    assert "analysis.over: participants; when participant 2 came it said participants and" in text
    assert text.endswith("(data/sub-002/study.yaml).")
