"""Outlets with a real port, a real stream and a real file at their other end."""

import threading
import time

import numpy as np
import pytest

from conditions.rig.markers import FileOutlet, LslOutlet, SerialOutlet
from conditions.tables.events import MARKERS
from conditions.tables.files import read_table
from experiment.outlets import line as lines
from experiment.outlets.offset import measured_offset
from experiment.outlets.outlets import Outlets, outlets_of
from tests.experiment.outlets.boxes import PlayedBox, Recorder, wait_for

WHO = {"participant": 3, "session": 1, "run": 2}


def serial(box: PlayedBox, **fields: object) -> SerialOutlet:
    return SerialOutlet(kind="serial", port=str(box.port), **fields)


def begun(*listed, folder=None, told=None) -> Outlets:
    tell = (lambda line: None) if told is None else told.append
    outlets = outlets_of(listed, {"page": 9, "block_begin": 3}, {"participant": 3}, tell)
    began = time.perf_counter()
    outlets.begin(lambda: time.perf_counter() - began, folder, WHO)
    return outlets


def words(outlets: Outlets) -> list[str]:
    return [happened.words for happened in outlets.happened()]


def test_without_outlets_all_of_it_is_nothing():
    before = threading.active_count()
    outlets = begun()
    outlets.send(1)
    outlets.close()
    assert (words(outlets), outlets.facts(), outlets.states(), len(outlets)) == ([], [], [], 0)
    assert threading.active_count() == before


def test_all_outlets_get_all_codes_in_order(tmp_path):
    pylsl = pytest.importorskip("pylsl", reason="requirements-markers.txt is not installed")
    box, stream = PlayedBox(tmp_path / "ttyBOX"), f"markers-{time.time_ns()}"
    of_stream = LslOutlet(kind="lsl", stream=stream, source_id="booth 2")
    listed = of_stream, serial(box), FileOutlet(kind="file")
    outlets = outlets_of(listed, {"page": 9}, {"participant": 3})
    assert [good for _, good in outlets.states()] == [True] * 3
    assert outlets.states()[0][0] == f"lsl: the stream {stream}: nobody reads it yet"
    assert not list(tmp_path.glob("*.csv"))
    # Of a run that is killed there is no number: it would be wrong.
    assert [set(fact) for fact in outlets.facts()] == [{"name", "kind", "place", "open"}] * 3
    recorder = Recorder(stream)
    wait_for(lambda: outlets.states()[0][0].endswith("is read"))
    xml = recorder.info.as_xml()
    assert all(part in xml for part in ("<type>Markers", "<event>page", "<participant>3"))
    assert recorder.info.source_id() == "booth 2"
    began = time.perf_counter() - 1
    outlets.begin(lambda: time.perf_counter() - began, tmp_path, WHO)
    ahead, took = [], []
    for code in range(1, 256):
        # Of a press, which is heard after it was made.
        at = time.perf_counter() - began - 0.01 * (code % 2)
        called = time.perf_counter()
        outlets.send(code, at)
        took.append(time.perf_counter() - called)
        ahead.append(at)
        time.sleep(0.002)
    codes = list(range(1, 256))
    wait_for(lambda: len(recorder.codes) == len(codes))
    recorder.end()
    outlets.close()
    wait_for(lambda: box.codes == codes)
    assert recorder.codes == codes
    # Between two codes the lines rest.
    wait_for(lambda: len(box.bytes) == 2 * len(codes))
    assert bytes(box.bytes) == b"".join(bytes([code, 0]) for code in codes)
    # Each stands for its 5 ms, and they for 1.
    assert box.times[-1] - box.times[0] > 254 * 0.006 - 0.05
    table = read_table(tmp_path / "markers.csv", MARKERS)
    assert table.code.tolist() == codes
    assert table.onset.tolist() == pytest.approx(ahead)
    assert (table.sent >= table.onset).all()
    assert set(table.run) == {2}
    # Streams have the time of what is marked, by their own clock.
    first, last = outlets.facts()[0]["clock_offsets"]
    off = np.array(recorder.times) - np.array(ahead) - first["offset_s"]
    assert np.median(np.abs(off)) < 1e-4
    assert np.abs(off).max() < 5e-3
    assert first["within_s"] < 1e-3
    assert last["offset_s"] == pytest.approx(first["offset_s"], abs=1e-3)
    # What the caller waits for is not what outlets take.
    assert np.median(took) < 1e-3
    assert [(f["sent"], f["lost"]) for f in outlets.facts()] == [(255, 0)] * 3
    said = words(outlets)
    assert said[:3] == ["lsl opened", "serial opened", "file opened"]
    assert said[3].startswith("lsl clock offset ")
    assert said[-3:] == ["lsl closed", "serial closed", "file closed"]
    assert pylsl.library_version() > 0


