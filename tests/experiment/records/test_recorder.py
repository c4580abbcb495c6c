"""Growing tables: a row is on disk when the call returns, and nothing there is touched."""

import os

import pytest

from conditions.errors import StudyError
from conditions.tables.files import read_table
from conditions.tables.sessions import FRAMES, PRESSES
from experiment.records.recorder import TableRecorder, mend, whole_rows

ROW = {"trial": 0, "frame": 1, "interval_ms": 16.7}


def test_a_row_is_on_disk_at_once(tmp_path, monkeypatch):
    synchronised = []
    monkeypatch.setattr(os, "fsync", synchronised.append)
    path = tmp_path / "frames.csv"
    recorder = TableRecorder(path, FRAMES)
    before = len(synchronised)
    recorder.append(ROW)
    assert len(synchronised) == before + 1
    assert path.read_text(encoding="utf-8").splitlines()[-1] == "0,1,16.7"
    assert len(read_table(path, FRAMES)) == 1


def test_a_second_recorder_goes_on_after_the_first(tmp_path):
    path = tmp_path / "frames.csv"
    for frame in (1, 2):
        recorder = TableRecorder(path, FRAMES)
        recorder.append(ROW | {"frame": frame})
        recorder.close()
    assert read_table(path, FRAMES)["frame"].tolist() == [1, 2]


def test_missing_values_are_empty_and_unknown_columns_an_error(tmp_path):
    recorder = TableRecorder(tmp_path / "presses.csv", PRESSES)
    recorder.append({"question": "page", "key": "space", "rt": 0.5})
    assert read_table(tmp_path / "presses.csv", PRESSES)["trial"].isna().all()
    with pytest.raises(KeyError, match="answer"):
        recorder.append({"question": "page", "key": "space", "rt": 0.5, "answer": 1})


def test_a_cell_with_line_ends_stays_one_cell(tmp_path):
    recorder = TableRecorder(tmp_path / "presses.csv", PRESSES)
    recorder.append({"question": "page", "key": "a\rb\nc", "rt": 0.5})
    assert read_table(tmp_path / "presses.csv", PRESSES)["key"].tolist() == ["a\rb\nc"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "column 1: found 'a', wanted 'trial'"),
        ("trial,frame\n0,1\n", "column 3: found none, wanted 'interval_ms'"),
        ("trial,frame,interval_ms\n0,1", "not whole"),
        ("trial,frame,interval_ms", "not whole"),
    ],
)
def test_a_file_that_does_not_fit_is_left_alone(tmp_path, content, words):
    path = tmp_path / "frames.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StudyError, match=words):
        TableRecorder(path, FRAMES)
    assert path.read_bytes() == content.encode()


@pytest.mark.parametrize("kept", [b"trial,frame,interval_ms\n0,1,16.7\n", b""])
def test_a_torn_end_is_cut_off_and_kept_beside(tmp_path, kept):
    path = tmp_path / "frames.csv"
    path.write_bytes(kept + b"0,2,1")
    beside = mend(path)
    assert beside.read_bytes() == b"0,2,1"
    assert (path.read_bytes() if path.exists() else b"") == kept
    TableRecorder(path, FRAMES).append(ROW | {"frame": 2})
    assert read_table(path, FRAMES)["frame"].tolist() == ([1, 2] if kept else [2])


def test_an_empty_file_of_a_full_disk_is_in_nobodys_way(tmp_path):
    path = tmp_path / "frames.csv"
    path.write_bytes(b"")
    assert mend(path) is None
    TableRecorder(path, FRAMES).append(ROW)
    assert len(read_table(path, FRAMES)) == 1


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_rows_are_added_with_the_line_ends_that_a_spreadsheet_left(tmp_path, mark):
    path = tmp_path / "frames.csv"
    TableRecorder(path, FRAMES).append(ROW)
    saved = mark + path.read_text(encoding="utf-8")
    path.write_bytes(saved.replace("\n", "\r\n").encode())
    assert mend(path) is None
    TableRecorder(path, FRAMES).append(ROW | {"frame": 2})
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n") == 3
    assert read_table(path, FRAMES)["frame"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("newline", "encoding", "words"),
    [("\r", "utf-8", "lines"), ("\n", "utf-16", "bytes"), ("\r\n", "utf-16", "bytes")],
)
def test_what_another_program_saved_is_not_one_torn_row(tmp_path, newline, encoding, words):
    path = tmp_path / "frames.csv"
    rows = ["trial,frame,interval_ms", "0,1,16.7", "0,2,16.7", ""]
    content = newline.join(rows).encode(encoding)
    path.write_bytes(content)
    assert mend(path) is None
    with pytest.raises(StudyError, match=rf"found {words} .* put back the file"):
        TableRecorder(path, FRAMES)
    assert path.read_bytes() == content


def test_a_table_and_its_header_appear_in_one_step(tmp_path, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        TableRecorder(tmp_path / "frames.csv", FRAMES)
    assert [path.name for path in tmp_path.iterdir()] == ["frames.json"]


def test_whole_rows_are_left_as_they_are(tmp_path):
    path = tmp_path / "frames.csv"
    assert mend(path) is None
    TableRecorder(path, FRAMES).append(ROW)
    before = path.read_bytes()
    assert mend(path) is None
    assert path.read_bytes() == before
    assert whole_rows(path) == 1


def test_a_file_that_was_taken_away_is_noticed(tmp_path):
    """The system goes on writing to it without an error."""
    recorder = TableRecorder(tmp_path / "frames.csv", FRAMES)
    (tmp_path / "frames.csv").rename(tmp_path / "elsewhere.csv")
    with pytest.raises(FileNotFoundError):
        recorder.append(ROW)
