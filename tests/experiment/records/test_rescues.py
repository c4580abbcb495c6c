"""Rescued answers are found by what they are, wherever the study lies now."""

import json
import tempfile

import pytest

from conditions.files import write_json
from conditions.folder import StudyFolder, open_study
from conditions.tables.sessions import RATINGS, TRIALS
from experiment.records.recorder import TableRecorder
from experiment.records.rescues import rescues_of
from experiment.records.store import RESCUED
from tests.experiment.rehearsed import SHORT, tiny_study

FACTS = {"participant": 1, "started_at": "2025-01-01T10:00:00+01:00", "state": "failed"}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> StudyFolder:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    folder = tiny_study(tmp_path / "root", parts=SHORT)
    session(folder, folder.session(1), ratings=1)
    return folder


def session(folder, path, ratings, rt=1.5, **changes):
    """A session folder with some ratings."""
    path.mkdir(parents=True)
    recorder = TableRecorder(path / "ratings.csv", RATINGS)
    for trial in range(ratings):
        row = {"participant": 1, "session": 1, "moment": "end", "unit": "block05_0003", "rt": rt}
        recorder.append(row | {"trial": trial, "rating": 0})
    recorder.close()
    TableRecorder(path / "trials.csv", TRIALS).close()
    facts = FACTS | {"study_sha256": folder.study.fingerprint()} | changes
    write_json(path / "session.json", {name: value for name, value in facts.items() if value})
    return path


def rescue(tmp_path, folder, ratings, place="home", name="sub-001-20250101T101010", **changes):
    where = tmp_path / place / RESCUED / folder.study.name / name
    return session(folder, where, ratings, belongs_in="E:\\studies\\tiny\\data\\sub-001", **changes)


def test_only_what_holds_more_than_the_study_is_found_the_fullest_first(tmp_path, folder):
    rescue(tmp_path, folder, 1)
    some = rescue(tmp_path, folder, 2, name="sub-001-20250101T101011")
    most = rescue(tmp_path, folder, 3, place="tmp")
    found = [(r.path, r.participant, r.held, r.have) for r in rescues_of(folder)]
    assert found == [(most, 1, 3, 1), (some, 1, 2, 1)]


def test_a_study_that_lies_elsewhere_now_is_the_same_study(tmp_path, folder):
    path = rescue(tmp_path, folder, 3)
    moved = folder.path.rename(tmp_path / "F")
    assert [r.path for r in rescues_of(open_study(str(moved), tmp_path))] == [path]


@pytest.mark.parametrize(
    "changes",
    [
        {"study_sha256": "0" * 64},
        {"participant": 2, "study_sha256": None},
        {"started_at": "2025-01-01T11:00:00+01:00", "rt": 1.25},
        {"rt": 1.25},
    ],
)
def test_another_study_or_session_is_not_meant(tmp_path, folder, changes):
    rescue(tmp_path, folder, 3, **changes)
    assert rescues_of(folder) == []


@pytest.mark.parametrize("content", [None, "", "{", "[1]", "\x00", '{"participant": [1]}'])
def test_without_session_json_study_and_participant_suffice(tmp_path, folder, content):
    path = rescue(tmp_path, folder, 3)
    there = folder.session(1) / "session.json"
    there.unlink() if content is None else there.write_text(content)
    assert [r.path for r in rescues_of(folder)] == [path]
    # The other way round, nobody knows whose answers they are.
    (path / "session.json").write_text(content or "")
    assert rescues_of(folder) == []


def test_a_session_that_lost_its_beginning_is_known_by_its_answers(tmp_path, folder):
    path = rescue(tmp_path, folder, 3, started_at="2025-01-01T10:00:07+01:00")
    assert [r.path for r in rescues_of(folder)] == [path]
    (folder.session(1) / "ratings.csv").unlink()
    assert rescues_of(folder) == []


def test_a_session_whose_folder_is_gone_is_found(tmp_path, folder):
    path = rescue(tmp_path, folder, 3)
    folder.data.rename(tmp_path / "gone")
    assert [(r.path, r.have) for r in rescues_of(folder)] == [(path, 0)]


def test_nothing_is_written(tmp_path, folder):
    rescue(tmp_path, folder, 3)
    folder.data.rename(tmp_path / "gone")
    before = {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))}
    rescues_of(folder)
    assert {path: path.stat().st_mtime_ns for path in sorted(tmp_path.rglob("*"))} == before
    assert json.loads(next(tmp_path.rglob("session.json")).read_text())["state"] == "failed"
