"""What a session leaves when its folder cannot be written."""

import shutil
import tempfile

import pytest

from conditions.errors import StudyError
from conditions.tables.files import read_table
from conditions.tables.sessions import RATINGS
from experiment.records import facts
from experiment.records.store import SessionStore, check_nothing_rescued, read_facts
from tests.experiment.rehearsed import SHORT, tiny_study

ROW = {"participant": 1, "session": 1, "moment": "end", "unit": "block05_0003", "rt": 1.5}


@pytest.fixture
def folder(tmp_path):
    return tiny_study(tmp_path / "root", parts=SHORT)


@pytest.fixture
def store(folder):
    folder.session(1).mkdir(parents=True)
    store = SessionStore(folder, 1)
    store.record(facts.begun(folder, 1, {}))
    yield store
    store.close()


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """Neither the home directory nor that of temporary files can be written."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder", encoding="utf-8")
    monkeypatch.setenv("HOME", str(blocked))
    monkeypatch.setattr(tempfile, "tempdir", str(blocked))
    return blocked


def take_away(folder) -> None:
    folder.session(1).rename(folder.path / "gone")


def test_what_cannot_be_written_anywhere_is_kept_and_tried_again(nowhere, folder, store):
    store.append(RATINGS, ROW | {"trial": 1, "rating": -5})
    assert store.trouble is None
    take_away(folder)
    for trial in (2, 3):
        store.append(RATINGS, ROW | {"trial": trial, "rating": 5})
        assert store.trouble.rescue is None
    nowhere.unlink()
    store.append(RATINGS, ROW | {"trial": 4, "rating": 10})
    rescue = store.trouble.rescue
    assert rescue.is_relative_to(nowhere)
    assert read_table(rescue / "ratings.csv", RATINGS)["trial"].tolist() == [1, 2, 3, 4]
    assert read_facts(rescue / "session.json")["belongs_in"] == str(folder.session(1).resolve())
    store.append(RATINGS, ROW | {"trial": 5, "rating": 0})
    assert read_table(rescue / "ratings.csv", RATINGS)["trial"].tolist() == [1, 2, 3, 4, 5]


def test_rescued_trials_are_to_be_copied_back_first(tmp_path, folder, store, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    late = SessionStore(folder, 1)
    late.record(facts.begun(folder, 1, {}))
    take_away(folder)
    late.append(RATINGS, ROW | {"trial": 1, "rating": 5})
    rescue = late.trouble.rescue
    with pytest.raises(StudyError, match=f"{rescue}: holds 1 answers of participant 1"):
        check_nothing_rescued(folder, 1)
    shutil.copytree(rescue, folder.session(1))
    check_nothing_rescued(folder, 1)


def test_another_study_of_the_same_name_is_not_meant(tmp_path, folder, store, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    late = SessionStore(folder, 1)
    late.record(facts.begun(folder, 1, {}))
    take_away(folder)
    late.append(RATINGS, ROW | {"trial": 1, "rating": 5})
    check_nothing_rescued(tiny_study(tmp_path / "other", parts=SHORT), 1)
