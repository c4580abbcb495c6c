"""Nothing is lost: kill -9 at random moments, torn rows, a session that is told to end."""

import os
import random
import subprocess
import time

import pandas as pd
import pytest

from analysis.bids.data_set import write_bids
from analysis.data.study import checked_sessions
from conditions.folder import StudyFolder
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table
from conditions.tables.sessions import FRAMES, ONSETS, RATINGS
from experiment.records.recorder import whole_rows
from tests.analysis.bids.validating import errors, validated
from tests.end_to_end.interrupted import BRIEF, rows
from tests.experiment.events.whole import check_events, check_order
from tests.experiment.rehearsed import check_whole, facts, play, start, tiny_study, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.window]

# `make test-thorough` has 50; the usual run has fewer, to be done sooner.
KILLS = int(os.environ.get("KILLS", "4"))
# Enough trials that a session is not over before the last kill.
UNITS = 2 + KILLS * 2 // 3
MANY = [
    {"name": "before", "conditions": ["none"], "practice": 1, "main": UNITS},
    {"name": "references", "conditions": ["synthetic", "natural"], "main": UNITS, "catch": 1},
]
# Long enough that a kill can meet it.
SLOW_FEEDBACK = {"fixation": 0.05, "feedback_delay": 0.1, "feedback": 0.7, "blank": 0.05}
ROLES = {
    "main": [f"block08_{channel:04d}" for channel in range(UNITS)],
    "practice": ["block02_0015", "block05_0018", "block13_0140"],
    "intuitiveness": ["block05_0003", "block05_0004"],
}


def kill(process: subprocess.Popen) -> None:
    assert process.poll() is None, process.communicate()[1]
    process.kill()
    process.communicate()


def answered(folder: StudyFolder) -> int:
    return sum(whole_rows(folder.session(1) / name) for name in ("trials.csv", "ratings.csv"))


def last_pressed(folder: StudyFolder) -> tuple[int, int]:
    """How often a whole answer has been pressed, and in which trial last."""
    pressed = rows(folder.session(1) / "presses.csv")
    whole = [row.split(",") for row in pressed if ",confidence," in row]
    return len(whole), int(whole[-1][0]) if whole else -1


def test_kills_at_random_moments_lose_at_most_the_trial_on_screen(tmp_path, screen):
    """Also between a press and its feedback: what was answered is never asked again."""
    folder = tiny_study(tmp_path, units=ROLES, parts=MANY, seed=11, timing=SLOW_FEEDBACK)
    table = folder.session(1) / "trials.csv"
    rng = random.Random(20)
    kept: list[str] = []
    killed = in_feedback = 0
    while killed < KILLS:
        resume = ["--resume"] if (folder.session(1) / "session.json").exists() else []
        before, pressed = answered(folder), last_pressed(folder)[0]
        process = start(folder, screen, *resume)
        if killed % 2:
            wait_for(lambda n=pressed: last_pressed(folder)[0] > n, process)
            time.sleep(rng.uniform(0.2, 0.5))
            trial = last_pressed(folder)[1]
            kill(process)
            in_feedback += 1
            written = [int(row.split(",")[2]) for row in rows(table)[1:]]
            assert trial in written, "an answer is on disk at the press"
        else:
            # Some are killed as they start; most once a trial or two have been answered.
            wanted = before + rng.randint(0, 2)
            if rng.random() > 0.2:
                wait_for(lambda n=wanted: answered(folder) >= n, process)
            time.sleep(rng.uniform(0, 0.6 if rng.random() > 0.2 else 3))
            kill(process)
        killed += 1
        now = rows(table)
        assert now[: len(kept)] == kept
        kept = now
    ran = play(folder, screen, "--resume")
    assert ran.returncode == 0, ran.stderr
    trials = check_whole(folder)
    assert len(trials) == 1 + UNITS + 2 * (UNITS + 1) + 6
    assert rows(table)[: len(kept)] == kept
    ratings = read_table(folder.session(1) / "ratings.csv", RATINGS)
    assert len(ratings) == 4
    read_table(folder.session(1) / "frames.csv", FRAMES)
    # Whatever was on the screen more than once says so.
    onsets = read_table(folder.session(1) / "onsets.csv", ONSETS).groupby("trial").size()
    every = pd.concat([trials, ratings])
    shown = every.set_index("trial")["shown_before"]
    assert (onsets.loc[shown.index] == shown + 1).all()
    assert shown.sum() <= KILLS - in_feedback
    states = [run["state"] for run in facts(folder)["runs"]]
    assert states[-1] == "complete"
    assert set(states[:-1]) <= {"killed"}
    assert len(states) <= KILLS + 1
    # What every run left, also of trials that were not answered in it, agrees with the answers.
    assert check_events(folder).run.max() == len(states)
    assert not [text for text in checked_sessions(folder)[1] if "event" in text or "Run" in text]
    # To BIDS each uninterrupted run is a data set of its own: together they hold every trial.
    write_bids(folder, tmp_path / "bids")
    parts = sorted((tmp_path / "bids").rglob("*_run-*_beh.tsv"))
    assert len(pd.concat(map(pd.read_table, parts))) == len(trials)
    assert errors(validated(tmp_path / "bids")) == []


