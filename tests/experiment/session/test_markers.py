"""A whole session whose markers go to a stream, two ports and a file; some of it dies meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from itertools import count

import numpy as np
import pandas as pd
import pytest
import yaml

from conditions.tables.events import EVENTS, MARKERS
from conditions.tables.files import read_table
from experiment.outlets.serial_port import PATIENCE_S
from experiment.records.facts import COMPLETE
from experiment.records.recorder import whole_rows
from tests.experiment.outlets.boxes import PlayedBox, Recorder, wait_for
from tests.experiment.rehearsed import check_whole, facts, play, presses, tiny_study

# Trials of the session, where it is not the tiny one (make test-thorough).
MARKED = int(os.environ.get("MARKED", "0"))
FRAME_S = 1 / 60
# Another recorder, in a process that can be killed.
RECORDS = """
import sys
from tests.experiment.outlets.boxes import Recorder
recorder = Recorder(sys.argv[1], seconds=60)
print("records", flush=True)
sys.stdin.read()
"""
pytestmark = pytest.mark.slow


def study_of(folder):
    if not MARKED:
        return tiny_study(folder)
    channels = ((f"block08_{i:04d}" for i in count()), (f"block13_{i:04d}" for i in count()))
    main = [next(channels[i % 2]) for i in range(MARKED)]
    part = {"name": "references", "conditions": ["natural"], "scheme": "Max-1", "main": MARKED}
    return tiny_study(
        folder,
        units={"main": main, "practice": ["block02_0015"]},
        natural={"bins": 2, "batches": 2},
        parts=[part],
        batches={"offset": {"natural": 0}},
        intuitiveness=[],
        repeats=None,
    )


@dataclass
class Marked:
    """What a session left, and what was recorded beside it."""

    study: object
    stdout: str
    recorder: Recorder
    box: PlayedBox
    pulled: PlayedBox

    def table(self, table):
        return read_table(self.study.session(1) / f"{table.name}.csv", table)


@pytest.fixture(scope="module")
def marked(tmp_path_factory, screen) -> Marked:
    pytest.importorskip("pylsl", reason="requirements-markers.txt is not installed")
    folder = tmp_path_factory.mktemp("marked")
    study, stream = study_of(folder / "study"), f"session-{time.time_ns()}"
    box, pulled = PlayedBox(folder / "ttyBOX"), PlayedBox(folder / "ttyPULLED")
    listed = [
        {"kind": "lsl", "stream": stream},
        {"kind": "serial", "port": str(box.port)},
        {"kind": "serial", "name": "pulled", "port": str(pulled.port), "reset_after_ms": "never"},
        {"kind": "file"},
    ]
    rig, recorders = folder / "marked.yaml", []
    rig.write_text(
        yaml.safe_dump({"name": "marked", "shrink": True, "markers": listed}), encoding="utf-8"
    )
    # Recorders wait for the stream, as LabRecorder does that was started first.
    doomed = subprocess.Popen(
        [sys.executable, "-c", RECORDS, stream],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    trials = study.session(1) / "trials.csv"
    wanted = whole_rows(study.condition_file(1))

    def beside() -> None:
        recorders.append(Recorder(stream, seconds=60))
        wait_for(lambda: whole_rows(trials) > wanted // 4, 300)
        assert doomed.stdout.readline() == "records\n"
        doomed.send_signal(signal.SIGKILL)
        pulled.pull_out()
        wait_for(lambda: whole_rows(trials) > wanted // 2, 300)
        pulled.plug_in()

    thread = threading.Thread(target=beside)
    thread.start()
    done = play(study, screen, "--rig", str(rig))
    thread.join()
    doomed.communicate()
    recorders[0].end()
    assert done.returncode == 0, done.stderr
    return Marked(study, done.stdout, recorders[0], box, pulled)


def test_all_outlets_get_what_the_events_say(marked):
    events, sent = marked.table(EVENTS), marked.table(MARKERS)
    assert "✓ markers: lsl: the stream session-" in marked.stdout
    coded, codes = events[events.code.notna()], sent.code.tolist()
    # As many as were sent, in order, everywhere.
    assert marked.recorder.codes == marked.box.codes == codes
    assert sorted(codes) == sorted(coded.code)
    found = facts(marked.study)["markers"]
    assert found["codes"] == marked.study.study.marker_codes
    outlets = {each["name"]: each for each in found["outlets"]}
    for name in ("lsl", "serial", "file"):
        assert (outlets[name]["sent"], outlets[name]["lost"]) == (len(codes), 0)
    # Each within a frame of the onset of its event, on the recorder's own clock too.
    by_time = coded.sort_values(["onset", "code"])
    as_sent = sent.sort_values(["onset", "code"])
    assert as_sent.code.tolist() == by_time.code.tolist()
    assert np.abs(as_sent.onset.to_numpy() - by_time.onset.to_numpy()).max() < 1e-5
    first, last = outlets["lsl"]["clock_offsets"]
    assert first["within_s"] < 1e-3
    assert abs(last["offset_s"] - first["offset_s"]) < 1e-3
    times = np.sort(marked.recorder.times) - first["offset_s"]
    assert np.abs(times - np.sort(coded.onset)).max() < FRAME_S
    told = events[events.kind == "marker"].detail
    assert told.str.startswith("lsl clock offset ").sum() == 2
    closed = ["lsl closed", "serial closed", "pulled closed", "file closed"]
    assert told.tail(4).tolist() == closed


def test_what_dies_in_mid_session_is_named_and_changes_no_trial(marked):
    trials = check_whole(marked.study)
    found = facts(marked.study)
    assert found["state"] == COMPLETE
    codes = marked.table(MARKERS).code.tolist()
    outlet = next(each for each in found["markers"]["outlets"] if each["name"] == "pulled")
    assert outlet["sent"] + outlet["lost"] == len(codes)
    assert outlet["lost"] > 0
    # What came while it was away was not sent later: all before, none meanwhile, all after.
    got, n = marked.pulled.codes, outlet["lost"]
    begins = next(i for i, code in enumerate([*got, None]) if code != codes[i])
    assert any(got == codes[:i] + codes[i + n :] for i in range(begins + 1))
    events = marked.table(EVENTS)
    told = events[(events.kind == "marker") & events.detail.str.startswith("pulled")].detail
    opened, lost, back, _ = told
    assert opened == "pulled opened"
    assert lost == "pulled lost: it is gone (its cable, its box)"
    assert back == f"pulled back, {n} codes lost"
    assert f"– markers: {lost}" in marked.stdout
    assert f"– markers: {back}" in marked.stdout
    # The script's own clock knows when it pressed.
    answered = trials[trials.rt.notna()].rt.to_numpy()
    pressed = presses(marked.study, "choice").rt.to_numpy()
    errors = 1000 * (answered - pressed[: len(answered)])
    assert abs(np.median(errors)) < 5
    assert np.percentile(np.abs(errors), 95) < 100
    # A trial that waited for the port would have waited for so long; a busy machine takes less.
    assert np.abs(errors).max() < 1000 * PATIENCE_S


def test_codes_mean_what_the_study_says(marked):
    events, codes = marked.table(EVENTS), marked.study.study.marker_codes
    words = {code: word for word, code in codes.items()}
    coded = events[events.code.notna()].assign(word=lambda table: table.code.map(words))
    images = coded[(coded.kind == "images") & coded.trial.notna()]
    wanted = {"images_natural"} if MARKED else {"images_none", "images_natural", "catch_synthetic"}
    assert set(images.word) >= wanted
    catch = images.detail.str.endswith(" catch")
    assert (images.word.str.startswith("catch_") == catch).all()
    asked = events[events.kind.isin(["choice", "confidence"])]
    answered = asked.kind + "_" + asked.detail
    answered = answered.mask(asked.detail.str.startswith("rating "), "rating")
    of_press = coded[coded.kind == "press"]
    in_trials = of_press.word.str.match("choice|confidence|rating")
    assert of_press[in_trials].word.tolist() == answered.tolist()
    for word in ("session_begin", "session_end"):
        assert coded[coded.word == word].kind.tolist() == ["session"]
    assert {"blank", "page", "feedback_chosen"} <= set(coded.word)
    # What has a code is marked wherever it happens.
    for kind in ("blank", "images", "page", "session"):
        assert events[events.kind == kind].code.notna().all(), kind
    assert pd.isna(events[events.kind == "marker"].code).all()
