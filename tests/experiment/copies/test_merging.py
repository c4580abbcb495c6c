"""Two copies of a study merged: all that both hold is there."""

import json
import os
import shutil
from pathlib import Path

import pytest

from conditions.files import write_json
from conditions.tables.files import read_table, write_table
from conditions.tables.machine import MACHINE_TRIALS
from conditions.tables.refusals import REFUSALS
from conditions.trials.build import build_all
from experiment.copies.merging import merge
from experiment.records import facts
from experiment.records.people.enrolling import enrol, people_path
from experiment.records.people.file import read_people
from tests.conftest import command, in_process
from tests.experiment.copies.merged import refused
from tests.experiment.records.sessions import (
    answer,
    copy_of,
    everything,
    facts_of,
    trials,
)

NINE, TEN, NOON = (f"2025-01-0{i}T1{i}:00:00+01:00" for i in (0, 1, 2))


def said(folder, other) -> list[str]:
    lines: list[str] = []
    merge(folder, other, lines.append)
    return lines


def test_two_pcs_come_together(folder, other):
    answer(folder, 1, 4, NINE, facts.COMPLETE)
    enrol(folder, 1, {"age": 25})
    build_all(other, [4])
    answer(other, 2, 3, TEN)
    answer(other, 4, 2, NOON)
    enrol(other, 2, {})
    enrol(other, 4, {"age": 44})
    theirs, ours = everything(other.path), everything(folder.path)
    assert said(folder, other) == [
        "condition files copied: participant-004.csv",
        "participant 2: copied, 4 answers",
        "participant 4: copied, 3 answers",
        "participants.tsv: 3 people",
    ]
    assert everything(other.path) == theirs
    now = everything(folder.path)
    changed = "data/participants.tsv"
    assert {name: now[name] for name in ours if name != changed} == {
        name: content for name, content in ours.items() if name != changed
    }
    for name, content in theirs.items():
        if name.startswith(("data/sub-", "conditions/participant")):
            assert now[name] == content
    people = read_people(people_path(folder))
    assert [people.person(n)["age"] for n in (1, 2, 4)] == ["25", "", "44"]
    assert people_path(folder).stat().st_mode & 0o777 == 0o600
    # The second time there is nothing to do.
    again = merge(folder, other, lambda line: None)
    assert again.is_empty
    assert everything(folder.path) == now


def test_refusals_of_both_are_counted_once(folder, other):
    for study, days in ((folder, "12"), (other, "2334")):
        study.data.mkdir()
        rows = [f"2025-01-0{day}T10:00:00+01:00,1,en" for day in days]
        table = "\r\n".join(["refused_at,version,language", *rows, ""])
        (study.data / "refusals.csv").write_bytes(table.encode())
    theirs = everything(other.path)
    assert said(folder, other) == ["refusals.csv: 3 more of those who did not consent"]
    refusals = read_table(folder.data / "refusals.csv", REFUSALS)["refused_at"]
    assert sorted(day[9] for day in refusals) == list("12334")
    assert everything(other.path) == theirs
    assert merge(folder, other, lambda line: None).is_empty
    (folder.data / "refusals.csv").unlink()
    said(folder, other)
    assert len(read_table(folder.data / "refusals.csv", REFUSALS)) == 4
    (other.data / "refusals.csv").write_text("refused_at;version;language\n")
    refused(folder, other, "found the columns 'refused_at;version;language'")


def test_people_that_only_the_other_lists_come_with_its_columns(folder, other):
    answer(other, 2, 3, TEN)
    people_path(other).write_bytes(b"\xef\xbb\xbfroom\tparticipant_id\tage\r\nblue\tsub-2\t31\r\n")
    said(folder, other)
    assert people_path(folder).read_bytes() == people_path(other).read_bytes()
    assert people_path(folder).stat().st_mode & 0o777 == 0o600
    folder.data.joinpath("participants.tsv").write_text(
        "age\tparticipant_id\tdate\n\tsub-002\t\n25\tsub-001\t2025-01-01\n"
    )
    said(folder, other)
    assert people_path(folder).read_text() == (
        "age\tparticipant_id\tdate\troom\n31\tsub-002\t\tblue\n25\tsub-001\t2025-01-01\t\n"
    )
    assert merge(folder, other, lambda line: None).is_empty


@pytest.mark.parametrize("longer_is_other", [True, False])
def test_of_a_session_and_its_continuation_the_longer_is_taken(folder, tmp_path, longer_is_other):
    answer(folder, 1, 3, NINE)
    early = copy_of(folder, tmp_path / "early")
    answer(folder, 1, 7, NINE, facts.COMPLETE)
    (folder.session(1) / "rig-run-2.yaml").write_text("name: other\n")
    if not longer_is_other:
        before = everything(folder.path)
        lines = said(folder, early)
        assert lines == ["participant 1: 8 answers here, the first 4 of them there"]
        assert everything(folder.path) == before
        return
    earlier = (early.session(1) / "session.json").read_bytes()
    assert said(early, folder) == ["participant 1: 4 answers added, 8 in all"]
    late, joined = everything(folder.session(1)), everything(early.session(1))
    kept = [name for name in joined if name not in late]
    assert {name: joined[name] for name in late} == late
    assert [joined[name] for name in kept] == [earlier]
    assert kept[0].startswith("session.until-20")
    assert merge(early, folder, lambda line: None).is_empty


