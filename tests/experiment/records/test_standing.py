"""Several sessions of one participant: which comes next, and what it may begin with."""

import shutil
from datetime import datetime, timedelta

import pytest

from conditions.errors import StudyError
from conditions.files import write_json
from conditions.folder import open_study
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table
from conditions.tables.sessions import ONSETS, RATINGS, TRIALS
from conditions.trials.course import sessions_of
from experiment.checks.resuming import resume_checks
from experiment.checks.sessions import session_checks
from experiment.dialog import hints
from experiment.records import facts
from experiment.records.people.coming import survey
from experiment.records.progress import progress
from experiment.records.standing import Standing, standing
from experiment.records.start import check_start, load_start
from experiment.records.store import SessionStore
from experiment.rig import Rig
from experiment.texts.languages import load_texts
from experiment.texts.wording import session_end
from tests.conftest import in_process
from tests.experiment.rehearsed import tiny_study

SESSIONS = {
    "sessions": [{"parts": ["before"]}, {"parts": ["references"]}],
    "between_sessions": {"least_hours": 12, "most_hours": 48},
}
# Practice and main trials of the first session, and all but the repeats.
FIRST, ALL = 5, 15
NOW = datetime.now().astimezone().replace(microsecond=0)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return tiny_study(tmp_path_factory.mktemp("studies"), participants=2, **SESSIONS)


