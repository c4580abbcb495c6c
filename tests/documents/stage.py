"""The folder in which the pages' commands are run: a tiny study, and what comes from elsewhere."""

import json
import shutil
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

from conditions.files import write_json
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table, write_table
from conditions.tables.sessions import TRIALS
from tests.analysis.simulated import simulate_session, write_session
from tests.conftest import in_folder
from tests.experiment.rehearsed import TINY
from tests.experiment.web.simulated import Browser
from tests.stimgen.small_pictures import write_pictures

UNITS = ["block02_0004", "block02_0007", "block08_0031"]
REFERENCES = {
    "natural": {"kind": "photographs"},
    "fourier": {"kind": "visualisation", "images": 1, "steps": 1},
    "maco": {"kind": "visualisation", "method": "maco", "images": 1, "steps": 1},
    "theirs": {"kind": "files", "folder": "FOLDER", "images": 1},
}
SHOWN = ["natural", "fourier", "maco"]


def set_up(root: Path) -> None:
    """Leave a pool of small pictures, images of another tool, and two study files."""
    pool = root / "photographs"
    pool.mkdir()
    pictures = iter(write_pictures(pool, 40))
    for unit in UNITS:
        (root / "FOLDER" / unit).mkdir(parents=True)
        for pole in ("min", "max"):
            turned = next(pictures).transpose(Image.Transpose.ROTATE_90)
            turned.save(root / "FOLDER" / unit / f"{pole}_0.png")
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    for name in ("intuitiveness", "repeats", "exclusions", "analysis", "calibration"):
        content.pop(name, None)
    content |= {
        "name": "my_study",
        "image": {"resize": 72, "crop": 64},
        "units": {"main": UNITS},
        "natural": {"pool": "photographs", "bins": 2, "batches": 4},
        "references": REFERENCES,
        "parts": [
            {"name": "only", "conditions": SHOWN, "order": "latin_square", "scheme": "Max-1"}
            | {"main": len(UNITS)}
        ],
        "batches": {"offset": {kind: i for i, kind in enumerate(SHOWN)}},
        "timing": {"fixation": 0.0, "feedback_delay": 0.02, "feedback": 0.03, "blank": 0.02},
    }
    _write(root / "my_study.yaml", content)
    _write(root / "experiment_1.yaml", TINY | {"name": "experiment_1"})


def _write(path: Path, content: dict) -> None:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def stopped(root: Path) -> None:
    """Participant 7 stopped two trials before the end."""
    session = root / "studies" / "my_study" / "data" / "sub-007"
    table = session / "trials.csv"
    write_table(read_table(table, TRIALS).iloc[:-2], TRIALS, table)
    facts = json.loads((session / "session.json").read_text(encoding="utf-8"))
    facts["state"] = facts["runs"][-1]["state"] = "stopped"
    write_json(session / "session.json", facts)


def other_copy(root: Path) -> None:
    """Another PC has a copy of the study, in which participants 3 and 4 have taken part."""
    study = root / "studies" / "my_study"
    copy = root / "pc_2" / "my_study"
    shutil.copytree(study, copy, ignore=shutil.ignore_patterns("data", "report", "*.lock"))
    with in_folder(root):
        folder = open_study(str(copy), root / "pc_2")
        rng = np.random.default_rng(1)
        for participant in (3, 4):
            _take_part(folder, participant, rng)


def from_browsers(root: Path) -> None:
    """Participant 5 sat at a browser, and sent the file."""
    (root / "inbox").mkdir()
    with in_folder(root):
        folder = open_study("studies/my_study", root / "studies")
        Browser(folder, 5).open().play().save(root / "inbox" / "sub-005_ses-1_web.jsonl")


def _take_part(folder: StudyFolder, participant: int, rng: np.random.Generator) -> None:
    file = folder.condition_file(participant)
    decided = read_table(file, CONDITION_FILE)
    write_session(folder, simulate_session(folder.study, participant, rng))
    assert read_table(file, CONDITION_FILE).equals(decided)
