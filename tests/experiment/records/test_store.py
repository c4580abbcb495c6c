"""What a session leaves when its folder cannot be written."""

import errno
import os
import tempfile

import pytest

from conditions.tables.events import EVENTS
from conditions.tables.files import read_table
from conditions.tables.session_facts import read_session_facts
from conditions.tables.sessions import ONSETS, RATINGS
from experiment.records import facts
from experiment.records.store import SessionStore
from tests.experiment.rehearsed import SHORT, tiny_study

ROW = {"participant": 1, "session": 1, "moment": "end", "unit": "block05_0003", "rt": 1.5}


@pytest.fixture
def folder(tmp_path):
    return tiny_study(tmp_path / "root", parts=SHORT)


@pytest.fixture
def store(folder):
    folder.session(1).mkdir(parents=True)
    store = SessionStore(folder, 1)
    store.record(facts.begun(folder, 1, {}, observer="human"))
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
    assert read_session_facts(rescue / "session.json")["belongs_in"] == str(
        folder.session(1).resolve()
    )
    store.append(RATINGS, ROW | {"trial": 5, "rating": 0})
    assert read_table(rescue / "ratings.csv", RATINGS)["trial"].tolist() == [1, 2, 3, 4, 5]


def test_where_every_answer_is_is_said(nowhere, folder, store):
    store.append(RATINGS, ROW | {"trial": 1, "rating": -5})
    assert store.kept() == f"all 1 answers are in {folder.session(1)}"
    take_away(folder)
    store.append(RATINGS, ROW | {"trial": 2, "rating": 5})
    assert "1,1,end,2,block05_0003,5,1.5," in store.kept(), "what is in memory only is shown"
    nowhere.unlink()
    store.append(RATINGS, ROW | {"trial": 3, "rating": 5})
    assert store.kept() == f"all 3 answers are in {store.trouble.rescue}"


def test_an_onset_is_written_at_once_though_nobody_waits_for_the_disk(folder, store):
    onset = {"trial": 3, "onset": 1.5, "started_at": "2026-01-01T10:00:00+01:00"}
    store.note(ONSETS, onset)
    assert read_table(folder.session(1) / "onsets.csv", ONSETS)["trial"].tolist() == [3]
    take_away(folder)
    store.note(ONSETS, onset)
    store.note(ONSETS, onset)
    assert len(read_table(store.trouble.rescue / "onsets.csv", ONSETS)) == 3


def test_events_are_on_the_disk_once_they_are_settled(folder, store, monkeypatch):
    event = {"participant": 1, "session": 1, "run": 1, "onset": 1.5, "kind": "images", "trial": 3}
    store.note(EVENTS, event, event | {"kind": "choice"}, sync=False)
    store.settle()
    assert len(read_table(folder.session(1) / "events.csv", EVENTS)) == 2

    def broken(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", broken)
        store.note(EVENTS, event)
        store.settle()
        assert store.trouble.reason == "Input/output error"
        assert store.trouble.rescue is None
    # The disk that could not say so before takes all of it, elsewhere.
    store.note(EVENTS, event)
    assert len(read_table(store.trouble.rescue / "events.csv", EVENTS)) == 4
