"""Whole small sessions in a real window with real key events."""

import json
from datetime import datetime

import pytest

from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table
from conditions.tables.sessions import ONSETS, PARTICIPANTS, PRESSES, RATINGS
from experiment import picture
from experiment.rig import load_rig
from experiment.session import running
from experiment.session.rating import STEP
from tests.conftest import in_process
from tests.experiment.events.whole import check_events
from tests.experiment.in_window import run_script
from tests.experiment.patch_watch import PatchWatch
from tests.experiment.rehearsed import (
    SHORT,
    arguments,
    check_whole,
    facts,
    play,
    presses,
    tiny_study,
)

pytestmark = pytest.mark.window

# What the operator is told of the checks, and whether anything was written by then.
TOLD = """
import runpy, sys
from experiment.session import running

run_session = running.run_session

def told(order, make_observer, report, enrol, tell):
    def tell(checks):
        begun = order.folder.session(order.participant).exists()
        print("told:", begun, *(check.line() for check in checks), sep="\\n", end="\\nall told\\n")
    return run_session(order, make_observer, report, enrol, tell)

running.run_session = told
runpy.run_module("experiment", run_name="__main__")
"""
RIG = """
name: lab
resolution: [1920, 1080]
patch: {corner: upper_right, side_px: 40}
"""


