"""Nothing is lost: kill -9 at random moments, a full disk, a folder that goes away."""

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from conditions.tables.files import read_table
from conditions.tables.sessions import FRAMES, RATINGS, TRIALS
from experiment.records.recorder import whole_rows
from experiment.records.store import RESCUED
from tests.experiment.rehearsed import check_whole, facts, is_root, play, start, tiny_study

pytestmark = [pytest.mark.slow, pytest.mark.window]

# KILLS=30 is the full test of the published claim; the usual run has fewer, to be done sooner.
KILLS = int(os.environ.get("KILLS", "5"))
# Enough trials that a session is not over before the last kill.
UNITS = 8 + KILLS
MANY = [
    {"name": "before", "conditions": ["none"], "practice": 1, "main": UNITS},
    {"name": "references", "conditions": ["synthetic", "natural"], "main": UNITS, "catch": 1},
]
ROLES = {
    "main": [f"block08_{channel:04d}" for channel in range(UNITS)],
    "practice": ["block02_0015", "block05_0018", "block13_0140"],
    "intuitiveness": ["block05_0003", "block05_0004"],
}


def rows(path: Path) -> list[str]:
    """Whole rows of a table that may be in the middle of being written."""
    return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []


def wait_for(condition, process: subprocess.Popen, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.01)


def test_kills_at_random_moments_lose_at_most_the_trial_on_screen(tmp_path, screen):
    folder = tiny_study(tmp_path, units=ROLES, parts=MANY, seed=11)
    table, ratings = (folder.session(1) / name for name in ("trials.csv", "ratings.csv"))
    rng = random.Random(20)
    kept: list[str] = []
    killed = 0
    while killed < KILLS:
        before = len(rows(table)) + len(rows(ratings))
        resume = ["--resume"] if (folder.session(1) / "session.json").exists() else []
        process = start(folder, screen, *resume)
        # Some are killed as they start; most once a trial or two have been answered.
        wanted = before + rng.randint(0, 2)
        if rng.random() > 0.2:
            wait_for(lambda n=wanted: len(rows(table)) + len(rows(ratings)) >= n, process)
        time.sleep(rng.uniform(0, 0.4 if rng.random() > 0.2 else 3))
        assert process.poll() is None, process.communicate()[1]
        process.kill()
        process.communicate()
        killed += 1
        now = rows(table)
        assert now[: len(kept)] == kept
        kept = now
    ran = play(folder, screen, "--resume")
    assert ran.returncode == 0, ran.stderr
    trials = check_whole(folder)
    assert len(trials) == 1 + UNITS + 2 * (UNITS + 1) + 6
    assert rows(table)[: len(kept)] == kept
    assert len(read_table(ratings, RATINGS)) == 4
    read_table(folder.session(1) / "frames.csv", FRAMES)
    states = [run["state"] for run in facts(folder)["runs"]]
    assert states[-1] == "complete"
    assert set(states[:-1]) <= {"killed"}
    assert len(states) <= KILLS + 1


def test_a_torn_row_is_kept_beside_the_table_and_asked_again(tmp_path, screen):
    folder = tiny_study(tmp_path)
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


@pytest.fixture
def small_disk(tmp_path):
    """The data folder on a disk of its own that is nearly full."""
    if not is_root() or shutil.which("mount") is None:
        pytest.skip("mounting a small disk takes root on Linux")
    folder = tiny_study(tmp_path)
    folder.data.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder.data)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no small disk can be mounted here: {made.stderr}")
    yield folder
    subprocess.run(["umount", str(folder.data)], check=True)


@pytest.fixture
def rescues(screen):
    """Where sessions of the tiny study are rescued to; taken away after the test."""
    place = Path(screen["HOME"]) / RESCUED
    yield place / "rehearsal_tiny"
    shutil.rmtree(place, ignore_errors=True)


def test_a_full_disk_is_said_and_loses_nothing(small_disk, screen, rescues):
    folder = small_disk
    filler = folder.data / "filler"
    process = start(folder, screen, "--override")
    table = folder.session(1) / "trials.csv"
    wait_for(lambda: whole_rows(table) >= 3, process)
    free = shutil.disk_usage(folder.data).free
    filler.write_bytes(b"\0" * free)
    said = process.communicate(timeout=90)[1]
    assert process.returncode == 2
    assert f"{folder.session(1)}: could not be written (No space left on device)" in said
    (rescue,) = rescues.glob("sub-001-*")
    assert str(rescue) in said
    trials = check_whole(folder, rescue)
    assert len(read_table(rescue / "ratings.csv", RATINGS)) == 2
    # What is on the full disk is the beginning of what was rescued.
    assert rows(rescue / "trials.csv")[: len(rows(table))] == rows(table)
    filler.unlink()
    refused = play(folder, screen, "--resume", "--override")
    assert refused.returncode == 2
    assert f"{rescue}: holds 23 answers of participant 1" in refused.stderr
    for path in rescue.iterdir():
        shutil.copyfile(path, folder.session(1) / path.name)
    assert len(read_table(table, TRIALS)) == len(trials)
    again = play(folder, screen, "--resume")
    assert "the session is complete" in again.stderr
    assert facts(folder)["overridden"] == ["disk"]


def test_a_folder_that_goes_away_loses_nothing(tmp_path, screen, rescues):
    folder = tiny_study(tmp_path, seed=8)
    process = start(folder, screen)
    wait_for(lambda: whole_rows(folder.session(1) / "trials.csv") >= 3, process)
    folder.session(1).rename(tmp_path / "taken away")
    said = process.communicate(timeout=90)[1]
    assert process.returncode == 2
    (rescue,) = rescues.glob("sub-001-*")
    assert str(rescue) in said
    check_whole(folder, rescue)
    assert not folder.session(1).exists()
    refused = play(folder, screen)
    assert refused.returncode == 2
    assert f"{rescue}: holds 23 answers of participant 1" in refused.stderr
