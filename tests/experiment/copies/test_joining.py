"""Rescued answers come back: whole, once, and only where they belong."""

import shutil
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from experiment.__main__ import app
from experiment.records import facts
from experiment.records.lock import only_one
from experiment.records.rescues import rescues_of
from experiment.records.store import RESCUED
from tests.experiment.records.sessions import (
    answer,
    everything,
    facts_of,
    set_state,
    trials,
)
from tests.experiment.rehearsed import tiny_study

START, LATER = "2025-01-01T10:00:00+01:00", "2025-01-02T10:00:00+01:00"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> StudyFolder:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tiny_study(tmp_path / "root", participants=2)


@pytest.fixture
def rescue(folder, tmp_path) -> Path:
    """Of the 8 answers of a complete session the study's folder has the first 4."""
    answer(folder, 1, 3, START, facts.RUNNING)
    kept = shutil.copytree(folder.session(1), tmp_path / "kept")
    answer(folder, 1, 7, START, facts.COMPLETE)
    return rescued(folder, kept, "sub-001-20250101T101500")


def rescued(folder, kept: Path, name: str) -> Path:
    """The session as it is goes to a rescue folder, and as it was comes back."""
    path = kept.parent / "home" / RESCUED / folder.study.name / name
    shutil.copytree(folder.session(1), path, ignore=shutil.ignore_patterns("*.yaml"))
    set_state(path, belongs_in="E:\\tiny\\data\\sub-001")
    shutil.rmtree(folder.session(1))
    shutil.copytree(kept, folder.session(1))
    return path


def join(folder, *options: str) -> list[str]:
    done = CliRunner().invoke(app, ["join", str(folder.path), *options])
    if done.exception:
        raise done.exception
    *lines, following = done.stdout.splitlines()
    assert following == f"Next: python -m experiment status {folder.path}"
    return lines


def refused(folder, words: str, *options: str) -> None:
    before = everything(folder.path)
    with pytest.raises(StudyError, match=words):
        join(folder, *options)
    assert everything(folder.path) == before


def test_rescued_answers_come_back_once_and_the_session_is_whole(folder, rescue):
    held = everything(rescue)
    before = (folder.session(1) / "session.json").read_bytes()
    assert join(folder) == [
        f"participant 1: 4 answers added, 8 in all; {rescue} stays as it is",
    ]
    assert everything(rescue) == held
    now = everything(folder.session(1))
    for table in ("trials", "ratings", "frames", "onsets", "events"):
        assert now[f"{table}.csv"] == held[f"{table}.csv"]
    assert facts_of(folder.session(1))["state"] == facts.COMPLETE
    assert "belongs_in" not in facts_of(folder.session(1))
    assert before in now.values()
    assert rescues_of(folder) == []
    assert join(folder) == [f"{folder.path}: no rescued answers that it lacks; nothing was written"]
    assert everything(folder.session(1)) == now


def test_a_study_that_lies_elsewhere_now_gets_them_too(folder, rescue, tmp_path):
    moved = open_study(str(folder.path.rename(tmp_path / "F")), tmp_path)
    assert join(moved)[0].startswith("participant 1: 4 answers added")


def test_a_session_whose_folder_is_gone_comes_back(folder, rescue, tmp_path):
    folder.data.rename(tmp_path / "gone")
    assert join(folder)[0].startswith("participant 1: 8 answers added, 8 in all")
    assert len(trials(folder, 1)) == 7


def test_a_torn_row_is_mended_first_and_damaged_facts_are_kept(folder, rescue):
    with (folder.session(1) / "trials.csv").open("a") as stream:
        stream.write("1,1,3,0,ma")
    (folder.session(1) / "session.json").write_text("{")
    join(folder)
    assert len(trials(folder, 1)) == 7
    assert [p.read_text() for p in folder.session(1).glob("trials.torn-*")] == ["1,1,3,0,ma"]
    assert [p.read_text() for p in folder.session(1).glob("session.until-*")] == ["{"]