@pytest.fixture
def folder(study, tmp_path, monkeypatch):
    """A copy of the study without its images."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    path = tmp_path / study.path.name
    shutil.copytree(study.path, path, ignore=shutil.ignore_patterns("stimuli"))
    return open_study(str(path), tmp_path)


def leave(folder, n: int, state: str, session: int, rated: int = 1, participant: int = 1) -> None:
    """A run that goes on to ``n`` answers and ``rated`` ratings, and ends in a state."""
    data = folder.session(participant)
    data.mkdir(parents=True, exist_ok=True)
    (data / "rig.yaml").write_text("name: lab\n", encoding="utf-8")
    have = load_start(folder, participant)
    begun = facts.begun(folder, participant, have.facts, observer="human", session=session)
    store = SessionStore(folder, participant)
    decided = read_table(folder.condition_file(participant), CONDITION_FILE)
    of = dict(zip(decided["trial"], sessions_of(folder.study, participant, decided), strict=True))
    asked = decided[decided["phase"] != "intuitiveness"].astype(object)
    time = NOW.isoformat()
    for row in asked.where(asked.notna(), None).to_dict("records")[len(have.answered) : n]:
        who = {"participant": participant, "session": of[row["trial"]], "started_at": time}
        measured = {"response": row["correct_response"], "correct": True, "confidence": 2, "rt": 1}
        measured |= {"timed_out": False, "onset": row["trial"], "dropped_frames": 0}
        store.note(ONSETS, {"trial": row["trial"], "onset": 1.0, "started_at": time})
        shown = {name: cell for name, cell in row.items() if name in TRIALS.column_names}
        store.append(TRIALS, shown | who | measured | {"max_frame_ms": 17.0})
    ratings = decided[decided["phase"] == "intuitiveness"].to_dict("records")
    for row, moment in list(zip(ratings, ("beginning", "end"), strict=True))[
        len(have.rated) : rated
    ]:
        who = {"participant": participant, "session": of[row["trial"]], "moment": moment}
        store.append(RATINGS, who | {k: row[k] for k in ("trial", "unit")} | {"rating": 1, "rt": 1})
    store.record(begun if state == facts.RUNNING else facts.updated(begun, state))
    store.close()


def place(folder) -> tuple[int, bool, bool]:
    now = standing(folder, 1)
    assert load_start(folder, 1).standing == now
    assert now.sessions == 2
    return now.session, now.begun, now.complete


def test_the_answers_tell_which_session_comes_next(folder):
    assert place(folder) == (1, False, False)
    leave(folder, 0, facts.STOPPED, 1, rated=0)
    assert place(folder) == (1, True, False)
    leave(folder, FIRST - 1, facts.STOPPED, 1)
    assert place(folder) == (1, True, False)
    assert progress(folder, 1) == (FIRST, 23, "stopped")
    leave(folder, FIRST, facts.BETWEEN, 1)
    assert place(folder) == (2, False, False)
    assert progress(folder, 1) == (FIRST + 1, 23, "between sessions 1 and 2 of 2")
    # The next one is killed before its first answer.
    leave(folder, FIRST, facts.RUNNING, 2)
    assert place(folder) == (2, True, False)
    assert progress(folder, 1)[2] == "killed"
    leave(folder, ALL, facts.STOPPED, 2)
    assert place(folder) == (2, True, False)
    leave(folder, ALL, facts.COMPLETE, 2, rated=2)
    assert place(folder) == (2, True, True)
    runs = load_start(folder, 1).facts["runs"]
    assert [run["session"] for run in runs] == [1, 1, 1, 2, 2, 2]
    assert runs[3]["state"] == facts.KILLED


@pytest.mark.parametrize("state", [facts.RUNNING, facts.STOPPED, facts.FAILED])
def test_a_kill_after_the_last_answer_leaves_nothing_to_resume(folder, state):
    leave(folder, FIRST, state, 1)
    check_start(folder, 1, resume=False)
    with pytest.raises(StudyError, match="session 1 is complete and session 2 of 2 has not been"):
        check_start(folder, 1, resume=True)
    assert [len(load_start(folder, 1).of_session)] == [ALL + 2 - FIRST - 1]


@pytest.mark.parametrize(("n", "rated"), [(FIRST + 1, 1), (ALL, 2)])
def test_a_session_that_lost_its_facts_is_known_by_its_answers(folder, n, rated):
    leave(folder, n, facts.STOPPED, 2, rated)
    (folder.session(1) / "session.json").unlink()
    assert place(folder) == (2, True, False)
    check_start(folder, 1, resume=True)


def test_a_wrong_session_is_refused_by_its_number(folder):
    check_start(folder, 1, False, session=1)
    with pytest.raises(StudyError, match="--session: found 2, wanted 1: participant 1 begins"):
        check_start(folder, 1, False, session=2)
    leave(folder, FIRST, facts.BETWEEN, 1)
    check_start(folder, 1, False, session=2)
    with pytest.raises(StudyError, match="found 1, wanted 2: participant 1 begins session 2 of 2"):
        check_start(folder, 1, False, session=1)
    leave(folder, FIRST + 1, facts.STOPPED, 2)
    with pytest.raises(StudyError, match=r"found 1, wanted 2: .* goes on with session 2 of 2"):
        check_start(folder, 1, True, session=1)
    with pytest.raises(StudyError, match=r"\(session 2 of 2 has been begun\); go on with --resume"):
        check_start(folder, 1, False)
    leave(folder, ALL, facts.COMPLETE, 2, rated=2)
    with pytest.raises(StudyError, match="all 2 sessions are complete"):
        check_start(folder, 1, False, session=1)


def test_a_study_that_was_changed_between_two_sessions_is_refused(folder):
    leave(folder, FIRST, facts.BETWEEN, 1)
    path = folder.session(1) / "session.json"
    told = load_start(folder, 1).facts
    write_json(path, told | {"study_sha256": "another"})
    with pytest.raises(StudyError, match="not the study that the session was begun with"):
        check_start(folder, 1, False)


def test_the_next_session_is_offered(folder):
    prepared = [1, 2]
    leave(folder, FIRST, facts.BETWEEN, 1)
    # Who has not come at all comes first; then who was stopped; then who waits.
    assert offered(folder) == [
        "Participant 2: begin session 1 of 2",
        "Participant 1: begin session 2 of 2",
    ]
    leave(folder, 2, facts.STOPPED, 1, participant=2)
    assert offered(folder)[0] == "Participant 2 stopped at trial 4 of 23, session 1 of 2: resume"
    leave(folder, FIRST, facts.BETWEEN, 1, participant=2)
    found = survey(folder, prepared)
    assert [coming.participant for coming in found.coming if coming.now.waits] == [1, 2]
    assert "Waiting for their next session: 1-2. What they told" in hints(found)[0]
    leave(folder, ALL, facts.COMPLETE, 2, rated=2)
    assert survey(folder, prepared).complete == (1,)


def test_a_session_that_is_complete_is_all_that_is_needed(folder):
    leave(folder, FIRST, facts.BETWEEN, 1)
    needed = ("experiment", "run", str(folder.path), "--participant", "1", "--as-needed")
    done = in_process(*needed, "--session", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"{folder.session(1)}: session 1 of 2 is complete"
    assert done.stdout.splitlines()[1].endswith("--participant 2")
    refused = in_process(*needed, "--session", "3")
    assert refused.returncode == 2
    assert "--session: found 3, wanted 1 to 2" in refused.stderr


def offered(folder) -> list[str]:
    return [coming.words for coming in survey(folder, [1, 2]).coming]


def test_the_time_between_two_sessions_is_checked(folder):
    def checks(hours: float, excused: str = "") -> list[tuple[str, bool, str]]:
        found = session_checks(folder.study, start, excused, NOW + timedelta(hours=hours))
        return [(check.name, check.failed, check.found) for check in found]

    start = load_start(folder, 1)
    assert checks(0) == [("session", False, "session 1 of 2")]
    leave(folder, FIRST, facts.RUNNING, 1)
    start = load_start(folder, 1)
    named = ("session", False, "session 2 of 2")
    good = "20.0 hours since the end of session 1"
    assert checks(20) == [named, ("time between", False, good)]
    for hours in (2, 50):
        found = f"{hours}.0 hours since the end of session 1, wanted at least 12 and at most 48"
        assert checks(hours)[1] == ("time between", True, f"{found} hours (between_sessions)")
    assert not checks(2, "a script answers")[1][1]
    leave(folder, FIRST + 1, facts.STOPPED, 2)
    start = load_start(folder, 1)
    assert checks(0) == [("session", False, "session 2 of 2, gone on with")]


def test_the_next_session_may_be_on_another_rig(folder):
    other = Rig(name="upstairs")

    def of_rig() -> tuple[bool, str]:
        checks = resume_checks(load_start(folder, 1), folder.session(1), "human", other, "en")
        return checks[1].good, checks[1].found

    leave(folder, FIRST - 1, facts.STOPPED, 1)
    assert not of_rig()[0]
    leave(folder, FIRST, facts.BETWEEN, 1)
    good, found = of_rig()
    assert good
    assert found.startswith("upstairs; session 1 was on another (lab, as")


@pytest.mark.parametrize(("language", "which"), [("en", "session"), ("de", "Sitzung")])
def test_the_last_page_says_which_session_comes_next(language, which):
    texts, place = load_texts(language), Standing(session=2, sessions=3)
    assert f"{which} 3" in session_end(texts, place)
