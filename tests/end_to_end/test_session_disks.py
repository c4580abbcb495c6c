"""Nothing is lost: a full disk, one that becomes read-only, a folder that goes away."""

import contextlib
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from conditions.folder import StudyFolder
from conditions.tables.files import read_table
from conditions.tables.sessions import RATINGS
from experiment.records.recorder import whole_rows
from experiment.records.store import RESCUED
from tests.conftest import in_process
from tests.end_to_end.interrupted import ANSWERS, BRIEF, rows
from tests.experiment.events.whole import check_events
from tests.experiment.rehearsed import (
    check_whole,
    facts,
    is_root,
    play,
    start,
    tiny_study,
    wait_for,
)

pytestmark = [pytest.mark.slow, pytest.mark.window]


@pytest.fixture
def small_disk(tmp_path):
    """The data folder on a disk of its own that is nearly full."""
    if not is_root() or shutil.which("mount") is None:
        pytest.skip("mounting a small disk takes root on Linux")
    folder = tiny_study(tmp_path, **BRIEF)
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


def check_rescued(folder: StudyFolder, said: str, rescues: Path) -> Path:
    """The whole session is in one place, which the last line names."""
    (rescue,) = rescues.glob("sub-001-*")
    assert said.strip().splitlines()[-1].endswith(f"all {ANSWERS} answers are in {rescue}")
    assert "Traceback" not in said
    check_whole(folder, rescue)
    check_events(folder, rescue)
    assert len(read_table(rescue / "ratings.csv", RATINGS)) == 2
    return rescue


def check_joined(folder: StudyFolder, screen: dict[str, str], rescue: Path) -> None:
    """What was rescued is refused to be passed over, joined by a command, and whole."""
    refused = play(folder, screen, "--resume", "--override")
    assert refused.returncode == 2
    assert f"{rescue}: holds {ANSWERS} answers of participant 1" in refused.stderr
    joined = in_process("experiment", "join", str(folder.path), env=screen)
    assert joined.returncode == 0, joined.stderr
    check_whole(folder)
    check_events(folder)
    assert len(read_table(folder.session(1) / "ratings.csv", RATINGS)) == 2
    again = play(folder, screen, "--resume", "--override")
    assert "the session is complete" in again.stderr


def test_a_full_disk_is_said_and_loses_nothing(small_disk, screen, rescues):
    folder = small_disk
    filler = folder.data / "filler"
    process = start(folder, screen, "--override")
    table = folder.session(1) / "trials.csv"
    wait_for(lambda: whole_rows(table) >= 3, process)
    # The session takes of the room meanwhile.
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as full:
        while True:
            full.write(bytes(1024))
    said = process.communicate(timeout=90)[1]
    assert process.returncode == 2
    assert f"{folder.session(1)}: could not be written (No space left on device)" in said
    rescue = check_rescued(folder, said, rescues)
    # What is on the full disk is the beginning of what was rescued.
    assert rows(rescue / "trials.csv")[: len(rows(table))] == rows(table)
    filler.unlink()
    check_joined(folder, screen, rescue)
    assert facts(folder)["overridden"] == ["disk"]


def test_a_disk_that_becomes_read_only_loses_nothing(small_disk, screen, rescues):
    folder = small_disk
    process = start(folder, screen, "--override")
    wait_for(lambda: whole_rows(folder.session(1) / "trials.csv") >= 3, process)
    # Open files keep a file system from being remounted; a second mount over it does not.
    for how in ("--bind", "-oremount,bind,ro"):
        source = [str(folder.data)] if how == "--bind" else []
        subprocess.run(["mount", how, *source, str(folder.data)], check=True)
    said = process.communicate(timeout=90)[1]
    subprocess.run(["umount", str(folder.data)], check=True)
    assert process.returncode == 2
    assert f"{folder.session(1)}: could not be written" in said
    check_rescued(folder, said, rescues)
    # Rows went on through the open files; only what says that the session is complete did not.
    check_whole(folder)
    # What would say that there was a run is lost: its events do.
    (folder.session(1) / "session.json").unlink()
    ended = play(folder, screen, "--resume", "--override")
    assert ended.returncode == 0, ended.stderr
    assert facts(folder)["state"] == "complete"
    assert check_events(folder).run.max() == 2


def test_a_folder_that_goes_away_with_its_images_loses_nothing(tmp_path, screen, rescues):
    """A drive is pulled: the session goes on from memory, and comes back under another letter."""
    folder = tiny_study(tmp_path, seed=8, **BRIEF)
    process = start(folder, screen)
    wait_for(lambda: whole_rows(folder.session(1) / "trials.csv") >= 3, process)
    elsewhere = replace(folder, path=tmp_path / "another letter")
    folder.path.rename(elsewhere.path)
    said = process.communicate(timeout=90)[1]
    assert process.returncode == 2
    rescue = check_rescued(elsewhere, said, rescues)
    assert not folder.path.exists(), "nothing is left where the drive was"
    check_joined(elsewhere, screen, rescue)
