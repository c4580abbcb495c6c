"""Sessions of a machine observer: the files they leave, and those that they leave alone."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from analysis.data.study import load_study
from conditions.errors import StudyError
from conditions.stimuli import read_stimuli
from conditions.tables.files import read_table
from conditions.tables.machine import JUDGEMENTS, MACHINE_TRIALS
from experiment.observers.judging import Rule
from experiment.observers.machine import Settings, run_machine
from tests.conftest import ROOT, in_process
from tests.experiment.rehearsed import KINDS, TINY, check_whole, tiny_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_study(tmp_path_factory.mktemp("studies"), participants=3)


def content(folder, name: str, participant: int = 1) -> dict[str, bytes]:
    session = folder.machine_session(name, participant)
    return {path.name: path.read_bytes() for path in session.iterdir()}


def machine(folder, *more: str):
    return in_process("experiment", "machine", str(folder.path), *more)


def test_a_session_leaves_every_trial_as_decided_with_its_repeats(folder):
    done = machine(folder, "--participants", "all", "--embedding", "oracle")
    assert done.returncode == 0, done.stderr
    assert "3 sessions answered, 0 already there" in done.stdout
    session = folder.machine_session("oracle", 1)
    trials = read_table(session / "trials.csv", MACHINE_TRIALS)
    judged = read_table(session / "judgements.csv", JUDGEMENTS)
    assert len(trials) == len(judged) == 21
    assert (trials["phase"] == "repeat").sum() == 6
    assert trials["rt"].isna().all()
    assert trials["started_at"].isna().all()
    shown = trials["condition"] != "none"
    assert trials[shown]["correct"].all()
    assert (judged[~shown]["p_upper"] == 0.5).all()
    facts = json.loads((session / "session.json").read_text())
    assert (facts["observer"], facts["state"], facts["role"]) == ("machine", "complete", "ceiling")
    assert {path.name for path in session.iterdir()} == {
        *("trials.csv", "trials.json", "judgements.csv", "judgements.json"),
        *("session.json", "study.yaml"),
    }


def test_all_sessions_of_a_participant_are_answered(tmp_path):
    sessions = [{"conditions": ["natural"]}, {"conditions": ["none", "synthetic"]}]
    folder = tiny_study(tmp_path, sessions=sessions)
    run_machine(folder, [1], "oracle", Settings(name="whole"))
    trials = read_table(folder.machine_session("whole", 1) / "trials.csv", MACHINE_TRIALS)
    of = trials.groupby("session")["condition"].unique().map(set)
    assert of[1] == {"natural"}
    assert set(trials["session"][trials["phase"] == "repeat"]) == {2}
    assert not {"natural"} & set(
        trials["condition"][(trials["session"] == 2) & (trials["phase"] != "repeat")]
    )


def test_trials_and_repeats_are_those_of_the_condition_file(folder):
    run_machine(folder, [1], "oracle", Settings(name="whole"))
    session = folder.machine_session("whole", 1)
    # check_whole reads a person's table: times are made up for it.
    trials = read_table(session / "trials.csv", MACHINE_TRIALS)
    timed = trials.assign(onset=0.0, dropped_frames=0, max_frame_ms=0.0, started_at="now")
    copy = folder.path / "timed"
    copy.mkdir()
    timed["catch"] = timed["catch"].map({True: "true", False: "false"})
    for name in ("timed_out", "correct"):
        timed[name] = timed[name].map({True: "true", False: "false"})
    timed.to_csv(copy / "trials.csv", index=False)
    check_whole(folder, copy)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(folder):
    for name, seed in (("first", 4), ("second", 4), ("third", 5)):
        run_machine(folder, [1, 2], "pixels", Settings(alpha=1, sampled=True, seed=seed, name=name))
    first, second, third = (content(folder, name) for name in ("first", "second", "third"))
    for file in ("trials.csv", "judgements.csv"):
        assert first[file] == second[file]
    assert first["trials.csv"] != third["trials.csv"]
    assert first["judgements.csv"] == third["judgements.csv"]


def test_the_answers_do_not_depend_on_who_else_is_answered(folder):
    run_machine(folder, [2], "pixels", Settings(name="alone"))
    run_machine(folder, [1, 2, 3], "pixels", Settings(name="together"))
    assert content(folder, "alone", 2)["trials.csv"] == content(folder, "together", 2)["trials.csv"]


def test_a_session_that_is_there_stays_as_it_is(folder):
    run_machine(folder, [1], "statistics", Settings())
    before = content(folder, "statistics")
    assert run_machine(folder, [1, 2], "statistics", Settings()) == [
        folder.machine_session("statistics", 2)
    ]
    with pytest.raises(StudyError, match=r"was answered with alpha 10\.0, now 5; .* --name"):
        run_machine(folder, [1], "statistics", Settings(alpha=5))
    assert content(folder, "statistics") == before


def test_every_kind_and_scheme_can_be_answered(tmp_path):
    first, second = list(KINDS)[:4], list(KINDS)[4:]
    parts = [
        {"name": "all", "conditions": first, "scheme": "Min-Max-9", "main": 2, "catch": 1},
        {"name": "one", "conditions": second, "scheme": "Max-2", "main": 2},
    ]
    # One unit for all catch trials: stand-ins are drawn for what is shown, and that one's
    # photographs are.
    units = TINY["units"] | {"main": TINY["units"]["main"][:2], "practice": ["block02_0015"]}
    kinds = {"references": KINDS, "natural": {"bins": 10, "batches": 9}, "units": units}
    kinds["batches"] = {"offset": {name: i for i, name in enumerate(KINDS)}}
    folder = tiny_study(tmp_path, parts=parts, repeats=None, **kinds)
    for rule in Rule:
        for embedding in ("oracle", "pixels"):
            run_machine(folder, [1], embedding, Settings(rule))
    session = folder.machine_session("oracle", 1)
    trials = read_table(session / "trials.csv", MACHINE_TRIALS)
    judged = read_table(session / "judgements.csv", JUDGEMENTS)
    assert set(trials["condition"]) == set(KINDS)
    dictionary = json.loads((session / "trials.json").read_text(encoding="utf-8"))
    assert dictionary["condition"]["Levels"] == list(KINDS)
    assert trials["correct"].all()
    assert trials["catch"].sum() == 4
    only_max = trials["scheme"] == "Max-2"
    assert judged["upper_to_min"].isna().equals(only_max)
    assert judged["upper_to_max"].notna().all()


def test_the_oracle_goes_by_the_queries_of_a_study_without_photographs(tmp_path):
    kinds = {"references": {"theirs": {"kind": "files"}}, "intuitiveness": [], "repeats": None}
    parts = [{"name": "only", "conditions": ["theirs"], "main": 4}]
    folder = tiny_study(tmp_path, parts=parts, batches={}, **kinds)
    stimuli = read_stimuli(folder)
    assert dict(stimuli.groupby("name")["kind"].first()) == {
        "queries": "photographs",
        "theirs": "files",
    }
    run_machine(folder, [1], "oracle", Settings())
    trials = read_table(folder.machine_session("oracle", 1) / "trials.csv", MACHINE_TRIALS)
    assert trials["correct"].all()


def test_settings_name_the_folder():
    names = [
        Settings(rule="max").folder_name("a:b"),
        Settings(sampled=True, seed=3).folder_name("oracle"),
        Settings(name="my own").folder_name("oracle"),
    ]
    assert names == ["a-b-max", "oracle-seed3", "my-own"]


def test_a_killed_run_leaves_no_half_a_session(folder, monkeypatch):
    from experiment.observers import machine as module

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "write_json", fail)
    with pytest.raises(KeyboardInterrupt):
        run_machine(folder, [1], "pixels", Settings(name="killed"))
    assert list((folder.machine / "killed").iterdir()) == []


def test_people_and_machines_never_mix(folder):
    run_machine(folder, [1], "pixels", Settings(name="mixed"))
    with pytest.raises(StudyError, match="no answered trials"):
        load_study(folder)
    assert not folder.data.exists()


def test_a_changed_image_is_refused(folder):
    trials = pd.read_csv(folder.condition_file(3))
    image = folder.path / trials["upper"].dropna().iloc[0]
    before = image.read_bytes()
    try:
        image.write_bytes(before + b" ")
        with pytest.raises(StudyError, match="sha256 is not that of"):
            run_machine(folder, [3], "pixels", Settings(name="changed"))
    finally:
        image.write_bytes(before)
    assert not (folder.machine / "changed").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "wants --participant N, or --participants"),
        (("--participant", "1", "--participants", "1-2"), "wants --participant N"),
        (("--participants", "7"), "participant-007.csv: no such file"),
        (("--participants", "one"), "--participants: found 'one'"),
        (
            ("--participant", "1", "--embedding", "pixels", "--embedding", "oracle", "--name", "x"),
            "wanted with one --embedding only",
        ),
        (("--participant", "1", "--name", "people"), "--name: found people, which means something"),
        (("--participant", "1", "--fit", "no_such.csv"), "no_such.csv: no such file"),
    ],
)
def test_a_mistake_is_one_clear_message(folder, arguments, words):
    done = machine(folder, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", [("--participants", "1-2"), ("--sampled",), ("--seed", "0")])
def test_its_options_are_not_for_people(folder, option):
    done = in_process("experiment", "run", str(folder.path), "--participant", "1", *option)
    assert done.returncode == 2
    assert "No such option" in done.stderr


def without_torch(folder, embedding: str) -> subprocess.CompletedProcess:
    """Run the observer in a process that can import neither torch nor PsychoPy."""
    script = f"""
import sys
class Forbid:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "torchvision", "stimgen", "psychopy"):
            raise ModuleNotFoundError("No module named " + name, name=name)
sys.meta_path.insert(0, Forbid())
sys.argv = ["experiment", "machine", {str(folder.path)!r},
            "--participant", "1", "--embedding", {embedding!r}, "--name", "lab-{embedding}"]
import runpy
runpy.run_module("experiment", run_name="__main__")
"""
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_lab_pc_without_torch_has_pixels_but_no_networks(folder):
    done = without_torch(folder, "pixels")
    assert done.returncode == 0, done.stderr
    done = without_torch(folder, "efficientnet_lite0")
    assert done.returncode == 2
    assert "embedding efficientnet_lite0: torch is not installed here" in done.stderr
    assert "Traceback" not in done.stderr
