"""Small studies with stand-ins for images, and sessions of them by the scripted observer."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from conditions.folder import StudyFolder
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table
from conditions.tables.sessions import PRESSES, TRIALS
from conditions.trials.repeats import choose_repeats
from experiment.keyboard.xtest import FakeKeyboard
from experiment.rehearsal import make_rehearsal
from tests.conftest import ROOT, command

TINY = {
    "name": "tiny",
    "title": "A session of a minute",
    "seed": 5,
    "model": {"name": "efficientnet_lite0"},
    "image": {"resize": 64, "crop": 64},
    "units": {
        "main": ["block02_0004", "block02_0007", "block08_0031", "block08_0062"],
        "practice": ["block02_0015", "block08_0018", "block13_0140"],
        "intuitiveness": ["block05_0003"],
    },
    "natural": {"bins": 10, "batches": 4},
    "references": {"natural": {"kind": "photographs"}, "synthetic": {"kind": "visualisation"}},
    "intuitiveness": ["beginning", "end"],
    "parts": [
        {"name": "before", "conditions": ["none"], "practice": 1, "main": 4},
        {
            "name": "references",
            "conditions": ["synthetic", "natural"],
            "scheme": "Min-Max-9",
            "main": 4,
            "catch": 1,
        },
    ],
    "batches": {"offset": {"none": 0, "natural": 1, "synthetic": 2}},
    "repeats": {"least": 1, "most": 1},
    "languages": ["en", "de"],
}
# A kind each, and a second one of files; the names are nobody else's.
KINDS: dict[str, dict[str, Any]] = {
    "photos": {"kind": "photographs"},
    "dreams": {"kind": "visualisation", "method": "maco"},
    "theirs": {"kind": "files", "title": "A", "card": {"en": "Series A.", "de": "Serie A."}},
    "others": {"kind": "files"},
    "parts": {"kind": "crops", "of": "photos", "side": 16},
    "changed": {"kind": "accentuation", "of": "photos"},
    "soft": {"kind": "blurred", "of": "dreams", "sigma_px": 4},
    "both": {"kind": "mixed", "of": ["photos", "dreams"]},
}
SHORT = [{"name": "references", "conditions": ["natural"], "scheme": "Max-1", "main": 4}]


# Studies that were made, by what they are made of: to copy one takes a tenth of the time.
_PLACE = tempfile.TemporaryDirectory(prefix="tiny-", ignore_cleanup_errors=True)
_MADE: dict[str, StudyFolder] = {}


def tiny_study(root: Path, participants: int = 1, **changes: object) -> StudyFolder:
    """A folder of the tiny study (21 trials and 2 ratings), with changes."""
    root.mkdir(parents=True, exist_ok=True)
    if any(root.glob("rehearsal_*/")):
        return _made(root, participants, changes)
    wanted = repr((participants, sorted(changes.items())))
    if wanted not in _MADE:
        place = Path(_PLACE.name) / str(len(_MADE))
        place.mkdir()
        _MADE[wanted] = _made(place, participants, changes)
    made = _MADE[wanted]
    shutil.copytree(made.path.parent, root, dirs_exist_ok=True)
    return replace(made, path=root / made.path.name)


def _made(root: Path, participants: int, changes: dict[str, object]) -> StudyFolder:
    path = root / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY), encoding="utf-8")
    return make_rehearsal(str(path), root, list(range(1, participants + 1)), fast=True, **changes)


def arguments(folder: StudyFolder, *more: str, participant: int = 1) -> list[str]:
    scripted = ["--observer", "scripted", "--script", "hasty"]
    return [
        "experiment",
        "run",
        str(folder.path),
        "--participant",
        str(participant),
        *scripted,
        *more,
    ]


def play(
    folder: StudyFolder, screen: dict[str, str], *more: str, participant: int = 1
) -> subprocess.CompletedProcess:
    """Run a session to its end."""
    return command(*arguments(folder, *more, participant=participant), env=screen)


def start(folder: StudyFolder, screen: dict[str, str], *more: str) -> subprocess.Popen:
    """Begin a session and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments(folder, *more)],
        cwd=ROOT,
        env=screen,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition: Callable[[], bool], process: subprocess.Popen, seconds: float = 60) -> None:
    """Wait until something is so; the session has to go on meanwhile."""
    until = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.01)


def press_until_over(keyboard: FakeKeyboard, key: str, process: subprocess.Popen) -> None:
    """Press the key that ends a session: the page that asks may be late, and hears one of them."""
    until = time.monotonic() + 60
    while process.poll() is None:
        assert time.monotonic() < until
        keyboard.press(key, 0.02)
        time.sleep(0.1)


def facts(folder: StudyFolder, participant: int = 1) -> dict:
    return json.loads((folder.session(participant) / "session.json").read_text(encoding="utf-8"))


def presses(folder: StudyFolder, kind: str) -> pd.DataFrame:
    table = read_table(folder.session(1) / "presses.csv", PRESSES)
    return table[table.question == kind].reset_index(drop=True)


def check_whole(
    folder: StudyFolder, where: Path | None = None, participant: int = 1
) -> pd.DataFrame:
    """Every trial once, in order, as decided; repeats as the answers decide. Returns trials."""
    trials = read_table((where or folder.session(participant)) / "trials.csv", TRIALS)
    decided = read_table(folder.condition_file(participant), CONDITION_FILE)
    asked = decided[decided.phase != "intuitiveness"]
    first = trials[trials.phase != "repeat"]
    known = first[first.confidence.notna()]
    confidence = dict(zip(known.trial, known.confidence, strict=True))
    repeated = choose_repeats(folder.study, participant, decided, confidence)
    shared = [name for name in CONDITION_FILE.column_names if name in trials]
    wanted = pd.concat([asked, repeated]) if len(repeated) else asked
    for name in shared:
        pairs = zip(trials[name], wanted[name], strict=True)
        assert all(a == b or (pd.isna(a) and pd.isna(b)) for a, b in pairs), name
    again = trials[trials.phase == "repeat"]
    assert again.repeat_of.tolist() == list(repeated["repeat_of"])
    answered = trials[trials.response.notna()]
    assert (answered.correct == (answered.response == answered.correct_response)).all()
    return trials


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