def test_a_torn_row_is_kept_beside_the_table_and_asked_again(tmp_path, screen):
    folder = tiny_study(tmp_path, **BRIEF)
    process = start(folder, screen)
    table = folder.session(1) / "trials.csv"
    wait_for(lambda: whole_rows(table) >= 3, process)
    process.kill()
    process.communicate()
    whole = table.read_bytes()
    table.write_bytes(whole[:-20])
    torn = whole[:-20][whole[:-20].rfind(b"\n") + 1 :]
    ran = play(folder, screen, "--resume")
    assert ran.returncode == 0, ran.stderr
    check_whole(folder)
    (beside,) = folder.session(1).glob("trials.torn-*.txt")
    assert beside.read_bytes() == torn
    assert check_events(folder).run.max() == 2
    assert facts(folder)["runs"][1]["torn_rows"] == [beside.name]
    assert facts(folder)["runs"][0]["state"] == "killed"


def test_a_second_start_of_the_same_participant_is_refused(tmp_path, screen):
    folder = tiny_study(tmp_path)
    process = start(folder, screen)
    table = folder.session(1) / "trials.csv"
    wait_for(lambda: whole_rows(table) >= 1, process)
    second = play(folder, screen, "--resume")
    assert process.wait(timeout=60) == 0
    assert second.returncode == 2
    assert "the session of participant 1 is running in another process" in second.stderr
    check_whole(folder)


def test_a_session_that_is_told_to_end_stops_and_is_resumed(tmp_path, screen):
    """As when the computer shuts down."""
    folder = tiny_study(tmp_path, **BRIEF)
    process = start(folder, screen)
    wait_for(lambda: whole_rows(folder.session(1) / "trials.csv") >= 3, process)
    process.terminate()
    assert process.wait(timeout=60) == 0, process.communicate()[1]
    assert facts(folder)["state"] == "stopped"
    assert check_events(folder).detail.iloc[-1] == "end stopped"
    before = whole_rows(folder.session(1) / "trials.csv")
    # As an earlier version of the laboratory left it: events begin with the second run.
    (folder.session(1) / "events.csv").unlink()
    ran = play(folder, screen, "--resume")
    assert ran.returncode == 0, ran.stderr
    trials = check_whole(folder)
    events = check_order(read_table(folder.session(1) / "events.csv", EVENTS))
    assert set(events.run) == {2}
    shown = events.onset[(events.kind == "images") & events.trial.isin(trials.trial)]
    assert shown.tolist() == trials.onset[before:].tolist()
