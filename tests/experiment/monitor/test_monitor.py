"""The operator's view: what it says of sessions that run, stop, vanish or are damaged."""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from conditions.files import write_json
from conditions.folder import StudyFolder
from conditions.study.study import Study
from conditions.tables.sessions import ONSETS, TRIALS
from experiment.monitor import drawing
from experiment.monitor.command import Screen
from experiment.monitor.files import Files
from experiment.monitor.watching import Watch
from experiment.records.recorder import lines
from tests.conftest import in_process
from tests.experiment.monitor.watched import STUDY, answer, session, when


def said(screen: Screen, width: int = 200) -> str:
    console = Console(width=width, markup=False, emoji=False, highlight=False)
    with console.capture() as captured:
        console.print(screen.look())
    return captured.get()


def screen_of(folder: StudyFolder, files: Files | None = None) -> Screen:
    return Screen(folder, Watch(folder, files))


def test_before_anybody_has_begun(folder):
    words = said(screen_of(folder))
    assert "0 of 51 trials of 3 participants answered" in words
    assert "not begun  3  participants 1, 2, 3" in words


def test_a_folder_without_anything(tmp_path):
    nothing = StudyFolder(tmp_path / "nowhere", Study.model_validate(STUDY))
    assert "no condition files, and no data" in said(screen_of(nothing))


def test_a_running_session(folder):
    rows = [answer(i) for i in range(8)]
    rows.append(answer(8, catch=True, correct=False, rt=8.0, dropped_frames=3, max_frame_ms=90.4))
    rows.append(answer(9, correct=None, rt=None, timed_out=True))
    session(folder, 1, rows)
    words = said(screen_of(folder))
    assert "running; last written 0 s ago" in words
    # 11 decided trials and 6 repeats; one every 10 s.
    assert "10 of 17 trials, about 1 min left" in words
    assert "all 50 % (4/8), natural 100 % (4/4), synthetic 0 % (0/4)" in words
    assert "catch trials 0 of 1 (left out below 80 %); 1 without an answer in time" in words
    assert "median 2.50 s, of the last ten 2.50 s" in words
    assert "12 dropped in 10 trials, longest 90 ms" in words
    assert "pauses    none" in words


def test_pauses_are_those_of_all_runs_and_what_the_tables_tell_of_this_one(folder):
    losses = [{"at": 3.0, "seconds": 4.5}, {"at": 9.0, "seconds": 60.5}]
    earlier = {"state": "stopped", "started_at": when(-600), "escapes": 2, "focus_losses": losses}
    runs = [earlier, {"state": "running", "started_at": when(0), "breaks": [{"seconds": 125.0}]}]
    data = session(folder, 1, [answer(i) for i in range(3)], runs=runs)
    with (data / "onsets.csv").open("a") as stream:
        stream.write(lines(ONSETS, {"trial": 3, "onset": 1}, {"trial": 3, "onset": 2}))
    words = said(screen_of(folder)).splitlines()
    pauses = next(line for line in words if line.startswith("pauses"))
    assert "runs before: 1 stopped; 1 trial begun again; Escape 2 ×" in pauses
    assert "focus lost 2 × (1 min); breaks 1 × (2 min)" in pauses


def test_a_row_that_is_being_written_does_not_count_and_then_does(folder):
    data, screen = session(folder, 1, [answer(0)]), screen_of(folder)
    row = lines(TRIALS, answer(1))
    with (data / "trials.csv").open("a") as stream:
        stream.write(row[:40])
        stream.flush()
        assert "1 of 17 trials" in said(screen)
        stream.write(row[40:])
    assert "2 of 17 trials" in said(screen)


def test_the_age_counts_from_a_change_whatever_the_clock_of_the_disk_says(folder):
    seconds = [1000.0]
    data, screen = session(folder, 1, [answer(0)]), screen_of(folder, Files(lambda: seconds[0]))
    assert "last written 0 s ago" in said(screen)
    seconds[0] += 90
    assert "last written 2 min ago" in said(screen)
    with (data / "trials.csv").open("a") as stream:
        stream.write(lines(TRIALS, answer(1)))
    # A file server whose clock is an hour ahead.
    os.utime(data / "trials.csv", (time.time() + 3600, time.time() + 3600))
    assert "last written 0 s ago" in said(screen)
    seconds[0] += drawing.QUIET_S + 1
    assert "killed, or nobody answers?" in said(screen)


def test_a_session_whose_process_is_gone_was_killed(folder):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    here = {"host": platform.node(), "system": platform.platform()}
    started = round(psutil.boot_time())
    screen = screen_of(folder, Files())
    for changes, state in (
        ({"process": {"id": gone.pid, "booted": started}}, "killed; last written"),
        ({"process": {"id": os.getpid(), "booted": started}}, "running; last written"),
        # Another computer, the same name on another one, an earlier version, nonsense.
        ({"process": {"id": gone.pid, "booted": started}, "host": "other"}, "running; last"),
        ({"process": {"id": gone.pid, "booted": started - 86_400}}, "running; last"),
        ({}, "running; last written"),
        ({"process": {"id": "x" * 40, "booted": None}}, "running; last written"),
    ):
        session(folder, 1, [answer(0)], **(here | changes))
        assert state in said(screen), changes
    session(folder, 1, [answer(0)], **here, process={"id": gone.pid, "booted": started})
    assert "killed 1 participant 1 not begun 2" in " ".join(said(screen).split())
    session(folder, 1, [answer(0)], "stopped", **here, process={"id": gone.pid, "booted": started})
    assert "stopped; last written" in said(screen)
    session(folder, 1, [answer(0)], "killed", place="web")
    assert "it can be resumed in its browser alone" in " ".join(said(screen).split())