def test_of_several_rescues_the_fullest_is_joined(folder, rescue):
    less = shutil.copytree(rescue, rescue.with_name("sub-001-20250101T101400"))
    for name in ("trials.csv", "frames.csv", "onsets.csv", "events.csv"):
        lines = (less / name).read_text().splitlines(keepends=True)
        (less / name).write_text("".join(lines[:6]))
    assert len(rescues_of(folder)) == 2
    assert len(join(folder)) == 1
    assert rescues_of(folder) == []


def test_a_row_that_differs_is_named_and_nothing_is_joined(folder, rescue):
    path = rescue / "trials.csv"
    lines = path.read_text().splitlines(keepends=True)
    i = lines[0].split(",").index("response")
    cells = lines[3].split(",")
    cells[i] = "lower"
    path.write_text("".join([*lines[:3], ",".join(cells), *lines[4:]]))
    words = r"sub-001/trials.csv: row 4, column response: found 'upper', .*trials.csv has 'lower'"
    refused(folder, words)


def test_events_that_differ_within_a_run_are_damaged_and_nothing_is_joined(folder, rescue):
    path = rescue / "events.csv"
    whole = path.read_text()
    path.write_text(whole.replace(",images,", ",imagos,", 1))
    refused(folder, r"events.csv: row 3, column kind: found 'images', .* has 'imagos'")
    path.write_text(whole.partition("\n")[2])
    refused(folder, r"events.csv: columns: found 'participant', .* has '1'")


def test_a_quote_that_is_not_closed_swallows_no_other_row(folder, rescue):
    path = rescue / "trials.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:3], '"' + lines[3], *lines[4:]]))
    refused(folder, r"trials.csv: row 4, column participant: found '1', .* has '1,1,")


def test_a_table_with_other_columns_is_named(folder, rescue):
    path = folder.session(1) / "frames.csv"
    path.write_text(path.read_text().replace("interval_ms", "interval", 1))
    refused(folder, r"frames.csv: columns: found 'interval', .*frames.csv has 'interval_ms'")


def test_only_the_asked_for_participant(folder, rescue):
    assert "no rescued answers of participant 2" in join(folder, "--participant", "2")[0]
    assert join(folder, "--participant", "1")[0].startswith("participant 1: 4 answers added")


def test_a_rescue_folder_on_a_stick(folder, rescue, tmp_path):
    stick = rescue.rename(tmp_path / "stick [1]")
    assert "nothing was written" in join(folder)[0]
    done = join(folder, "--rescued", str(stick))
    assert done == [f"participant 1: 4 answers added, 8 in all; {stick} stays as it is"]
    set_state(stick, study_sha256="0" * 64)
    refused(folder, "not a session of participant 1", "--rescued", str(stick))


def test_what_nobody_knows_the_owner_of_is_named(folder, rescue):
    (rescue / "session.json").write_text("{")
    lines = join(folder)
    assert lines[0] == (
        f"{rescue}: passed over: its session.json does not say whose answers it holds"
    )
    assert "nothing was written" in lines[1]


def test_another_session_of_that_number_is_left_alone(folder, rescue):
    shutil.rmtree(folder.session(1))
    answer(folder, 1, 2, LATER)
    before = everything(folder.session(1))
    lines = join(folder)
    assert lines[0] == f"{rescue}: passed over: another session than {folder.session(1)}"
    assert "nothing was written" in lines[1]
    assert everything(folder.session(1)) == before


def test_not_while_the_session_runs(folder, rescue):
    with only_one(folder.session(1).with_suffix(".lock"), "it runs"):
        refused(folder, "the session of participant 1 is running")


class KilledError(Exception):
    """In the place of a kill."""


def test_a_join_that_is_killed_anywhere_goes_on(folder, rescue, tmp_path, monkeypatch):
    replace, at, kept = Path.replace, 0, shutil.copytree(folder.session(1), tmp_path / "before")
    join(folder)
    wanted = everything(folder.session(1))
    while True:
        shutil.rmtree(folder.session(1))
        shutil.copytree(kept, folder.session(1))
        left = [at]

        def killed(self, target, left=left):
            if left[0] == 0:
                raise KilledError
            left[0] -= 1
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", killed)
        try:
            join(folder)
        except KilledError:
            monkeypatch.setattr(Path, "replace", replace)
            join(folder)
            assert everything(folder.session(1)) == wanted, at
        else:
            break
        at += 1
    assert at >= 5
