"""The operator's dialog in a real window: typed into by real key events."""

import subprocess
import sys
import time

import pytest

from conditions.files import write_json
from conditions.tables.files import read_table
from conditions.tables.sessions import PARTICIPANTS
from conditions.trials.build import build_all
from experiment.keyboard.xtest import FakeKeyboard
from experiment.records.facts import STOPPED
from tests.conftest import ROOT
from tests.experiment.rehearsed import SHORT, TINY, check_whole, facts, play, tiny_study

pytestmark = pytest.mark.window

FIELDS = ["session", "rig", "language", "age"]


def dialog(screen, seconds: float = 60) -> str:
    """The dialog's window, once it is there; it gets the keyboard."""
    until = time.monotonic() + seconds
    search = ["xdotool", "search", "--onlyvisible", "--name", TINY["title"]]
    while time.monotonic() < until:
        found = subprocess.run(search, env=screen, capture_output=True, text=True, check=False)
        if found.stdout.split():
            window = found.stdout.split()[-1]
            time.sleep(0.3)
            focus = ["xdotool", "windowfocus", "--sync", window]
            # One that is just being closed takes no keyboard: the next is looked for.
            if subprocess.run(focus, env=screen, capture_output=True, check=False).returncode == 0:
                return window
        time.sleep(0.1)
    raise AssertionError("no dialog")


def fill(keyboard: FakeKeyboard, field: str, text: str) -> None:
    for _ in range(FIELDS.index(field)):
        keyboard.press("Tab", 0.02)
    for letter in text:
        keyboard.press(letter, 0.02)
    keyboard.press("return", 0.02)


def begin(folder, screen) -> subprocess.Popen:
    who = ["--observer", "scripted", "--script", "hasty"]
    return subprocess.Popen(
        [sys.executable, "-m", "experiment", "run", str(folder.path), *who],
        cwd=ROOT,
        env=screen,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def folder(tmp_path):
    return tiny_study(tmp_path, parts=SHORT, intuitiveness=[], repeats=None)


def test_what_is_typed_is_checked_and_begins_a_session(folder, screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    process, keyboard = begin(folder, screen), FakeKeyboard()
    first = dialog(screen)
    fill(keyboard, "age", "x")
    until = time.monotonic() + 20
    while dialog(screen) == first:
        assert time.monotonic() < until
    # It is there again with all that was typed; the wrong text is selected and written over.
    fill(keyboard, "age", "29")
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "session is complete" in said
    people = read_table(folder.data / "participants.tsv", PARTICIPANTS)
    assert (people.participant_id.tolist(), people.age.tolist()) == (["sub-001"], [29])
    check_whole(folder)
    assert facts(folder)["language"] == "en"


def test_a_cancelled_dialog_begins_nothing(folder, screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    process, keyboard = begin(folder, screen), FakeKeyboard()
    dialog(screen)
    keyboard.press("escape", 0.02)
    said, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert said.splitlines() == [
        "cancelled: nothing was begun",
        f"Next: python -m experiment run {folder.path}",
    ]
    assert not folder.data.exists()


def test_a_stopped_session_is_offered_by_name(folder, screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    assert play(folder, screen).returncode == 0
    # All sessions are complete: it says so, and opens no window.
    process = begin(folder, screen)
    said, errors = process.communicate(timeout=30)
    assert (process.returncode, said) == (2, "")
    assert "all 1 sessions are complete; write more condition files with" in errors
    assert len(errors.splitlines()) == 1
    # As if it had been stopped before its last answer.
    trials = folder.session(1) / "trials.csv"
    rows = trials.read_bytes().splitlines(keepends=True)
    trials.write_bytes(b"".join(rows[:-1]))
    write_json(folder.session(1) / "session.json", facts(folder) | {"state": STOPPED})
    # The next free number stands there at first; below it is the session that was stopped.
    build_all(folder, [2])
    process, keyboard = begin(folder, screen), FakeKeyboard()
    dialog(screen)
    keyboard.press("down", 0.02)
    keyboard.press("return", 0.02)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "session is complete" in said
    check_whole(folder)
    assert len(facts(folder)["runs"]) == 2
    assert (
        said.splitlines()[-1] == f"Next: python -m analysis session {folder.path} --participant 1"
    )
