"""A participant who withdraws: all of theirs is moved, nothing is lost, nobody gets the number."""

import json
import shutil
from pathlib import Path

import pytest

from analysis.data.sessions.files import read_session, read_sessions
from conditions.errors import StudyError
from conditions.strays import strays
from experiment.copies import withdrawing
from experiment.copies.merging import merge
from experiment.copies.withdrawing import withdraw
from experiment.records import facts
from experiment.records.lock import only_one
from experiment.records.people.coming import survey
from experiment.records.people.enrolling import enrol, people_path
from experiment.records.people.file import read_people
from experiment.records.progress import progress
from experiment.records.start import check_start, session_lock
from experiment.records.store import rescue_places
from tests.conftest import in_process
from tests.experiment.records.sessions import answer, everything, set_state

NINE, TEN = "2025-01-01T09:00:00+01:00", "2025-01-02T10:00:00+01:00"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "tmp"))


@pytest.fixture
def study(folder):
    """Two sessions, and their people."""
    for number, start in ((1, NINE), (2, TEN)):
        answer(folder, number, 3, start)
        enrol(folder, number, {"age": 20 + number})
    return folder


def place_of(folder, number: int) -> Path:
    (found,) = folder.withdrawn.glob(f"sub-{number:03d}-*")
    return found


def rescued(folder, number: int, more: int) -> Path:
    """A rescue folder with answers that the study lacks."""
    path = rescue_places()[0] / folder.study.name / f"sub-{number:03d}-20250101T0"
    shutil.copytree(folder.session(number), path)
    trials = path / "trials.csv"
    trials.write_text(trials.read_text() + trials.read_text().splitlines(True)[-1] * more)
    return path


def test_all_of_a_participant_is_moved_and_nothing_else(study):
    study.report.mkdir()
    study.session_page(1).write_text("what they answered")
    before, rescue = everything(study.path), rescued(study, 1, 1)
    answers = everything(rescue)
    ran = in_process(
        "experiment", "withdraw", str(study.path), "--participant", "1", "--reason", "asked to"
    )
    assert ran.returncode == 0, ran.stderr
    place, now = place_of(study, 1), everything(study.path)
    for name, content in before.items():
        moved = name.replace("data/sub-001", f"data/withdrawn/{place.name}/sub-001")
        assert name == "data/participants.tsv" or now[moved] == content
    assert not study.session(1).exists()
    assert [row["participant_id"] for _, row in read_people(people_path(study)).rows] == ["sub-002"]
    kept = read_people(place / "participants.tsv")
    assert [row["age"] for _, row in kept.rows] == ["21"]
    assert (place / "participants.tsv").stat().st_mode & 0o777 == 0o600
    aside = rescue.parent.parent.with_name("withdrawn_sessions") / study.study.name / rescue.name
    assert everything(aside) == answers
    told = json.loads((place / "withdrawal.json").read_text(encoding="utf-8"))
    assert (told["participant"], told["reason"], len(told["moved"])) == (1, "asked to", 3)
    assert str(aside) in ran.stdout
    assert (
        f"left to do, by whoever answers for the data: delete that folder and {study.path}/rep"
        in (ran.stdout)
    )


def test_no_command_reads_it_and_nobody_gets_the_number(study):
    withdraw(study, 1, None)
    assert strays(study) == []
    # Under another name it is no withdrawal that a command knows of.
    renamed = study.withdrawn / "sub-002-2025-01-01 (asked to)"
    renamed.mkdir()
    assert strays(study) == [renamed]
    assert progress(study, 1)[::2] == (0, "withdrawn")
    found = survey(study, [1, 2])
    assert [(coming.participant, coming.resume) for coming in found.coming] == [(2, True)]
    assert found.withdrawn == (1,)
    for resume in (False, True):
        with pytest.raises(StudyError, match=r"was withdrawn .* take another one"):
            check_start(study, 1, resume)
    assert list(read_sessions(study)) == [2]
    with pytest.raises(StudyError, match="participant 1, who was withdrawn; participants there: 2"):
        read_session(study, 1)


