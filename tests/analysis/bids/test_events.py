"""Events in the BIDS data set: a file a run, accepted by the official validator, and whole."""

import json

import pandas as pd
import pytest

from analysis.bids.data_set import write_bids
from conditions.files import write_json
from conditions.folder import open_study
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table, write_table
from conditions.tables.session_facts import read_session_facts
from conditions.tables.sessions import TRIALS
from tests.analysis.bids.validating import errors, validated
from tests.analysis.events import events_of, leave_events, recorded_trials
from tests.analysis.simulated import simulate_study, write_ratings
from tests.conftest import in_process

FIRST = 12
GONE_S = 5000.25


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Five sessions: whole, resumed, resumed from one without events, old, twice begun."""
    folder = open_study("demo", tmp_path_factory.mktemp("studies"))
    simulate_study(folder, 5)
    write_ratings(folder, 2, {"beginning": [5, -5]})
    codes = folder.study.marker_codes
    leave_events(folder, events_of(recorded_trials(folder, 1), codes))
    path = folder.session(1) / "session.json"
    # A study may say of two events that they have one code.
    known = {"codes": codes | {"rated_images": codes["images_natural"]}, "outlets": []}
    write_json(path, read_session_facts(path) | {"markers": known})
    for participant, runs in ((2, (1, 2)), (3, (2,)), (5, (2,))):
        trials = recorded_trials(folder, participant)
        later = trials.index >= FIRST if participant != 5 else trials.index >= 0
        trials.loc[later, "onset"] += GONE_S
        write_table(trials, TRIALS, folder.session(participant) / "trials.csv")
        parts = {1: trials[~later], 2: trials[later]}
        frames = [events_of(parts[run], codes, run) for run in runs]
        if participant == 5:
            begun = frames[0].iloc[:2].assign(run=1, onset=[0.5, 1.5], duration=None)
            frames.insert(0, begun)
        leave_events(folder, *frames)
    return folder


@pytest.fixture(scope="module")
def data_set(study, tmp_path_factory):
    out, told = tmp_path_factory.mktemp("bids") / "set", []
    write_bids(study, out, tell=told.append)
    return out, told


def table(path):
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=["n/a"])


def names(out, participant):
    return sorted(path.name for path in (out / f"sub-00{participant}" / "beh").glob("*.tsv"))


def test_the_official_validator_finds_no_error_with_events(data_set):
    found = validated(data_set[0])
    assert errors(found) == []
    assert any("_events.tsv" in str(path) for path in data_set[0].rglob("*.tsv"))


def test_there_is_a_file_a_run_and_none_of_sessions_without_events(data_set):
    out, told = data_set
    assert names(out, 1) == ["sub-001_task-demo_beh.tsv", "sub-001_task-demo_events.tsv"]
    assert names(out, 2) == [
        "sub-002_task-demoIntuitiveness_beh.tsv",
        *(f"sub-002_task-demo_run-{run}_{of}.tsv" for run in (1, 2) for of in ("beh", "events")),
    ]
    assert names(out, 3) == [
        "sub-003_task-demo_run-1_beh.tsv",
        "sub-003_task-demo_run-2_beh.tsv",
        "sub-003_task-demo_run-2_events.tsv",
    ]
    assert names(out, 4) == ["sub-004_task-demo_beh.tsv"]
    assert names(out, 5) == [
        "sub-005_task-demo_run-1_events.tsv",
        "sub-005_task-demo_run-2_beh.tsv",
        "sub-005_task-demo_run-2_events.tsv",
    ]
    assert "Without events, which their sessions do not have: participant 4." in told
    assert any(text.startswith("Participant 3: 12 trials (") for text in told)


def test_events_are_those_of_the_session_and_described(data_set, study):
    path = data_set[0] / "sub-001" / "beh" / "sub-001_task-demo_events.tsv"
    written, events = table(path), read_table(study.session(1) / "events.csv", EVENTS)
    assert list(written)[:3] == ["onset", "duration", "trial_type"]
    assert written["onset"].is_monotonic_increasing
    assert written["onset"].tolist() == events["onset"].tolist()
    assert written["trial_type"].tolist() == events["kind"].tolist()
    for name, of in (("trial", "trial"), ("value", "code")):
        assert written[name].fillna(-1).astype(int).tolist() == events[of].fillna(-1).tolist()
    presses = written[written["trial_type"] == "press"]
    assert (presses["duration"] == 0).all()
    sidecar = json.loads(path.with_suffix(".json").read_text())
    assert set(written) <= set(sidecar)
    assert all(sidecar[name]["Description"] for name in written)
    assert set(sidecar["trial_type"]["Levels"]) >= set(written["trial_type"])
    assert sidecar["value"]["Levels"]["21"] == "images_natural or rated_images"
    assert {f"{code:.0f}" for code in written["value"].dropna()} <= set(sidecar["value"]["Levels"])
    assert sidecar["StimulusPresentation"]["SoftwareName"] == "PsychoPy"


def test_onsets_of_a_later_run_count_from_its_start_in_both_tables(data_set, study):
    folder = data_set[0] / "sub-002" / "beh"
    trials = recorded_trials(study, 2)
    parts = [table(folder / f"sub-002_task-demo_run-{run}_beh.tsv") for run in (1, 2)]
    assert [len(part) for part in parts] == [FIRST, len(trials) - FIRST]
    assert pd.concat(parts)["trial"].tolist() == trials["trial"].tolist()
    assert parts[0]["onset"].tolist() == trials["onset"][:FIRST].tolist()
    path = folder / "sub-002_task-demo_run-2_events.tsv"
    events = table(path)
    assert events["onset"].min() == 0
    assert set(events["run"]) == {2}
    images = events[events["trial_type"] == "images"]
    assert images["onset"].tolist() == pytest.approx(parts[1]["onset"].tolist(), abs=1e-6)
    start = trials["onset"][FIRST] - 4
    for of in ("beh", "events"):
        sidecar = path.with_name(path.name.replace("events.tsv", f"{of}.json"))
        assert f"{start:.6f} s after" in json.loads(sidecar.read_text())["onset"]["Description"]


def test_damaged_events_are_named_and_the_rest_is_written(study, tmp_path):
    path = study.session(4) / "events.csv"
    path.write_bytes(b"\0" * 512)
    done = in_process("analysis", "bids", str(study.path), str(tmp_path / "out"))
    path.unlink()
    assert done.returncode == 0, done.stderr
    assert "The events are left aside: events.csv: not a readable table" in done.stdout
    assert names(tmp_path / "out", 4) == ["sub-004_task-demo_beh.tsv"]
