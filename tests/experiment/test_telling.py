"""What an operator without a terminal is told, in windows above the participant's."""

import json

import pytest

from conditions.errors import StudyError
from experiment import telling
from experiment.checks.check import Check
from experiment.dialog import Choice
from experiment.screen.pages import StoppedError
from experiment.session import running
from tests.conftest import in_process
from tests.experiment.in_window import run_in_window
from tests.experiment.rehearsed import SHORT, tiny_study

CHECKS = [Check("refresh", True, "rig <lab>: measured 60.00 Hz"), Check("disk", True, "room")]

SCRIPT = """
import subprocess
from conditions.errors import StudyError
from experiment.checks.check import Check
from experiment.telling import refusals_told, tell_checks
from experiment.screen.pages import StoppedError

pictures = []

def press(name, key):
    for _ in range(200):
        search = ["xdotool", "search", "--onlyvisible", "--name", name]
        seen = subprocess.run(search, capture_output=True, text=True).stdout.split()
        if seen:
            break
        time.sleep(0.1)
    time.sleep(0.3)
    subprocess.run(["xdotool", "windowfocus", "--sync", seen[-1]], check=True)
    pictures.append(len(set(fake.picture().crop((480, 270, 1440, 810)).getdata())))
    fake.press(key, 0.02)

window.flip()
found = []
checks = [Check("refresh", True, "rig <lab>: measured 60.00 Hz")]
for key in ("return", "escape"):
    threading.Thread(target=press, args=("Checks before", key)).start()
    try:
        tell_checks(3, checks)
        found.append("started")
    except StoppedError:
        found.append("stopped")
for cause, key in ((None, "return"), (StoppedError(), None)):
    if key:
        threading.Thread(target=press, args=("No session", key)).start()
    try:
        with refusals_told():
            raise StudyError("no photodiode") from cause
    except StudyError as error:
        found.append(str(error))
print(json.dumps([found, pictures]))
window.close()
"""


@pytest.mark.window
def test_windows_stand_above_the_participants_and_are_answered(screen):
    found, colours = json.loads(run_in_window(SCRIPT, screen).splitlines()[-1])
    # Who cancels is not told of it.
    assert found == ["started", "stopped", "no photodiode", "no photodiode"]
    # Of the grey window alone there would be one.
    assert len(colours) == 3
    assert min(colours) > 2


@pytest.mark.parametrize(
    ("observer", "terminal", "told"),
    [("human", False, True), ("human", True, False), ("scripted", False, False)],
)
def test_without_a_terminal_checks_and_refusals_are_told(
    observer, terminal, told, tmp_path, monkeypatch
):
    """Where a session was begun in the dialog, by a click on a symbol for instance."""
    folder = tiny_study(tmp_path, parts=SHORT, intuitiveness=[], repeats=None)
    asked = []

    def run(order, observer, report, enrol, tell):
        tell(CHECKS)
        raise StudyError("no photodiode")

    def ask(title, words, *buttons):
        asked.append((title, words))
        return buttons[0]

    monkeypatch.setattr("experiment.dialog.ask_operator", lambda *_: Choice(1, "any", "en", False))
    monkeypatch.setattr(running, "run_session", run)
    monkeypatch.setattr(telling, "has_terminal", lambda: terminal)
    monkeypatch.setattr(telling, "_ask", ask)
    done = in_process("experiment", "run", str(folder.path), "--observer", observer)
    assert done.returncode == 2
    assert "no photodiode" in done.stderr
    title = "Checks before the session of participant 1"
    assert [title for title, _ in asked] == ([title, "No session"] if told else [])
    assert all(words.startswith(("✓ refresh: rig <lab>", "no photodiode")) for _, words in asked)


def test_whoever_cancels_stops_the_session(monkeypatch):
    monkeypatch.setattr(telling, "_ask", lambda title, words, *buttons: buttons[-1])
    with pytest.raises(StoppedError):
        telling.tell_checks(1, CHECKS)