def test_what_cannot_be_withdrawn_is_said_and_nothing_is_written(study):
    before = everything(study.path)
    with (
        only_one(session_lock(study, 1), "running"),
        pytest.raises(StudyError, match="participant 1 is running in another process"),
    ):
        withdraw(study, 1, None)
    for number in (3, 77):
        with pytest.raises(StudyError, match="nothing to withdraw"):
            withdraw(study, number, None)
    whole = study.session(2).rename(study.path / "elsewhere")
    study.session(2).symlink_to(whole)
    with pytest.raises(StudyError, match=r"sub-002: a link to .*elsewhere, wanted the folder"):
        withdraw(study, 2, None)
    study.session(2).unlink()
    whole.rename(study.session(2))
    assert everything(study.path) == before
    # The lock file that a killed session leaves is free.
    assert session_lock(study, 1).exists()
    withdraw(study, 1, None)
    with pytest.raises(StudyError, match=r"withdrawn already: .*sub-001-.* holds all"):
        withdraw(study, 1, None)


@pytest.mark.parametrize("at", range(3))
def test_a_withdrawal_that_is_cut_off_goes_on(study, monkeypatch, at):
    rescued(study, 1, 1)
    steps, whole = iter(range(99)), withdrawing._movable

    def cut(path):
        if next(steps) == at + 1:
            raise KeyboardInterrupt
        return whole(path)

    monkeypatch.setattr(withdrawing, "_movable", cut)
    with pytest.raises(KeyboardInterrupt):
        withdraw(study, 1, "first")
    assert progress(study, 1)[2] == ("stopped" if at < 2 else "withdrawn")
    with pytest.raises(StudyError, match="was withdrawn"):
        check_start(study, 1, True)
    monkeypatch.setattr(withdrawing, "_movable", whole)
    withdraw(study, 1, "second")
    place = place_of(study, 1)
    assert (place / "sub-001" / "trials.csv").exists()
    assert (place / "participants.tsv").exists()
    assert not study.session(1).exists()
    assert not list(rescue_places()[0].rglob("sub-001*"))
    assert json.loads((place / "withdrawal.json").read_text())["reason"] == "first"


def test_rescued_answers_alone_are_moved_and_later_ones_are_not_joined(study, other):
    rescue = rescued(study, 1, 1)
    shutil.rmtree(study.session(1))
    people_path(study).unlink()
    (moved,) = withdraw(study, 1, None)
    assert str(rescue) in moved
    # A stick comes back.
    answer(other, 1, 3, NINE)
    late = rescued(other, 1, 1)
    ran = in_process("experiment", "join", str(study.path))
    assert "passed over: participant 1 was withdrawn" in ran.stdout
    assert not study.session(1).exists()
    assert "who was withdrawn" in in_process("experiment", "status", str(study.path)).stdout
    withdraw(study, 1, None)
    assert not late.exists()


def test_a_merge_brings_nobody_back(study, other):
    for number, start in ((1, NINE), (2, TEN)):
        answer(other, number, 3, start)
        enrol(other, number, {"age": 20 + number})
    set_state(other.session(2), state=facts.COMPLETE, written_at="2030-01-01T00:00:00+00:00")
    withdraw(study, 1, None)
    lines: list[str] = []
    merge(study, other, lines.append)
    assert any("participant 1: withdrawn in" in line and str(other.path) in line for line in lines)
    assert not study.session(1).exists()
    assert [row["participant_id"] for _, row in read_people(people_path(study)).rows] == ["sub-002"]
    # The other way round the data are there still, and the line says how they go.
    merge(other, study, lines.append)
    assert f"withdraw {other.path} --participant 1" in lines[-1]
    assert other.session(1).exists()


def test_what_cannot_be_moved_is_named(study, monkeypatch):
    def refuse(self, to):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StudyError, match=r"sub-001: could not be moved \(in use\); close what"):
        withdraw(study, 1, None)
    monkeypatch.undo()