def test_a_box_that_is_pulled_out_is_named_and_tried_again(tmp_path):
    told, box = [], PlayedBox(tmp_path / "ttyBOX")
    outlets = begun(serial(box), FileOutlet(kind="file"), folder=tmp_path, told=told)
    outlets.send(1)
    wait_for(lambda: box.codes == [1])
    box.pull_out()
    for code in range(2, 7):
        outlets.send(code)
        time.sleep(0.01)
    wait_for(lambda: told)
    assert told[0] == "serial lost: it is gone (its cable, its box)"
    box.plug_in()
    wait_for(lambda: len(told) > 1)
    assert told[1] == "serial back, 5 codes lost"
    outlets.send(7)
    outlets.close()
    # A late marker would be of the wrong moment: those are not sent then.
    wait_for(lambda: box.codes == [1, 7])
    assert read_table(tmp_path / "markers.csv", MARKERS).code.tolist() == list(range(1, 8))
    assert [(f["sent"], f["lost"]) for f in outlets.facts()] == [(2, 5), (7, 0)]
    assert words(outlets)[-2:] == ["serial closed", "file closed"]


def test_what_is_gone_is_seen_while_nothing_is_sent(tmp_path):
    told, box = [], PlayedBox(tmp_path / "ttyBOX")
    outlets = begun(serial(box, name="eeg"), told=told)
    box.pull_out()
    wait_for(lambda: told)
    assert told[0] == "eeg lost: it is gone (its cable, its box)"
    outlets.send(1)
    outlets.close()
    assert words(outlets)[-1] == "eeg closed while lost, 1 code lost"


def test_a_box_that_takes_nothing_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "MOST_WAITING", 20)
    told, box = [], PlayedBox(tmp_path / "ttyBOX", reads=False)
    outlets = begun(serial(box, reset_after_ms="never"), told=told)
    box.fill()
    took, away = [], []
    until = time.monotonic() + 30
    while not told and time.monotonic() < until:
        away.append(outlets.served("serial")[1])
        called = time.perf_counter()
        outlets.send(1 + len(took) % 255)
        took.append(time.perf_counter() - called)
        time.sleep(0.001)
    assert told[0] == "serial lost: Write timeout"
    # So many wait for it, and no more.
    assert away[lines.MOST_WAITING - 1] == 0
    assert max(away) > len(took) - 2 * lines.MOST_WAITING
    assert max(took) < 0.25
    assert np.median(took) < 1e-3
    outlets.close()
    facts = outlets.facts()[0]
    assert facts["sent"] + facts["lost"] == len(took)
    assert facts["lost"] > lines.MOST_WAITING


def test_a_table_with_half_a_row_is_mended_and_goes_on(tmp_path):
    path = tmp_path / "markers.csv"
    outlets = begun(FileOutlet(kind="file"), folder=tmp_path)
    outlets.send(4)
    outlets.close()
    with path.open("ab") as stream:
        stream.write(b"3,1,2,7,0.5")
    outlets = begun(FileOutlet(kind="file"), folder=tmp_path)
    outlets.send(5)
    outlets.close()
    assert read_table(path, MARKERS).code.tolist() == [4, 5]
    assert len(list(tmp_path.glob("markers.torn-*"))) == 1


def test_a_table_whose_folder_is_taken_away_is_lost_and_comes_back(tmp_path):
    folder, told = tmp_path / "data", []
    folder.mkdir()
    outlets = begun(FileOutlet(kind="file"), folder=folder, told=told)
    outlets.send(1)
    wait_for(lambda: outlets.served("file")[0] == 1)
    folder.rename(tmp_path / "away")
    outlets.send(2)
    wait_for(lambda: told)
    assert told == ["file lost: the file is gone"]
    (tmp_path / "away").rename(folder)
    wait_for(lambda: len(told) == 2)
    outlets.send(3)
    outlets.close()
    # The second was written to the file while it was away.
    assert {1, 3} <= set(read_table(folder / "markers.csv", MARKERS).code)


def test_the_closest_of_several_readings_tells_the_offset():
    now = [0.0]
    waits = iter([0.3, 0.1, 0.001, 0.2])

    def ours() -> float:
        return now[0]

    def theirs() -> float:
        wait = next(waits)
        now[0] += wait / 4
        told = 100 + now[0]
        now[0] += 3 * wait / 4
        return told

    offset, within = measured_offset(theirs, ours, readings=4)
    assert within == pytest.approx(0.0005)
    assert abs(offset - 100) <= within
