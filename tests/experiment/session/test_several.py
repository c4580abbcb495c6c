"""Two sessions of one participant in real windows, the first one killed at its very end."""

import time

import pytest

from conditions.tables.files import read_table
from conditions.tables.sessions import PARTICIPANTS, RATINGS
from tests.conftest import in_process
from tests.experiment.rehearsed import check_whole, facts, play, start, tiny_study

PARTS = [
    {"name": "before", "conditions": ["none"], "main": 4},
    {"name": "references", "conditions": ["natural"], "scheme": "Max-1", "main": 4},
]
SESSIONS = [{"parts": ["before"]}, {"parts": ["references"]}]
# Its last page stands there long enough for a kill.
SCRIPT = "choice_rt: 0.05\nrt_spread: 0\npage_rt: 0.7\n"


@pytest.mark.window
def test_the_next_session_begins_after_a_kill_at_the_end_of_the_first(tmp_path, screen):
    folder = tiny_study(
        tmp_path / "study",
        parts=PARTS,
        sessions=SESSIONS,
        intuitiveness=["end"],
        repeats={"least": 1, "most": 0},
        between_sessions={"least_hours": 12},
        keys={"mode": "combined"},
    )
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    answers, until = folder.session(1) / "trials.csv", time.monotonic() + 120
    first = start(folder, screen, "--script", str(script), "--about", "age=31")
    while not answers.exists() or answers.read_bytes().count(b"\n") < 5:
        assert time.monotonic() < until
        assert first.poll() is None, first.stderr.read()
        time.sleep(0.02)
    first.kill()
    first.communicate()
    status = in_process("experiment", "status", str(folder.path))
    assert "participant-001: between sessions 1 and 2 of 2, 4 of 11 trials" in status.stdout
    second = play(folder, screen, "--session", "2", "--as-needed")
    assert second.returncode == 0, second.stderr
    assert "✓ session: session 2 of 2" in second.stdout
    assert "time between: 0.0 hours since the end of session 1, wanted at least 12" in second.stdout
    assert "session is complete; all 11 answers are in" in second.stdout
    trials = check_whole(folder)
    assert trials["session"].tolist() == [1] * 4 + [2] * 6
    assert trials["onset"].is_monotonic_increasing
    assert read_table(folder.session(1) / "ratings.csv", RATINGS)["session"].tolist() == [2]
    told = facts(folder)
    assert (told["state"], told["session"]) == ("complete", 2)
    assert [(run["state"], run["session"]) for run in told["runs"]] == [
        ("killed", 1),
        ("complete", 2),
    ]
    assert told["runs"][1]["instructed"], "each session explains its trials"
    people = read_table(folder.data / "participants.tsv", PARTICIPANTS)
    assert people["age"].tolist() == [31]
