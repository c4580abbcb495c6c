"""Escape asks; only then the session stops, and is gone on with later."""

import pytest

from experiment.keyboard.xtest import FakeKeyboard
from experiment.records.recorder import whole_rows
from tests.experiment.rehearsed import (
    SHORT,
    check_whole,
    facts,
    play,
    press_until_over,
    presses,
    start,
    tiny_study,
    wait_for,
)

pytestmark = pytest.mark.window

SLOW = "page_rt: 0.1\nchoice_rt: 2\nconfidence_rt: 0.1\nrt_spread: 0\npress_seconds: 0.01\n"


@pytest.fixture
def session(tmp_path, screen, monkeypatch):
    """A session whose second trial is on the screen, its folder, and a keyboard."""
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    script = tmp_path / "slow.yaml"
    script.write_text(SLOW, encoding="utf-8")
    folder = tiny_study(tmp_path, parts=SHORT, intuitiveness=[], repeats=None)
    process = start(folder, screen, "--script", str(script), "--language", "de")
    wait_for(lambda: whole_rows(folder.session(1) / "onsets.csv") >= 2, process)
    return process, folder, FakeKeyboard()


@pytest.mark.slow
def test_a_trial_that_escape_interrupts_begins_again(session):
    process, folder, keyboard = session
    keyboard.press("escape", 0.02)
    assert process.wait(timeout=60) == 0
    check_whole(folder)
    found = facts(folder)
    assert (found["state"], found["escapes"]) == ("complete", 1)
    answered = presses(folder, "choice").trial.tolist()
    assert sorted(answered) == [0, 1, 1, 2, 3]


def test_a_stopped_session_is_resumed_at_the_first_unanswered_trial(session, screen):
    process, folder, keyboard = session
    keyboard.press("escape", 0.02)
    press_until_over(keyboard, "return", process)
    assert process.returncode == 0
    assert facts(folder)["state"] == "stopped"
    kept = (folder.session(1) / "trials.csv").read_bytes()
    ran = play(folder, screen, "--resume")
    assert ran.returncode == 0, ran.stderr
    check_whole(folder)
    assert (folder.session(1) / "trials.csv").read_bytes().startswith(kept)
    first, second = facts(folder)["runs"]
    assert (first["state"], first["escapes"]) == ("stopped", 1)
    assert first["ended_at"] is not None
    assert (second["state"], second["answered_before"]) == ("complete", 1)
    # Nobody reads the rest in another language because the operator did not say which.
    assert (first["language"], second["language"]) == ("de", "de")
