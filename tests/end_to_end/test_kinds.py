"""Six kinds of reference images, two of them from elsewhere: from the study file to the ranking."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from analysis.__main__ import app as analysis
from analysis.statistics.ranking.table import RANKING_TABLE
from conditions.__main__ import app as conditions
from conditions.check import images_of
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.stimuli import read_stimuli
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table
from experiment.__main__ import app as experiment
from stimgen.__main__ import app as stimgen
from tests.analysis.simulated import simulate_session, write_session
from tests.conftest import command
from tests.stimgen.small_pictures import write_pictures

pytestmark = [pytest.mark.slow, pytest.mark.window]

MAIN = ["block02_0004", "block02_0007", "block08_0031", "block08_0062"]
PRACTICE = ["block02_0015"]
SIDE, SHOWN, PARTICIPANTS = 96, 2, 6
KINDS = {
    "photos": {"kind": "photographs"},
    "dreams": {"kind": "visualisation", "images": SHOWN, "steps": 6, "learning_rate": 0.2},
    "parts": {"kind": "crops", "of": "photos", "side": 40},
    "theirs": {"kind": "files", "images": SHOWN},
    "others": {"kind": "files", "images": SHOWN, "fit": "exact"},
    "changed": {"kind": "accentuation", "of": "photos", "steps": 4},
}


def draw(path: Path, seed: int, side: int) -> None:
    """An image that no pool has, as another tool may have made it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).integers(0, 256, (side // 8, side // 8, 3), np.uint8)
    Image.fromarray(values).resize((side, side), Image.Resampling.BICUBIC).save(path)


def from_elsewhere(place: Path) -> dict[str, Path]:
    """Two folders of images: one with a manifest, one laid out by unit and rank."""
    wanted = [(u, p, r) for u in MAIN + PRACTICE for p in ("min", "max") for r in range(SHOWN)]
    rows = []
    for i, (unit, pole, rank) in enumerate(wanted):
        draw(place / "theirs" / f"image {i}.jpg", i, 128)
        rows.append({"unit": unit, "pole": pole, "rank": rank, "file": f"image {i}.jpg"})
        draw(place / "others" / unit / f"{pole}_{rank}.png", 1000 + i, SIDE)
    manifest = pd.DataFrame(rows).assign(tool="diffusion", version="2", prompt="what it likes")
    manifest.to_csv(place / "theirs" / "manifest.csv", index=False)
    return {name: place / name for name in ("theirs", "others")}


@pytest.fixture(scope="module")
def study(tmp_path_factory, screen) -> StudyFolder:
    root = tmp_path_factory.mktemp("kinds")
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    (root / "pool").mkdir()
    write_pictures(root / "pool", 64)
    content |= {
        "name": "six",
        "image": {"resize": SIDE + 12, "crop": SIDE},
        "units": {"main": MAIN, "practice": PRACTICE},
        "natural": {"pool": str(root / "pool"), "bins": SHOWN + 1, "batches": 8},
        "references": KINDS,
        "parts": [
            {"name": "before", "conditions": ["none"], "main": 4},
            {
                "name": "references",
                "conditions": list(KINDS),
                "order": "latin_square",
                "scheme": f"Min-Max-{SHOWN}",
                "main": 4,
            },
        ],
        "batches": {"offset": {name: i for i, name in enumerate(["none", *KINDS])}},
        "timing": {"fixation": 0, "feedback_delay": 0.03, "feedback": 0.05, "blank": 0.03},
    }
    file = root / "six.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    steps = [(stimgen, "natural", file, "--workers", "0")]
    steps += [(stimgen, "bring", file, *item) for item in from_elsewhere(root).items()]
    steps += [
        (stimgen, "references", file),
        (stimgen, "preview", file),
        (conditions, "build", file, "--participants", f"1-{PARTICIPANTS}"),
        (conditions, "check", file),
        (experiment, "machine", file, "--participants", "all", "--embedding", "pixels"),
    ]
    for app, name, *arguments in steps:
        app([name, *map(str, arguments), "--root", str(root)], standalone_mode=False)
    folder = open_study(str(root / "six"), root)
    run = ["experiment", "run", str(folder.path), "--participant", "1"]
    done = command(*run, "--observer", "scripted", "--script", "hasty", env=screen)
    assert done.returncode == 0, done.stderr
    # A ranking takes a second person, who need not sit through a session.
    write_session(folder, simulate_session(folder.study, 2, np.random.default_rng(2)))
    for name in ("ranking", "report"):
        analysis([name, str(folder.path)], standalone_mode=False)
    return folder


def test_every_kind_has_its_images_and_each_trial_those_of_its_kind(study):
    stimuli = read_stimuli(study)
    kinds = {name: kind["kind"] for name, kind in KINDS.items()}
    assert dict(stimuli.groupby("name")["kind"].first()) == kinds
    assert set(stimuli["method"].dropna()) >= {"fourier", "diffusion 2"}
    listed = dict(zip(stimuli["path"], stimuli["name"], strict=True))
    for participant in range(1, PARTICIPANTS + 1):
        trials = read_table(study.condition_file(participant), CONDITION_FILE)
        assert set(images_of(trials)) <= set(listed)
        for name, rows in trials[trials["condition"] != "none"].groupby("condition"):
            assert len(rows) == len(MAIN)
            columns = [f"{side}_{i}" for side in ("left", "right") for i in range(1, SHOWN + 1)]
            assert {listed[path] for path in rows[columns].to_numpy().ravel()} == {name}
            assert {listed[path] for path in rows["upper"]} == {"photos"}


def test_each_kind_follows_each_other_once_over_a_cycle(study):
    pairs = []
    for participant in range(1, PARTICIPANTS + 1):
        trials = read_table(study.condition_file(participant), CONDITION_FILE)
        order = trials["condition"].drop_duplicates().tolist()[1:]
        pairs += pairwise(order)
    assert len(pairs) == len(set(pairs)) == 30


def test_the_ranking_has_every_kind_for_people_and_for_machines(study):
    ranking = read_table(study.report / "ranking" / "ranking.csv", RANKING_TABLE)
    for observer in ("people", "pixels"):
        rows = ranking[(ranking["observer"] == observer) & (ranking["measure"] == "accuracy")]
        assert set(rows["condition"]) == {"none", *KINDS}
        compared = rows[rows["baseline_cells"].notna()]
        assert set(compared["condition"]) == set(KINDS) - {"photos"}
        assert set(compared["better"]) <= {"yes", "no", "not decided"}
        known = compared.dropna(subset="baseline_low")
        assert (known["baseline_low"] < known["baseline_high"]).all()
    assert "theirs" in (study.report / "report.html").read_text(encoding="utf-8")
