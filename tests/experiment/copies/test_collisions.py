"""What collides in two copies of a study is refused before anything is written."""

import re
import shutil

import pytest

from conditions.folder import open_study
from conditions.strays import strays
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.events import EVENTS, MARKERS
from conditions.tables.files import read_table, write_table
from experiment.copies.merging import merge
from experiment.records.lock import only_one
from experiment.records.people.enrolling import enrol
from experiment.records.recorder import header, lines
from tests.experiment.copies.merged import changed_cell, refused
from tests.experiment.records.sessions import (
    answer,
    copy_of,
    everything,
    set_state,
)
from tests.experiment.rehearsed import tiny_study

NINE, TEN, NOON = (f"2025-01-0{i}T1{i}:00:00+01:00" for i in (0, 1, 2))


def test_one_number_for_two_sessions_is_refused(folder, other):
    answer(folder, 1, 4, NINE)
    answer(folder, 2, 4, NINE)
    answer(other, 1, 5, TEN)
    answer(other, 3, 5, TEN)
    words = refused(folder, other, "two sessions under one number")
    assert NINE in words
    assert TEN in words
    assert "sub-003" not in words


def test_all_that_collides_is_named(folder, other):
    for n in (1, 2, 3):
        answer(folder, n, 2, NINE)
        answer(other, n, 2, TEN)
    assert len(refused(folder, other, "sub-001").splitlines()) == 3


def test_answers_that_differ_name_row_and_column(folder, tmp_path):
    answer(folder, 1, 4, NINE)
    other = copy_of(folder, tmp_path / "b")
    # Where it began at one time, rows that differ from the first on are of one session too.
    for row in (4, 2):
        changed_cell(other, "trials.csv", row, "rt")
        words = f"trials.csv: row {row}, column rt: found '1.*', .*trials.csv has '99'"
        refused(folder, other, words)


def test_copies_that_went_on_apart_are_refused(folder, tmp_path):
    answer(folder, 1, 4, NINE)
    other = copy_of(folder, tmp_path / "b")
    answer(folder, 1, 6, NINE)
    with (other.session(1) / "ratings.csv").open("a") as stream:
        stream.write((other.session(1) / "ratings.csv").read_text().splitlines()[1] + "\n")
    refused(folder, other, "went on apart from each other: ratings.csv is longer there, frames.csv")


def test_a_session_that_was_taken_up_in_both_copies_has_the_events_of_its_answers(folder, tmp_path):
    """It was resumed here by mistake, and stopped at once; it went on there."""
    answer(folder, 1, 4, NINE)
    there = copy_of(folder, tmp_path / "b")
    path = folder.session(1) / "events.csv"
    page = {"participant": 1, "session": 1, "run": 2, "onset": 300.5, "kind": "page"}
    with path.open("a") as stream:
        stream.write(lines(EVENTS, page))
    answer(there, 1, 6, NINE)
    for copy, onset in ((folder, 300.5), (there, 400.5)):
        marker = {"participant": 1, "session": 1, "run": 2, "onset": onset, "code": 9}
        sent = header(MARKERS) + lines(MARKERS, marker | {"sent": onset})
        (copy.session(1) / "markers.csv").write_text(sent)
    here, theirs = path.read_bytes(), (there.session(1) / "events.csv").read_bytes()
    assert not theirs.startswith(here)
    # Whoever has more answers lacks nothing of the other.
    before = everything(there.session(1))
    merge(there, folder, lambda line: None)
    assert everything(there.session(1)) == before
    said: list[str] = []
    merge(folder, there, said.append)
    assert said == ["participant 1: 2 answers added, 7 in all"]
    assert path.read_bytes() == theirs
    (kept,) = folder.session(1).glob("events.until-*.txt")
    assert kept.read_bytes() == here
    assert "400.5" in (folder.session(1) / "markers.csv").read_text()
    (kept,) = folder.session(1).glob("markers.until-*.txt")
    assert "300.5" in kept.read_text()
    assert strays(folder) == []
    merge(folder, there, said.append)
    assert said[-1] == "participant 1: the same in both, 7 answers"


def test_a_copy_without_events_keeps_those_that_are_there(folder, tmp_path):
    """It went on with an earlier version of the laboratory."""
    answer(folder, 1, 4, NINE)
    there = copy_of(folder, tmp_path / "b")
    answer(there, 1, 6, NINE)
    (there.session(1) / "events.csv").unlink()
    events = (folder.session(1) / "events.csv").read_bytes()
    merge(folder, there, lambda line: None)
    assert (folder.session(1) / "events.csv").read_bytes() == events
    (folder.session(1) / "events.csv").unlink()
    answer(there, 1, 7, NINE)
    merge(folder, there, lambda line: None)
    assert (folder.session(1) / "events.csv").read_text().count("\n") == 3


def test_other_trials_are_refused(folder, other):
    path = other.condition_file(2)
    frame = read_table(path, CONDITION_FILE)
    frame.loc[3, "upper"], frame.loc[3, "lower"] = frame.loc[3, "lower"], frame.loc[3, "upper"]
    write_table(frame, CONDITION_FILE, path)
    refused(folder, other, "participant-002.csv: other trials than")


def test_another_study_is_refused(folder, tmp_path):
    other = tiny_study(tmp_path / "x", seed=6)
    refused(folder, other, "not the study of")


def test_other_images_are_refused(folder, other):
    table = other.stimuli_table
    lines = table.read_text().splitlines(keepends=True)
    lines[1] = re.sub("[0-9a-f]{64}", "0" * 64, lines[1])
    table.write_text("".join(lines))
    refused(folder, other, "sha256 of stimuli/.* is not that of")


def test_a_person_with_two_answers_is_refused(folder, other):
    enrol(folder, 1, {"age": 25})
    enrol(other, 1, {"age": 26})
    answer(other, 2, 2, TEN)
    refused(folder, other, "sub-001, column age: found '25' there, and now '26'")


def test_a_session_that_runs_is_waited_for(folder, other):
    answer(other, 2, 2, TEN)
    for study in (folder, other):
        with only_one(study.session(2).with_suffix(".lock"), "it runs"):
            refused(folder, other, "sub-002.lock: held by another process")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"study_sha256": "0" * 64}, "a session of another study"),
        ({"participant": 3}, "holds a session of participant 3"),
    ],
)
def test_sessions_that_do_not_belong_are_refused(folder, other, changes, words):
    set_state(answer(other, 2, 2, TEN), **changes)
    refused(folder, other, words)


def test_a_session_that_was_renumbered_is_refused(folder, other):
    answer(folder, 1, 3, NINE)
    shutil.copytree(folder.session(1), other.session(2))
    refused(folder, other, "sub-002: holds a session of participant 1")
    path = other.session(2) / "trials.csv"
    path.write_text(path.read_text().replace("\n1,1,", "\n2,1,"))
    set_state(other.session(2), participant=2)
    refused(folder, other, "sub-002: the session of .*sub-001 under another number")


def test_a_folder_is_no_copy_of_itself(folder, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(folder.path, target_is_directory=True)
    refused(folder, folder, "the same folder as")
    refused(folder, open_study(str(link), tmp_path), "the same folder as")
    inside = copy_of(folder, tmp_path / "b")
    inside = open_study(str(inside.path.rename(folder.path / "backup")), tmp_path)
    refused(folder, inside, "lie in one another")
