"""The table of stimuli, with several processes that write it."""

import multiprocessing
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from stimgen import stimuli
from stimgen.stimuli import add_stimuli, known_stimuli

ROWS = 20


def rows_of(writer: int, number: int) -> pd.DataFrame:
    row = {
        "unit": f"block02_{writer:04d}", "kind": "natural", "pole": "max", "batch": number,
        "rank": 1, "activation": 0.5, "path": f"stimuli/{writer}/{number}.png", "source": "a.png",
        "sha256": "0" * 64,
    }  # fmt: skip
    return pd.DataFrame([row])


def write_all(study: str, root: Path, writer: int) -> None:
    for number in range(ROWS):
        add_stimuli(open_study(study, root), rows_of(writer, number))


@pytest.fixture
def folder(tmp_path) -> StudyFolder:
    return open_study("demo", tmp_path)


def test_two_processes_at_once_lose_no_row(folder, tmp_path):
    processes = [
        multiprocessing.get_context("spawn").Process(target=write_all, args=("demo", tmp_path, i))
        for i in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
        assert process.exitcode == 0
    table = known_stimuli(folder)
    assert table.groupby("unit").size().to_dict() == {"block02_0000": ROWS, "block02_0001": ROWS}


def test_a_writer_that_does_not_let_go_is_named(folder, monkeypatch):
    monkeypatch.setattr(stimuli, "LOCK_S", 0.1)
    add_stimuli(folder, rows_of(0, 0))
    with FileLock(folder.stimuli / ".tables.lock"), pytest.raises(StudyError, match="another proc"):
        add_stimuli(folder, rows_of(0, 1))


def test_a_share_without_locks_is_written_and_it_is_said(folder, monkeypatch, capsys):
    def no_locks(*_: object, **__: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(FileLock, "acquire", no_locks)
    add_stimuli(folder, rows_of(0, 0))
    add_stimuli(folder, rows_of(0, 1))
    assert len(known_stimuli(folder)) == 2
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("cannot be locked (No locks available)") == 1
