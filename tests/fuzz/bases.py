"""One small whole study, made once, of which every case of the fuzz gets a copy of its own."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from conditions.files import sha256_of, write_json
from conditions.folder import StudyFolder, open_study
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table, write_table
from conditions.tables.sessions import FRAMES, ONSETS, RATINGS, TRIALS
from conditions.tables.stimuli import HISTOGRAM, POOL, UNITS
from conditions.trials.repeats import choose_repeats
from experiment.observers.machine import Settings, run_machine
from experiment.plan import as_rows
from experiment.records import facts
from experiment.records.people.enrolling import enrol, read_person
from experiment.records.store import RESCUED, SessionStore
from experiment.rehearsal import make_rehearsal
from experiment.rig import RIGS
from tests.experiment.rehearsed import TINY

DESIGN = TINY | {
    "name": "fuzz",
    "image": {"resize": 32, "crop": 32},
    "units": {
        "main": ["block02_0004", "block08_0031"],
        "practice": ["block02_0015"],
        "intuitiveness": ["block05_0003"],
    },
    # The last two are shown by no part.
    "references": TINY["references"]
    | {
        "crops": {"kind": "crops", "of": "natural", "side": 16},
        "mixed": {"kind": "mixed", "of": ["natural", "synthetic"]},
    },
    "parts": [
        {"name": "before", "conditions": ["none"], "practice": 1, "main": 2},
        {
            "name": "references",
            "conditions": ["synthetic", "natural"],
            "scheme": "Min-Max-1",
            "main": 2,
            "catch": 1,
        },
    ],
    "repeats": {"least": 1, "most": 1},
    "exclusions": {"max_rt_s": 60},
}
RIG = {
    "name": "lab",
    "resolution": [1920, 1080],
    "refresh_hz": 60,
    "width_cm": 53.1,
    "distance_cm": 57.0,
}
SCRIPT = {
    "accuracy": {"natural": 0.9, "synthetic": 0.8, "none": 0.5},
    "confidence_correct": [0.1, 0.3, 0.6],
    "choice_rt": 0.5,
}
# Two whole sessions, one that was stopped, and a number that is still free.
WHOLE, STOPPED, FREE, N_PARTICIPANTS = (1, 2), 3, 4, 4
ANSWERED = 5


@dataclass(frozen=True)
class Base:
    """Where all that a command may read lies.

    ``study`` is the study folder, ``other`` another lab PC's copy of it, ``design`` the study file
    that it was made from, ``home`` holds a rescued session.
    """

    root: Path

    @property
    def study(self) -> Path:
        return self.root / "studies" / "rehearsal_fuzz"

    @property
    def other(self) -> Path:
        return self.root / "other"

    @property
    def design(self) -> Path:
        return self.root / "fuzz.yaml"

    @property
    def rig(self) -> Path:
        return self.root / "lab.yaml"

    @property
    def script(self) -> Path:
        return self.root / "script.yaml"

    @property
    def home(self) -> Path:
        return self.root / "home"

    def copy(self, root: Path) -> "Base":
        """A copy to be damaged. Images, which are many, are links: they are only replaced."""
        shutil.copytree(self.root, root, copy_function=_linked_or_copied)
        return Base(root)


def make_base(root: Path) -> Base:
    """Make the study, its sessions and what else the commands read."""
    base = Base(root)
    root.mkdir()
    base.design.write_text(yaml.safe_dump(DESIGN, sort_keys=False), encoding="utf-8")
    everybody = list(range(1, N_PARTICIPANTS + 1))
    folder = make_rehearsal(str(base.design), base.study.parent, everybody, fast=True)
    base.rig.write_text(yaml.safe_dump(RIG), encoding="utf-8")
    base.script.write_text(yaml.safe_dump(SCRIPT), encoding="utf-8")
    _tables_of_stimgen(folder)
    for participant in WHOLE:
        answer(folder, participant)
    answer(folder, STOPPED, ANSWERED)
    for embedding in ("pixels", "oracle"):
        run_machine(folder, [1], embedding, Settings(seed=folder.study.seed))
    # The images are not copied from PC to PC again.
    shutil.copytree(base.study, base.other, ignore=shutil.ignore_patterns("stimuli"))
    answer(open_study(str(base.other), root), FREE)
    _rescue(base)
    return base


def answer(folder: StudyFolder, participant: int, n: int | None = None) -> None:
    """A session of the first ``n`` trials, or a whole one, as the runner leaves it."""
    data = folder.session(participant)
    data.mkdir(parents=True)
    shutil.copyfile(folder.study_file, data / "study.yaml")
    shutil.copyfile(RIGS / "full_hd.yaml", data / "rig.yaml")
    enrol(folder, participant, read_person({"age": "30"}, folder.study.demographics))
    store = SessionStore(folder, participant)
    begun = facts.begun(folder, participant, {}, **_run(data))
    begun["started_at"] = f"2025-01-0{participant}T10:00:00+01:00"
    store.record(begun)
    decided = read_table(folder.condition_file(participant), CONDITION_FILE)
    confidence = {int(row["trial"]): 1 + int(row["trial"]) % 3 for row in as_rows(decided)}
    rows = as_rows(decided)
    if n is None:
        repeats = choose_repeats(folder.study, participant, decided, confidence)
        rows += as_rows(repeats)
    begin = {"participant": participant, "session": 1, "run": 1, "onset": 0.5}
    store.note(EVENTS, begin | {"kind": "session", "detail": "begin"})
    at = 5.0
    for i, row in enumerate(rows if n is None else rows[:n]):
        at = _answer(store, participant, row, i, at)
    store.record(facts.updated(begun, facts.COMPLETE if n is None else facts.STOPPED))
    store.close()


def _answer(store: SessionStore, participant: int, row: dict, i: int, at: float) -> float:
    """Record the answer to a trial or a rating; returns when the next may begin."""
    who = {"participant": participant, "session": 1}
    rt = round(1 + (i * 7 + participant * 3) % 11 / 8 + participant / 100, 4)
    started = pd.Timestamp(f"2025-01-0{participant}T10:00:00+01:00") + pd.Timedelta(seconds=at)
    if row["phase"] == "intuitiveness":
        moment = "beginning" if i == 0 else "end"
        shown = {"trial": row["trial"], "unit": row["unit"], "moment": moment}
        store.append(RATINGS, who | shown | {"rating": 10 * i, "rt": rt, "shown_before": 0})
        return at + rt + 1
    store.note(ONSETS, {"trial": row["trial"], "onset": at, "started_at": started.isoformat()})
    store.append(FRAMES, {"trial": row["trial"], "frame": 1, "interval_ms": 16.7})
    right = row["catch"] or (i + participant) % 3 > 0
    other = {"upper": "lower", "lower": "upper"}[row["correct_response"]]
    measured = {
        "response": row["correct_response"] if right else other,
        "correct": right,
        "confidence": 1 + row["trial"] % 3,
        "rt": rt,
        "confidence_rt": 0.5,
        "timed_out": False,
        "onset": at,
        "dropped_frames": 0,
        "max_frame_ms": 17.0,
        "started_at": started.isoformat(),
        "shown_before": 0,
    }
    kept = {name: value for name, value in row.items() if name in TRIALS.column_names}
    shown = who | {"run": 1, "trial": row["trial"], "onset": at}
    words = f"{row['condition']} catch" if row["catch"] else row["condition"]
    images = {"kind": "images", "detail": words, "duration": rt + 0.5}
    choice = {"kind": "choice", "detail": measured["response"], "duration": rt}
    store.note(EVENTS, shown | images, shown | choice)
    store.append(TRIALS, who | kept | measured)
    return at + rt + 2


def _run(data: Path) -> dict:
    return {
        "observer": "human",
        "language": "en",
        "rig": "full_hd",
        "rig_sha256": sha256_of(data / "rig.yaml"),
        "screen_px": [1920, 1080],
        "image_px": 32,
        "image_file_px": 32,
        "transfer": "none",
        "dithered": False,
        "refresh_hz": 60.0,
        "refresh_measured": True,
        "keyboard_backend": "ptb",
    }


def _tables_of_stimgen(folder: StudyFolder) -> None:
    """What the room with the networks leaves besides images and their table."""
    units = read_table(folder.units_table, UNITS)["unit"]
    pool = [[unit, 100, 0.0, 1.0, -3.0, -0.5, 0.0, 0.5, 3.0] for unit in units]
    bins = [[unit, low, low + 1.0, 10] for unit in units for low in (-1.0, 0.0)]
    write_table(pd.DataFrame(pool, columns=POOL.column_names), POOL, folder.pool_table)
    write_table(
        pd.DataFrame(bins, columns=HISTOGRAM.column_names), HISTOGRAM, folder.histogram_table
    )
    write_json(folder.stimuli / "provenance.json", {"study_sha256": folder.study.fingerprint()})


def _rescue(base: Base) -> None:
    """The stopped session gone on with by two answers that are in the home folder only."""
    session = f"sub-{STOPPED:03d}"
    longer = base.root / "longer"
    shutil.copytree(base.study, longer, ignore=shutil.ignore_patterns("stimuli"))
    shutil.rmtree(longer / "data" / session)
    answer(open_study(str(longer), base.root), STOPPED, ANSWERED + 2)
    place = base.home / RESCUED / "rehearsal_fuzz" / f"{session}-20250103T100000"
    place.parent.mkdir(parents=True)
    shutil.move(longer / "data" / session, place)
    found = json.loads((place / "session.json").read_text(encoding="utf-8"))
    write_json(place / "session.json", found | {"belongs_in": str(base.study / "data" / session)})
    shutil.rmtree(longer)


def _linked_or_copied(source: str, target: str) -> None:
    if source.endswith(".png"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)
