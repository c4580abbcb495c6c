"""What a session may begin with: used numbers, changed files, people."""

import errno
import os
import shutil
import stat

import pytest

from conditions.errors import StudyError
from conditions.files import sha256_of, write_json
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table
from conditions.tables.session_facts import read_session_facts
from conditions.tables.sessions import PARTICIPANTS, RATINGS, TRIALS
from experiment.records import facts
from experiment.records.lock import only_one
from experiment.records.people.enrolling import enrol, read_person
from experiment.records.progress import progress
from experiment.records.recorder import TableRecorder
from experiment.records.start import check_start, load_start, session_lock
from experiment.records.store import RESCUED
from tests.conftest import in_process
from tests.experiment.records.sessions import answer
from tests.experiment.rehearsed import SHORT, tiny_study

ASKED = ["age", "gender", "handedness", "vision", "expertise"]
PREPARED = [1, 2, 3]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tiny_study(tmp_path, participants=3, parts=SHORT)


def begin(folder, participant: int, state: str = facts.STOPPED) -> None:
    begun = facts.begun(folder, participant, {}, observer="human")
    data = folder.session(participant)
    data.mkdir(parents=True)
    write_json(data / "session.json", facts.updated(begun, state))
    TableRecorder(data / "trials.csv", TRIALS).close()


def test_a_used_number_can_only_be_resumed(folder):
    check_start(folder, 1, resume=False)
    with pytest.raises(StudyError, match="no session to resume"):
        check_start(folder, 1, resume=True)
    begin(folder, 1)
    with pytest.raises(StudyError, match=r"participant 1 has 0 answered trials .* --resume"):
        check_start(folder, 1, resume=False)
    check_start(folder, 1, resume=True)


def test_a_run_that_was_killed_before_its_first_row_has_begun_nothing(folder):
    data = folder.session(1)
    data.mkdir(parents=True)
    TableRecorder(data / "trials.csv", TRIALS).close()
    (data / "ratings.csv").write_text("participant,sess", encoding="utf-8")
    check_start(folder, 1, resume=False)
    start = load_start(folder, 1)
    assert len(start.answered) == len(start.rated) == 0
    assert [name.partition(".")[0] for name in start.torn] == ["ratings"]


@pytest.mark.parametrize("name", ["trials.csv", "onsets.csv", "events.csv"])
def test_tables_that_cannot_be_added_to_are_named_before_anybody_sits_down(folder, name):
    answer(folder, 1, 2, "2025-01-01T10:00:00+01:00")
    path = folder.session(1) / name
    saved = path.read_text(encoding="utf-8").encode("utf-16")
    path.write_bytes(saved)
    with pytest.raises(StudyError, match=f"{name}: found bytes that are not UTF-8"):
        load_start(folder, 1)
    assert path.read_bytes() == saved


def test_events_of_another_participant_are_not_added_to(folder):
    begin(folder, 1)
    path = folder.session(1) / "events.csv"
    own = {"participant": 1, "session": 1, "run": 1, "onset": 0.5, "kind": "page"}
    TableRecorder(path, EVENTS).append(own, own | {"participant": 7})
    both = path.read_bytes()
    with pytest.raises(StudyError, match=r"events.csv: row 3, column participant: found 7, wanted"):
        load_start(folder, 1)
    assert path.read_bytes() == both
    # What is merely damaged keeps nobody from going on.
    path.write_bytes(both.replace(b"\n7,", b"\n?,") + b"\0" * 32 + b"\n")
    assert load_start(folder, 1).torn == ()


def test_a_complete_session_can_neither_be_begun_nor_resumed(folder):
    begin(folder, 1, facts.COMPLETE)
    for resume in (False, True):
        with pytest.raises(StudyError, match="the session is complete"):
            check_start(folder, 1, resume)


def test_a_changed_condition_file_is_not_gone_on_with(folder):
    begin(folder, 1)
    path = folder.condition_file(1)
    content = path.read_bytes()
    # Saved again by an editor or a spreadsheet, it is the same file.
    path.write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
    check_start(folder, 1, resume=True)
    path.write_bytes(content.replace(b",upper\n", b",lower\n", 1))
    with pytest.raises(StudyError, match=r"not the file that .* conditions build .* 1"):
        check_start(folder, 1, resume=True)


def test_sessions_that_were_begun_by_the_bytes_of_their_file_go_on(folder):
    """Earlier sessions hold the hash of the file as it was written."""
    begin(folder, 1)
    held = read_session_facts(folder.session(1) / "session.json")["condition_file_sha256"]
    assert held == sha256_of(folder.condition_file(1))


@pytest.mark.parametrize("content", [b"", b"{", b"\0\0", b"[]", b'{"state": "stopped"}'])
def test_a_damaged_session_json_is_kept_and_the_answers_gone_on_from(folder, content):
    begin(folder, 1)
    begin(folder, 2)
    path = folder.session(1) / "session.json"
    path.write_bytes(content)
    assert progress(folder, 1)[2].startswith("session.json is damaged")
    assert progress(folder, 2)[2] == facts.STOPPED
    check_start(folder, 1, resume=True)
    start = load_start(folder, 1)
    assert start.facts == {}
    (kept,) = start.torn
    assert (folder.session(1) / kept).read_bytes() == content