def test_several_run_at_once_and_the_others_are_counted(folder):
    session(folder, 1, [answer(0)])
    session(folder, 3, [answer(0), answer(1)], observer="scripted")
    session(folder, 2, [answer(i) for i in range(17)], state="complete")
    words = said(screen_of(folder))
    assert "sub-001" in words
    assert "answered by: scripted" in words
    assert "sub-002" not in words
    assert "running   2  participants 1, 3" in words
    assert "complete  1  participant 2" in words


def test_where_none_runs_the_last_one_is_shown(folder):
    old = session(folder, 1, [answer(0)], state="complete")
    for path in old.iterdir():
        os.utime(path, (time.time() - 7500, time.time() - 7500))
    session(folder, 2, [answer(0)], state="stopped")
    screen = screen_of(folder)
    assert "sub-002  " in said(screen)
    shutil.rmtree(folder.session(2))
    assert "complete; last written 2 h 05 min ago" in said(screen)


def test_lengths_that_no_pause_has_count_as_none(folder):
    found = [{"seconds": each} for each in (float("nan"), 1e308, 1e308, -5, "9", None, 60)]
    session(folder, 1, [answer(0)], runs=[{"state": "running", "breaks": [*found, 3]}])
    assert "breaks 8 × (1 min)" in said(screen_of(folder))


@pytest.mark.parametrize("content", ['{"state": "run', "[]", '{"state": 3, "runs": 5}', "\udcff"])
def test_a_damaged_session_json_stops_nothing(folder, content):
    data = session(folder, 1, [answer(0)])
    (data / "session.json").write_bytes(content.encode(errors="surrogateescape"))
    words = said(screen_of(folder))
    assert "1 of 17 trials" in words
    assert "session.json is missing or damaged" in words


@pytest.mark.parametrize("damage", [b"\xff\xfe\n", b"\0\0\0\n", b"a,b\n", b'"open\nx,', b"1;2;3\n"])
def test_rows_that_are_not_ours_are_counted(folder, damage):
    data = session(folder, 1, [answer(0)])
    with (data / "trials.csv").open("ab") as stream:
        stream.write(damage)
    words = said(screen_of(folder))
    assert "all 100 % (1/1)" in words
    assert "rows of trials.csv cannot be read" in words


def test_a_table_saved_by_a_spreadsheet_is_read(folder):
    data = session(folder, 1, [answer(0)], state="complete")
    text = (data / "trials.csv").read_text().replace(",", ";").replace("2.5", "2,5")
    (data / "trials.csv").write_text(text.replace("true", "TRUE"), encoding="utf-8-sig")
    assert "median 2.50 s" in said(screen_of(folder))


@pytest.mark.parametrize("how", ["away", "empty"])
def test_a_share_that_is_out_of_reach_is_said_and_comes_back(folder, how):
    session(folder, 1, [answer(0)])
    screen, aside = screen_of(folder), folder.path.with_name("aside")
    assert "cannot be read" not in said(screen)
    folder.path.rename(aside)
    if how == "empty":
        folder.path.mkdir()
    words = said(screen)
    assert "cannot be read: " in words
    assert "No such file or directory; below is what was there before" in words
    assert "1 of 17 trials" in words
    if how == "empty":
        folder.path.rmdir()
    aside.rename(folder.path)
    assert "cannot be read" not in said(screen)


def test_it_writes_nothing_and_locks_nothing(folder, monkeypatch):
    data = session(folder, 1, [answer(0)])
    data.with_suffix(".lock").touch()
    monkeypatch.setattr("filelock.BaseFileLock.acquire", lambda *_, **__: pytest.fail("locks"))

    def there() -> dict:
        return {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")}

    before, screen = there(), screen_of(folder)
    said(screen)
    said(screen)
    assert there() == before


def test_a_narrow_terminal_loses_nothing(folder):
    session(folder, 1, [answer(i) for i in range(8)])
    words = said(screen_of(folder), width=50)
    assert max(map(len, words.splitlines())) <= 50
    assert "(4/4)" in words


def test_who_was_withdrawn_counts_for_nothing(folder):
    (folder.withdrawn / "sub-002-2026-11-26").mkdir(parents=True)
    words = said(screen_of(folder))
    assert "0 of 34 trials of 2 participants answered" in words
    assert "withdrawn  1  participant 2" in words


def test_refusals_are_counted(folder):
    folder.data.mkdir()
    (folder.data / "refusals.csv").write_text("date\na\nb\n")
    assert "no consent  2" in said(screen_of(folder))


def test_the_command_prints_once_into_a_pipe(folder):
    session(folder, 1, [answer(0)])
    for more in ([], ["--once"]):
        done = in_process("experiment", "monitor", str(folder.path), *more)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("sub-001") == 1
        assert "\x1b" not in done.stdout


def test_the_facts_of_real_sessions_are_understood(folder):
    # Written by records.facts; what is not there yet is no reason to stop.
    data = session(folder, 1, [answer(0)])
    facts = json.loads((data / "session.json").read_text())
    del facts["runs"]
    write_json(Path(data / "session.json"), facts)
    assert "1 of 17 trials, time left not known yet" in said(screen_of(folder))