def test_a_session_that_was_torn_is_mended_and_completed(folder, tmp_path):
    answer(folder, 1, 3, NINE)
    early = copy_of(folder, tmp_path / "early")
    answer(folder, 1, 5, NINE)
    for name, text in (("trials.csv", "1,1,"), ("frames.csv", "")):
        with (early.session(1) / name).open("a") as stream:
            stream.write(text)
    said(early, folder)
    assert trials(early, 1).equals(trials(folder, 1))
    assert [p.read_text() for p in early.session(1).glob("trials.torn-*.txt")] == ["1,1,"]


def test_line_ends_of_another_system_are_no_collision(folder, tmp_path):
    answer(folder, 1, 3, NINE)
    early = copy_of(folder, tmp_path / "early")
    answer(folder, 1, 5, NINE)
    for path in (*early.data.rglob("*.csv"), *early.conditions.glob("*.csv")):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    said(early, folder)
    assert trials(early, 1).equals(trials(folder, 1))
    content = (early.session(1) / "trials.csv").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") == 6


def test_a_stopped_run_without_answers_is_the_later_one(folder, tmp_path):
    answer(folder, 1, 3, NINE)
    later = copy_of(folder, tmp_path / "later")
    answer(later, 1, 3, NINE)
    assert said(folder, later) == ["participant 1: 0 answers added, 4 in all"]
    assert len(facts_of(folder.session(1))["runs"]) == 2
    assert merge(later, folder, lambda line: None).sessions["participant 1"].facts is None


def test_a_session_without_its_facts_gets_those_of_the_other(folder, tmp_path):
    answer(folder, 1, 3, NINE)
    damaged = copy_of(folder, tmp_path / "damaged")
    (damaged.session(1) / "session.json").write_bytes(b"\0\0\0")
    said(damaged, folder)
    assert facts_of(damaged.session(1)) == facts_of(folder.session(1))
    assert [p.read_bytes() for p in damaged.session(1).glob("session.until-*")] == [b"\0\0\0"]
    assert merge(folder, damaged, lambda line: None).sessions.keys() == {"participant 1"}


def test_machine_sessions_are_copied_and_compared(folder, other):
    frame = read_table(answer(other, 1, 3, TEN) / "trials.csv", MACHINE_TRIALS, keep_extra=True)
    frame = frame[MACHINE_TRIALS.column_names]
    shutil.rmtree(other.data)
    for study in (folder, other):
        target = study.machine_session("pixels", 1)
        write_table(frame, MACHINE_TRIALS, target / "trials.csv")
        write_json(target / "session.json", {"started_at": str(study.path)})
    shutil.copytree(other.machine_session("pixels", 1), other.machine_session("grey", 2))
    assert said(folder, other)[0].startswith("grey, 2: copied")
    assert folder.machine_session("grey", 2).is_dir()
    frame.loc[1, "rt" if "rt" in frame else "confidence"] = 1
    write_table(frame, MACHINE_TRIALS, other.machine_session("pixels", 1) / "trials.csv")
    refused(folder, other, "trials.csv: row 3")


class KilledError(Exception):
    """In the place of a kill."""


def test_a_merge_that_is_killed_anywhere_goes_on(folder, other, tmp_path, monkeypatch):
    answer(folder, 1, 3, NINE)
    answer(other, 2, 3, TEN)
    build_all(other, [4])
    enrol(other, 2, {"age": 30})
    shutil.copytree(folder.session(1), other.session(1))
    answer(other, 1, 5, NINE)
    whole = copy_of(folder, tmp_path / "whole")
    said(whole, other)
    wanted = everything(whole.path)
    replace, at = Path.replace, 0
    while True:
        study = copy_of(folder, tmp_path / f"killed_{at}")
        left = [at]

        def killed(self, target, left=left):
            if left[0] == 0:
                raise KilledError
            left[0] -= 1
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", killed)
        try:
            said(study, other)
        except KilledError:
            monkeypatch.setattr(Path, "replace", replace)
            said(study, other)
            assert everything(study.path) == wanted, at
        else:
            break
        at += 1
    assert at >= 20


def test_what_an_unfinished_copy_of_another_stick_left_is_not_mixed_in(folder, other, tmp_path):
    answer(other, 2, 3, TEN)
    third = copy_of(other, tmp_path / "third")
    (third.session(2) / "extra.txt").write_text("x")

    def killed(self, target):
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KilledError):
            said(folder, third)
    said(folder, other)
    assert everything(folder.session(2)) == everything(other.session(2))


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_files_of_a_read_only_medium_can_be_written_here(folder, other):
    answer(other, 2, 3, TEN)
    for path in sorted(other.path.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    said(folder, other)
    assert (folder.session(2) / "trials.csv").stat().st_mode & 0o200
    for path in sorted(other.path.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_the_command(folder, other):
    answer(other, 2, 3, TEN)
    (other.data / "sub-002 - Copy [1]").mkdir()
    (other.session(2) / ".DS_Store").touch()
    done = command("experiment", "merge", str(folder.path), str(other.path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"{other.path}: passed over, because no file of a study has such a name: "
        "data/sub-002 - Copy [1]",
        "participant 2: copied, 4 answers",
        f"{folder.path}: merged with {other.path}, which stays as it is",
        f"Next: python -m experiment status {folder.path}",
    ]
    assert not (folder.session(2) / ".DS_Store").exists()
    done = in_process("experiment", "merge", str(folder.path), str(other.path / "data"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"experiment: {other.path / 'data'}: no study.yaml in it; wanted another copy of the "
        "study's folder"
    ]
    assert json.loads((folder.session(2) / "session.json").read_text())["participant"] == 2
