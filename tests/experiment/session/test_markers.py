"""A whole session whose markers go to a stream, a port and a file at once."""

import threading
import time

import numpy as np
import pandas as pd
import pytest
import yaml

from conditions.tables.events import EVENTS, MARKERS
from conditions.tables.files import read_table
from experiment.records.facts import COMPLETE
from tests.experiment.outlets.boxes import PlayedBox, Recorder
from tests.experiment.rehearsed import check_whole, facts, play, tiny_study

FRAME_S = 1 / 60


def rig_with(folder, *outlets) -> str:
    path = folder / "marked.yaml"
    content = {"name": "marked", "shrink": True, "markers": list(outlets)}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(path)


def test_all_outlets_get_what_the_events_say(tmp_path, screen):
    pytest.importorskip("pylsl", reason="requirements-markers.txt is not installed")
    study, stream = tiny_study(tmp_path / "study"), f"session-{time.time_ns()}"
    box, recorders = PlayedBox(tmp_path / "ttyBOX"), []
    listed = (
        {"kind": "lsl", "stream": stream},
        {"kind": "serial", "port": str(box.port)},
        {"kind": "file"},
    )
    # A recorder waits for the stream, as LabRecorder does that was started first.
    waiting = threading.Thread(target=lambda: recorders.append(Recorder(stream, seconds=60)))
    waiting.start()
    done = play(study, screen, "--rig", rig_with(tmp_path, *listed))
    assert done.returncode == 0, done.stderr
    waiting.join()
    recorders[0].end()
    assert "✓ markers: lsl: the stream session-" in done.stdout
    check_whole(study)
    data = study.session(1)
    events, sent = (
        read_table(data / "events.csv", EVENTS),
        read_table(data / "markers.csv", MARKERS),
    )
    coded = events[events.code.notna()]
    codes = sent.code.tolist()
    # As many as were sent, in order, everywhere.
    assert recorders[0].codes == box.codes == codes
    assert sorted(codes) == sorted(coded.code)
    found = facts(study)["markers"]
    assert found["codes"] == study.study.marker_codes
    assert [(each["sent"], each["lost"]) for each in found["outlets"]] == [(len(codes), 0)] * 3
    # Each within a frame of the onset of its event, on the recorder's own clock too.
    by_time = coded.sort_values(["onset", "code"])
    marked = sent.sort_values(["onset", "code"])
    assert marked.code.tolist() == by_time.code.tolist()
    assert np.abs(marked.onset.to_numpy() - by_time.onset.to_numpy()).max() < 1e-5
    first, last = found["outlets"][0]["clock_offsets"]
    assert first["within_s"] < 1e-3
    assert abs(last["offset_s"] - first["offset_s"]) < 1e-3
    times = np.sort(recorders[0].times) - first["offset_s"]
    assert np.abs(times - np.sort(coded.onset)).max() < FRAME_S
    told = events[events.kind == "marker"].detail
    assert told.str.startswith("lsl clock offset ").sum() == 2
    assert told.tail(3).tolist() == ["lsl closed", "serial closed", "file closed"]
    assert facts(study)["state"] == COMPLETE
    _check_meanings(events, study.study.marker_codes)


def _check_meanings(events: pd.DataFrame, codes: dict[str, int]) -> None:
    words = {code: word for word, code in codes.items()}
    coded = events[events.code.notna()].assign(word=lambda table: table.code.map(words))
    images = coded[(coded.kind == "images") & coded.trial.notna()]
    assert set(images.word) >= {"images_none", "images_natural", "catch_synthetic"}
    catch = images.detail.str.endswith(" catch")
    assert (images.word.str.startswith("catch_") == catch).all()
    presses = coded[coded.kind == "press"]
    asked = events[events.kind.isin(["choice", "confidence"])]
    answered = asked.kind + "_" + asked.detail
    answered = answered.mask(asked.detail.str.startswith("rating "), "rating")
    in_trials = presses.word.str.match("choice|confidence|rating")
    assert presses[in_trials].word.tolist() == answered.tolist()
    for word, kind in (("session_begin", "session"), ("session_end", "session")):
        assert coded[coded.word == word].kind.tolist() == [kind]
    assert {"blank", "page", "feedback_chosen"} <= set(coded.word)
    # What has a code is marked wherever it happens.
    for kind in ("fixation", "blank", "images", "page", "session"):
        assert events[events.kind == kind].code.notna().all(), kind
