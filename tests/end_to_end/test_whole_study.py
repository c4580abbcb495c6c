"""A whole small study by the commands: real network, photographs, window, keys, machines."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from analysis.data.machine import load_machines
from analysis.planning.machines.difficulty import difficulty_table, flags_table
from conditions.check import images_of
from conditions.files import sha256_of
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.tables.condition_file import CONDITION_FILE, LEFT_COLUMNS, RIGHT_COLUMNS
from conditions.tables.files import read_table
from conditions.tables.sessions import PRESSES, TRIALS
from conditions.tables.stimuli import POOL, STIMULI, UNITS
from experiment.screen.layout import trial_layout
from tests.analysis.bids.validating import errors, validated
from tests.conftest import command, in_process

pytestmark = [pytest.mark.slow, pytest.mark.window]


# A trial with references.
SHOWN = 12
NETWORK = "efficientnet_lite0-block12"


@pytest.fixture(scope="module")
def study(tmp_path_factory, screen) -> StudyFolder:
    """The demo with smaller images, fewer steps and a faster session; machines, and one person."""
    root = tmp_path_factory.mktemp("studies")
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {"name": "small", "image": {"resize": 108, "crop": 96}}
    content["references"]["synthetic"] |= {"steps": 10, "learning_rate": 0.2}
    content["timing"] = {
        "fixation": 0.05,
        "feedback_delay": 0.05,
        "feedback": 0.1,
        "blank": 0.05,
        "reading": 0.1,
    }
    path = root / "small.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    base = ["--root", str(root)]
    play = ["--participant", "1", *base]
    observers = ["--embedding", "pixels", "--embedding", "efficientnet_lite0"]
    observers += ["--embedding", "oracle", "--participants", "all"]
    shown = ["--observer", "scripted", "--script", "hasty", "--rig", "full_hd"]
    picture = ["--trial", str(SHOWN), "--out", str(root / "s.png")]
    # A process of its own for a command of each room, and for those that open a window.
    alone, here = partial(command, env=screen), in_process
    for how, *arguments in (
        (alone, "stimgen", "all", str(path), *base),
        (alone, "conditions", "build", str(path), "--participants", "1-6", *base),
        (here, "conditions", "check", str(path), *base),
        (here, "experiment", "machine", str(path), *observers, *base),
        (here, "analysis", "difficulty", str(path), *base),
        (here, "stimgen", "preview", str(path), *base),
        (alone, "experiment", "screenshot", str(path), *picture, *play),
        (alone, "experiment", "run", str(path), *shown, *play),
        (alone, "analysis", "report", str(root / "small")),
    ):
        done = how(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return open_study(str(root / "small"), root)


@pytest.fixture(scope="module")
def stimuli(study) -> pd.DataFrame:
    return read_table(study.stimuli_table, STIMULI)


def test_every_image_of_the_condition_files_is_there_and_unchanged(study, stimuli):
    listed = stimuli.set_index("path")["sha256"]
    for participant in (1, 6):
        trials = read_table(study.condition_file(participant), CONDITION_FILE)
        for image in images_of(trials):
            assert sha256_of(study.path / image) == listed[image]


def test_no_photograph_is_twice_in_a_batch(stimuli):
    natural = stimuli[stimuli["name"] == "natural"]
    photographs = natural.source.str.partition("[")[0]
    assert (
        not natural.assign(photograph=photographs).duplicated(["unit", "batch", "photograph"]).any()
    )
    assert len(natural) == 9 * 2 * 10 * 4


def test_natural_images_are_more_extreme_outwards(stimuli):
    natural = stimuli[stimuli["name"] == "natural"]
    for _, rows in natural.groupby(["unit", "batch", "pole"]):
        # Re-measured after rounding to 8 bits, neighbours may come close but not far apart.
        assert rows.sort_values("rank").activation.is_monotonic_increasing or (
            np.diff(rows.sort_values("rank").activation).min() > -0.05
        )


def test_synthetic_images_beat_the_median_of_the_pool_in_their_direction(study, stimuli):
    median = read_table(study.pool_table, POOL).set_index("unit")["median"]
    synthetic = stimuli[stimuli["name"] == "synthetic"]
    assert len(synthetic) == 9 * 2 * 10
    beyond = synthetic.activation - synthetic.unit.map(median).astype(float)
    assert (beyond[synthetic.pole == "max"] > 0).all()
    assert (beyond[synthetic.pole == "min"] < 0).all()


def test_trials_hold_what_the_observer_pressed(study):
    trials = read_table(study.session(1) / "trials.csv", TRIALS)
    decided = read_table(study.condition_file(1), CONDITION_FILE)
    presses = read_table(study.session(1) / "presses.csv", PRESSES)
    assert trials["trial"].tolist() == decided["trial"].tolist()
    shared = [c for c in CONDITION_FILE.column_names if c in TRIALS.column_names]
    pd.testing.assert_frame_equal(trials[shared], decided[shared])
    keys = presses[presses.trial.notna()].pivot(index="trial", columns="question", values="key")
    assert (
        trials["response"].tolist() == keys["choice"].map({"up": "upper", "down": "lower"}).tolist()
    )
    assert trials["confidence"].tolist() == keys["confidence"].astype(int).tolist()
    assert (trials["correct"] == (trials["response"] == trials["correct_response"])).all()
    pressed = presses[presses.question == "choice"]["rt"].to_numpy()
    # The observer counts from a moment after the flip, and its press takes a moment to arrive.
    assert np.median(np.abs(trials["rt"].to_numpy() - pressed)) < 0.01


def test_a_trial_on_the_screen_has_the_pixels_of_its_images(study):
    trial = read_table(study.condition_file(1), CONDITION_FILE).set_index("trial").loc[SHOWN]
    picture = np.asarray(Image.open(study.path.parent / "s.png"))
    assert picture.shape == (1080, 1920, 3)
    layout = trial_layout((1920, 1080), 96)
    places = dict(zip(LEFT_COLUMNS, layout.left, strict=True))
    places |= dict(zip(RIGHT_COLUMNS, layout.right, strict=True))
    places |= {"upper": layout.upper, "lower": layout.lower}
    for column, (x, y) in places.items():
        left, upper = 960 + x - 48, 540 - y - 48
        shown = picture[upper : upper + 96, left : left + 96]
        stored = np.asarray(Image.open(study.path / trial[column]).convert("RGB"))
        np.testing.assert_array_equal(shown, stored, err_msg=column)


def test_everything_says_where_it_came_from(study):
    for kind in ("natural", "synthetic"):
        facts = json.loads((study.stimuli / kind / "provenance.json").read_text())
        assert facts["study_sha256"] == study.study.fingerprint()
        assert len(facts["weights_sha256"]) == 64
        assert facts["versions"]["torch"]
    session = json.loads((study.session(1) / "session.json").read_text())
    assert session["state"] == "complete"
    assert session["keyboard_backend"] == "ptb"
    assert session["condition_file_sha256"] == sha256_of(study.condition_file(1))
    assert (study.session(1) / "study.yaml").read_bytes() == study.study_file.read_bytes()


def test_the_report_is_one_file_with_its_figures(study):
    page = (study.report / "report.html").read_text(encoding="utf-8")
    assert "data:image" in page or "<svg" in page
    assert 'src="figures' not in page


def test_units_and_preview_are_there(study):
    units = read_table(study.units_table, UNITS)
    page = study.preview.read_text(encoding="utf-8")
    assert all(unit in page for unit in units["unit"])
    links = [Path(part.split('"')[0]) for part in page.split('src="')[1:]]
    assert links
    assert all((study.stimuli / link).is_file() for link in links)


@pytest.fixture(scope="module")
def difficulty(study) -> pd.DataFrame:
    return difficulty_table(load_machines(study))


@pytest.fixture(scope="module")
def accuracy(difficulty) -> pd.DataFrame:
    """Observers by condition: share of right answers and predicted accuracy."""
    return difficulty.groupby(["observer", "condition"])[["right", "predicted"]].mean()


@pytest.mark.parametrize("condition", ["natural", "synthetic"])
def test_the_oracle_is_the_ceiling_pixels_the_floor_and_a_network_between(accuracy, condition):
    assert accuracy.loc[("oracle", condition), "right"] >= 0.99
    for measure in ("right", "predicted"):
        pixels, network, oracle = (
            accuracy.loc[(name, condition), measure] for name in ("pixels", NETWORK, "oracle")
        )
        assert pixels <= network <= oracle
    assert (
        accuracy.loc[("pixels", condition), "predicted"]
        < (accuracy.loc[(NETWORK, condition), "predicted"])
    )
    assert accuracy.loc[(NETWORK, condition), "right"] > 0.7


def test_nobody_knows_anything_without_references(accuracy):
    assert (accuracy.xs("none", level="condition")["predicted"] == 0.5).all()


def test_no_unit_contradicts_its_references(difficulty):
    flags = flags_table(difficulty)
    assert "contradictory" not in flags["flag"].tolist()


def test_the_preview_holds_the_predictions(study):
    page = study.preview.read_text(encoding="utf-8")
    assert page.count('<table class="difficulty">') == 6
    assert NETWORK in page


def test_the_events_of_a_session_are_on_its_page_and_in_a_valid_bids_data_set(study, tmp_path):
    done = in_process("analysis", "session", str(study.path), "1")
    assert done.returncode == 0, done.stderr
    # Made by one program at one time, they agree; a loaded machine may stall.
    for word in ("events", "marker", "another window", "keys were pressed"):
        assert not [line for line in done.stdout.splitlines() if word in line.lower()]
    page = study.session_page(1).read_text(encoding="utf-8")
    assert "Time line of 1 run of" in page
    assert "trials: 25" in page
    out = tmp_path / "bids"
    done = in_process("analysis", "bids", str(study.path), str(out))
    assert done.returncode == 0, done.stderr
    path = out / "sub-001" / "beh" / "sub-001_task-small_events.tsv"
    events = pd.read_csv(path, sep="\t", na_values=["n/a"])
    trials = read_table(study.session(1) / "trials.csv", TRIALS)
    images = events[(events["trial_type"] == "images") & events["trial"].notna()]
    assert images["trial"].tolist() == trials["trial"].tolist()
    assert np.abs(images["onset"].to_numpy() - trials["onset"].to_numpy()).max() < 1e-4
    assert errors(validated(out)) == []


def test_a_second_run_does_only_what_is_missing(study, screen):
    gone = study.path / "stimuli/synthetic/block02_0004/max_3.png"
    kept = study.path / "stimuli/synthetic/block08_0062/max_3.png"
    content, kept_at = gone.read_bytes(), kept.stat().st_mtime_ns
    gone.unlink()
    done = in_process("stimgen", "all", str(study.path))
    assert done.returncode == 0, done.stderr
    assert "natural images of 9 units are there" in done.stdout
    assert gone.read_bytes() == content
    assert kept.stat().st_mtime_ns == kept_at


def test_a_used_participant_number_cannot_be_taken_again(study, screen):
    table = study.session(1) / "trials.csv"
    before = table.read_bytes()
    play = ["experiment", "run", str(study.path), "--participant", "1", "--observer", "scripted"]
    done = command(*play, env=screen)
    assert done.returncode == 2
    assert "participant 1 has 25 answered trials" in done.stderr
    assert command(*play, "--resume", env=screen).returncode == 2
    assert "session is complete" in command(*play, "--as-needed", env=screen).stdout
    assert table.read_bytes() == before


def test_a_changed_image_stops_the_session_before_it_begins(study, screen):
    image = study.path / "stimuli/synthetic/block08_0062/max_3.png"
    content = image.read_bytes()
    try:
        image.write_bytes(content[:100])
        done = command("experiment", "run", str(study.path), "--participant", "2", env=screen)
    finally:
        image.write_bytes(content)
    assert done.returncode == 2
    assert f"{image}: sha256 is not that of" in done.stderr
    assert not study.session(2).exists()


def test_another_screen_than_the_rigs_stops_the_session(study, screen, tmp_path):
    rig = tmp_path / "lab.yaml"
    rig.write_text("name: lab\nresolution: [1280, 1024]\n", encoding="utf-8")
    done = command(
        "experiment", "run", str(study.path), "--participant", "2", "--rig", str(rig), env=screen
    )
    assert done.returncode == 2
    assert "rig lab: the screen has 1920 × 1080 px, wanted 1280 × 1024 px" in done.stderr
