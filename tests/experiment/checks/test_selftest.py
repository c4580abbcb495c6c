"""The check of a self-test: it is there, of this machine, young enough, and claims something."""

from dataclasses import replace

import pytest

from conditions.files import write_json
from conditions.folder import DESIGNS
from conditions.study.study import load_study
from experiment.checks.selftest import Machine, check_selftest
from experiment.rig import OWN_RIGS
from experiment.screen.window import Refresh
from tests.experiment.selftest.samples import days_later, selftest

MACHINE = Machine(
    "Mesa Intel(R) UHD Graphics 770", 0, (1920, 1080), Refresh(1 / 60.05, 60.05), 20, 224, "lab-2"
)
CLAIM = "onsets are within one frame of 16.7 ms in 100 % of 3,600 flips; 0 missed"
WANTED = "; the study wants one of at most 30 days"


def study_with(limit: int | None):
    study = load_study(DESIGNS / "demo.yaml")
    calibration = study.calibration.model_copy(update={"selftest_max_age_days": limit})
    return study.model_copy(update={"calibration": calibration})


def check(folder, limit=30, machine=MACHINE, days=3.5, excuse="", **changes):
    path = folder / "lab-timing.json"
    write_json(path, selftest(**changes).model_dump(mode="json"))
    return check_selftest(study_with(limit), folder / "lab.yaml", machine, excuse, days_later(days))


def test_a_good_one_is_named_with_its_age_and_recorded(tmp_path):
    tested = check(tmp_path)
    assert tested.check.good
    assert tested.check.found == f"{tmp_path / 'lab-timing.json'}: 3 days ago: {CLAIM}{WANTED}"
    assert tested.file == tmp_path / "lab-timing.json"
    assert tested.facts == {
        "file": "lab-timing.json",
        "sha256": tested.facts["sha256"],
        "measured_at": "2026-11-20T10:00:00+01:00",
        "age_days": 3.5,
        "claim": CLAIM,
    }
    assert len(tested.facts["sha256"]) == 64
    assert check(tmp_path, limit=None).check.found.endswith(CLAIM)
    assert check(tmp_path, days=30.9).check.good


NO_CLAIM = {"claim": None, "reasons": ["keys: 3 of 20 presses heard"]}


@pytest.mark.parametrize(
    ("changes", "machine", "days", "words", "is_of_this_machine"),
    [
        ({}, {}, 31, "31 days ago: onsets", True),
        (NO_CLAIM, {}, 1.2, "1 day ago, claims nothing: keys: 3 of 20 presses heard", True),
        ({}, {}, -0.5, "made on 2026-11-20, a time to come: is the clock right?", False),
        ({}, {"host": "lab-3"}, 3, "not of what is there now: computer lab-2, now lab-3", False),
        ({}, {"renderer": "NVIDIA"}, 3, "graphics Mesa Intel(R) UHD Graphics 770, now", False),
        ({}, {"screen": 1}, 3, "screen 0, now 1", False),
        ({}, {"screen_px": (2560, 1440)}, 3, "pixels 1920 × 1080, now 2560 × 1440", False),
        ({}, {"refresh": Refresh(1 / 75, 75.0)}, 3, "refresh 60.00 Hz, now 75.00 Hz", False),
        ({"images": 3}, {}, 3, "trials of 3 images of 224 px, now 20 of 224 px", False),
        ({}, {"image_px": 448}, 3, "trials of 20 images of 224 px, now 20 of 448 px", False),
    ],
)
def test_another_machine_age_or_no_claim_stops_a_study_that_wants_one(
    tmp_path, changes, machine, days, words, is_of_this_machine
):
    there = replace(MACHINE, **machine)
    tested = check(tmp_path, machine=there, days=days, **changes)
    assert tested.check.failed
    assert words in tested.check.found
    assert tested.check.found.endswith(WANTED)
    assert (tested.facts is not None) == (tested.file is not None) == is_of_this_machine
    assert not check(
        tmp_path, machine=there, days=days, excuse="a script answers", **changes
    ).check.failed


def test_a_study_that_wants_none_only_tells(tmp_path):
    tested = check(tmp_path, limit=None, days=400)
    assert tested.check.good
    assert tested.facts["age_days"] == 400
    other = check(tmp_path, limit=None, machine=replace(MACHINE, host="lab-3")).check
    assert (other.good, other.failed, other.excused) == (False, False, "the study asks for none")
    make = f"`python -m experiment selftest {tmp_path / 'lab.yaml'} --study STUDY` makes one"
    assert f"now lab-3; {make}" in other.line()


def test_none_or_a_damaged_one_is_told(tmp_path):
    nothing = check_selftest(study_with(30), tmp_path / "lab.yaml", MACHINE, "")
    assert nothing.check.failed
    assert nothing.check.found == (
        f"{tmp_path / 'lab-timing.json'}: there is none; `python -m experiment selftest "
        f"{tmp_path / 'lab.yaml'} --study STUDY` makes one{WANTED}"
    )
    by_name = check_selftest(study_with(30), OWN_RIGS / "nobodys.yaml", MACHINE, "")
    assert "selftest nobodys --study STUDY` makes one" in by_name.check.found
    (tmp_path / "lab-timing.json").write_text('{"host"')
    damaged = check_selftest(study_with(30), tmp_path / "lab.yaml", MACHINE, "")
    assert damaged.check.failed
    assert "cannot be read: " in damaged.check.found
    assert (damaged.facts, damaged.file) == (None, None)


def test_a_screen_without_measured_refreshes_is_told_by_its_other_facts(tmp_path):
    there = replace(MACHINE, refresh=Refresh(1 / 75, None))
    assert check(tmp_path, machine=there).check.good


def test_studies_that_do_not_ask_keep_their_fingerprint():
    study = load_study(DESIGNS / "demo.yaml")
    assert study.calibration.model_dump() == {"max_age_days": None}
    assert study_with(30).calibration.model_dump()["selftest_max_age_days"] == 30
    assert study_with(30).fingerprint() != study.fingerprint()