def test_a_killed_session_is_told_from_a_running_one_by_its_lock(folder):
    begin(folder, 1, facts.RUNNING)
    assert progress(folder, 1)[2] == facts.KILLED
    assert not session_lock(folder, 1).exists(), "a look makes no file"
    with only_one(session_lock(folder, 1), "it is running"):
        assert progress(folder, 1)[2] == facts.RUNNING


def test_answers_that_wait_elsewhere_are_brought_back_first(folder, tmp_path):
    begin(folder, 1)
    rescue = tmp_path / "home" / RESCUED / folder.study.name / "sub-001-x"
    shutil.copytree(folder.session(1), rescue)
    row = {"participant": 1, "session": 1, "moment": "end", "unit": "block05_0003", "rt": 1.5}
    TableRecorder(rescue / "ratings.csv", RATINGS).append(row | {"trial": 1, "rating": 5})
    with pytest.raises(StudyError, match=r"holds 1 answers of participant 1.*experiment join"):
        check_start(folder, 1, resume=True)
    check_start(folder, 2, resume=False)


def test_a_killed_run_is_recorded_when_the_next_begins(folder):
    first = facts.begun(folder, 1, {}, rig="a")
    second = facts.updated(facts.begun(folder, 1, first, rig="b"), facts.COMPLETE, shown_trials=3)
    assert [(run["state"], run["rig"]) for run in second["runs"]] == [
        ("killed", "a"),
        ("complete", "b"),
    ]
    assert second["runs"][0]["ended_at"] is None
    assert second["started_at"] == first["started_at"]
    assert second["rig"] == "b"


def test_status_counts_whole_rows_only(folder):
    assert progress(folder, 1) == (0, 8, "not begun")
    begin(folder, 1, facts.RUNNING)
    with (folder.session(1) / "trials.csv").open("a") as stream:
        stream.write("1,1,0,whole\n1,1,1,to")
    assert progress(folder, 1)[0] == 1


def test_a_lock_that_cannot_be_had_is_not_said_to_be_held(tmp_path, monkeypatch):
    def refused(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refused)
    with (
        pytest.raises(StudyError, match=r"cannot be locked: No locks available.*disk of this"),
        only_one(tmp_path / "a.lock", "it is running"),
    ):
        pass


def test_a_lock_is_held_by_one_and_let_go(tmp_path):
    path = tmp_path / "a.lock"
    running = "it is running"
    with only_one(path, running), pytest.raises(StudyError, match="running in another process"):
        only_one(path, running).__enter__()
    with only_one(path, running):
        assert path.exists()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"age": "old"}, "age: found 'old', wanted a whole number from 0 to 130"),
        ({"age": "200"}, "age: found '200'"),
        ({"handedness": "both"}, "wanted one of right, left, ambidextrous"),
        ({"shoe": "42"}, "shoe: not asked for in this study"),
    ],
)
def test_answers_that_do_not_fit_are_named(answers, words):
    with pytest.raises(StudyError, match=words):
        read_person(answers, ASKED)


def test_people_are_added_once_and_readable_by_nobody_else(folder):
    before = os.umask(0)
    os.umask(before)
    enrol(folder, 2, read_person({"age": "40", "vision": " ", "expertise": "expert"}, ASKED))
    enrol(folder, 1, {})
    enrol(folder, 2, {"age": 40})
    path = folder.data / "participants.tsv"
    people = read_table(path, PARTICIPANTS)
    assert people.participant_id.tolist() == ["sub-002", "sub-001"]
    assert people.age.tolist()[0] == 40
    assert people.vision.isna().all()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.umask(before) == before


def finish(folder, participant: int) -> None:
    path = folder.session(participant) / "session.json"
    write_json(path, read_session_facts(path) | {"state": facts.COMPLETE})


def test_status_goes_on_where_one_participant_has_something_wrong(folder):
    begin(folder, 1)
    begin(folder, 3)
    (folder.session(1) / "session.json").write_text("{", encoding="utf-8")
    folder.condition_file(2).write_text("no table", encoding="utf-8")
    folder.condition_file(3).rename(folder.path / "elsewhere.csv")
    said = in_process("experiment", "status", str(folder.path))
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    assert "participant-001: session.json is damaged" in lines[0]
    assert "participant-002: " in lines[1]
    assert "conditions build" in lines[2]


def test_status_says_what_is_not_there_yet_and_makes_nothing(tmp_path):
    said = in_process("experiment", "status", "demo", "--root", str(tmp_path / "root"))
    assert "no condition files; write them with `python -m conditions build" in said.stdout
    assert not (tmp_path / "root").exists()