@pytest.fixture(scope="module")
def watched(tmp_path_factory, screen):
    """A session of everything, two-stage answers, and when its patch was white."""
    # Between trials the patch is dark for long enough that a watcher who is late sees it.
    folder = tiny_study(tmp_path_factory.mktemp("done"), timing={"fixation": 0.2})
    rig = tmp_path_factory.mktemp("rig") / "lab.yaml"
    rig.write_text(RIG, encoding="utf-8")
    about = ["--about", "age=31", "--about", "gender=gender-as-told"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DISPLAY", screen["DISPLAY"])
        watch = PatchWatch(1910, 10)
        ran = play(folder, screen, *about, "--rig", str(rig), "--language", "de")
        seen = watch.seen()
    assert ran.returncode == 0, ran.stderr
    return folder, seen


@pytest.fixture(scope="module")
def done(watched):
    """The folder of that session."""
    return watched[0]


def test_the_patch_is_white_once_for_each_onset(watched):
    folder, seen = watched
    onsets = read_table(folder.session(1) / "onsets.csv", ONSETS)
    assert len(seen) == len(onsets) == 23
    started = [datetime.fromisoformat(at).timestamp() for at in onsets.started_at]
    # Whoever watches may be late, and never sees what is not there yet.
    for (on, off), before, shown in zip(seen, [0.0, *started], started, strict=False):
        assert before < on < off
        assert shown < off


def test_every_trial_of_the_file_and_its_repeats_are_there(done):
    trials = check_whole(done)
    assert trials.phase.value_counts().to_dict() == {"main": 14, "repeat": 6, "practice": 1}
    assert trials["onset"].is_monotonic_increasing
    assert not trials.timed_out.any()


def test_answers_are_the_keys_that_were_pressed(done):
    trials = check_whole(done)
    keys = {
        kind: presses(done, kind).set_index("trial")["key"] for kind in ("choice", "confidence")
    }
    said = keys["choice"].map({"up": "upper", "down": "lower"})
    assert said.to_dict() == trials.set_index("trial").response.to_dict()
    assert (
        keys["confidence"].astype(int).to_dict() == trials.set_index("trial").confidence.to_dict()
    )
    assert (trials.confidence_rt > 0).all()


def test_events_agree_with_the_answers_and_with_what_was_pressed(done):
    events = check_events(done)
    counts = events.kind.value_counts()
    assert counts["images"] == counts["choice"] == 24
    pressed = read_table(done.session(1) / "presses.csv", PRESSES)
    told = events[events.kind == "press"].detail.tolist()
    assert told == pressed[pressed.question != "ready"]["key"].tolist()
    released = events[events.kind == "release"].detail.tolist()
    # The last key may go up when all is over.
    assert told in (released, [*released, told[-1]])
    assert events.detail[events.kind == "session"].tolist() == ["begin", "end complete"]
    assert events.code.isna().all()


def test_ratings_are_where_the_arrow_keys_went(done):
    ratings = read_table(done.session(1) / "ratings.csv", RATINGS)
    decided = read_table(done.condition_file(1), CONDITION_FILE)
    assert ratings.moment.tolist() == ["beginning", "end"]
    assert ratings.trial.tolist() == decided[decided.phase == "intuitiveness"].trial.tolist()
    pressed = presses(done, "rating")
    for row in ratings.itertuples():
        keys = pressed[pressed.trial == row.trial]["key"].tolist()
        assert keys[-1] == "return"
        assert row.rating == STEP * (keys.count("right") - keys.count("left"))


def test_the_session_says_how_it_was(done):
    found = facts(done)
    assert found["state"] == "complete"
    assert found["overridden"] == found["torn_rows"] == []
    assert found["keyboard_backend"] == "ptb"
    assert found["language"] == "de"
    assert found["shown_trials"] == 21
    assert found["example"] == {"tries": 1}
    # First the image, which is correct, then a confidence: no row of a trial, and none of its own.
    assert presses(done, "example")["key"].tolist() == ["up", "1"]
    assert found["condition_file_sha256"] == sha256_of(done.condition_file(1))
    assert [run["state"] for run in found["runs"]] == ["complete"]
    assert set(found["checks"]) >= {"images", "image content", "disk", "resolution", "refresh"}
    for name in ("trials", "ratings", "frames", "events"):
        dictionary = json.loads((done.session(1) / f"{name}.json").read_text(encoding="utf-8"))
        assert all("Description" in entry for key, entry in dictionary.items() if key[0].islower())


def test_people_are_listed_apart_and_privately(done):
    path = done.data / "participants.tsv"
    people = read_table(path, PARTICIPANTS)
    assert people.participant_id.tolist() == ["sub-001"]
    assert people.age.tolist() == [31]
    assert people.gender.tolist() == ["gender-as-told"]
    assert path.stat().st_mode & 0o777 == 0o600
    for inside in done.session(1).iterdir():
        assert "gender-as-told" not in inside.read_text(encoding="utf-8")


def test_status_says_how_far(done):
    said = in_process("experiment", "status", str(done.path)).stdout
    assert "participant-001: complete, 23 of 23 trials answered" in said


def test_a_complete_session_is_not_begun_again(done, screen):
    before = {path: path.read_bytes() for path in done.session(1).iterdir()}
    for more, words in (((), "take another number"), (("--resume",), "is complete")):
        ran = play(done, screen, *more)
        assert ran.returncode == 2
        assert words in ran.stderr
    assert {path: path.read_bytes() for path in done.session(1).iterdir()} == before


def test_one_key_says_all_and_the_operator_is_told_of_all_checks_before(tmp_path, screen):
    folder = tiny_study(
        tmp_path,
        keys={"mode": "combined"},
        parts=SHORT,
        repeats=None,
        intuitiveness=[],
        timing={"feedback": False},
    )
    said = run_script(TOLD, screen, *arguments(folder)[1:])
    reported, told = said.partition("all told\n")[0].split("told:\n")
    assert told == "False\n" + reported
    assert reported.count("\n✓ ") > 10
    trials = check_whole(folder)
    keys = presses(folder, "combined").set_index("trial")["key"]
    for row in trials.itertuples():
        said = {"upper": "qwe", "lower": "asd"}[row.response][row.confidence - 1]
        assert said == keys[row.trial]
    assert trials.confidence_rt.isna().all()


def test_a_session_and_a_picture_have_the_studys_grey(tmp_path, screen, monkeypatch):
    def opened(rig, correction, lettering, background):
        raise StudyError(f"opened on grey {background}")

    monkeypatch.setattr(running, "open_window", opened)
    monkeypatch.setattr(picture, "open_window", opened)
    folder = tiny_study(tmp_path, parts=SHORT, intuitiveness=[], presentation={"background": 90})
    with pytest.raises(StudyError, match="opened on grey 90"):
        picture.trial_picture(folder, 1, 2, *load_rig("any"), "en", print)
    assert "opened on grey 90" in in_process(*arguments(folder), env=screen).stderr


@pytest.mark.slow
def test_too_late_is_no_answer(tmp_path, screen):
    """A deadline that the script cannot keep; it presses in the fixation of the next trial."""
    script = tmp_path / "slow.yaml"
    script.write_text("choice_rt: 0.3\nrt_spread: 0\npage_rt: 0.3\n", encoding="utf-8")
    folder = tiny_study(
        tmp_path / "study", parts=SHORT, intuitiveness=[], timing={"deadline": 0.1, "fixation": 0.6}
    )
    ran = play(folder, screen, "--script", str(script))
    assert ran.returncode == 0, ran.stderr
    trials = check_whole(folder)
    assert trials.timed_out.all()
    assert trials[["response", "correct", "confidence", "rt"]].isna().all(axis=None)
    assert len(trials) == 4
    events = check_events(folder)
    feedback = events[(events.kind == "feedback") & (events.trial >= 0)]
    assert feedback.detail.tolist() == ["too_slow"] * 4
    pressed = events[(events.kind == "press") & (events.trial >= 0)]
    # The last comes on the page after the block. A busy machine may be late with the next trial.
    images = events[events.kind == "images"].set_index("trial").onset
    words = [
        "early" if at < images[trial] else "late"
        for at, trial in zip(pressed.onset, pressed.trial, strict=True)
    ]
    assert pressed.detail.str.split().str[1].tolist() == words
    assert "early" in words
    assert len(words) >= 3
