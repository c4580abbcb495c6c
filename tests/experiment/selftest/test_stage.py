"""With a response box, a claim wants its presses; and what of a study is shown."""

from types import SimpleNamespace

import pytest

from conditions.errors import StudyError
from conditions.rig.rig import Rig
from experiment.checks.selftest import n_images
from experiment.screen.sizes import layouts_of
from experiment.selftest.material import drawn_material, material_of
from experiment.selftest.stage import box_check
from tests.experiment.rehearsed import SHORT, tiny_study
from tests.experiment.selftest.samples import keys

RIG = Rig(name="lab")
MILLIKEY = {"kind": "keyboard", "device": "millikey"}
CEDRUS = {"kind": "cedrus_xid", "keys": {1: "up", 2: "down"}}


def listener(name: str, told_apart: bool = True) -> SimpleNamespace:
    return SimpleNamespace(
        box=SimpleNamespace(name=name), keyboards=SimpleNamespace(told_apart=told_apart)
    )


@pytest.mark.parametrize(
    ("box", "name", "devices", "good"),
    [
        (MILLIKEY, "MilliKey SH", {"MilliKey SH": 12, "MilliKey SH Keypad": 8}, True),
        (MILLIKEY, "MilliKey SH", {"MilliKey SH": 19, "Dell Keyboard": 1}, False),
        (CEDRUS, "Cedrus RB-540", {"Cedrus RB-540": 20}, True),
        (CEDRUS, "Cedrus RB-540", {"Dell Keyboard": 20}, False),
    ],
)
def test_presses_must_come_from_the_response_box(box, name, devices, good):
    rig = Rig.model_validate({"name": "lab", "response_box": box})
    (found,) = box_check(rig, listener(name), keys(devices=devices))
    assert found.good is good
    assert f"of 20 presses came from {name}" in found.found


def test_where_keyboards_are_not_told_apart_or_there_is_no_box_nothing_is_asked():
    rig = Rig.model_validate({"name": "lab", "response_box": MILLIKEY})
    found = keys(devices={"any keyboard": 20})
    assert box_check(rig, listener("MilliKey SH", told_apart=False), found) == []
    assert box_check(Rig(name="lab"), SimpleNamespace(box=None), found) == []


def test_the_heaviest_trials_are_shown(tmp_path):
    folder = tiny_study(tmp_path, intuitiveness=[], repeats=None)
    found = material_of(folder, 5)
    assert [n_images(row) for row in found.rows] == [20] * 5
    assert {row[c] for row in found.rows for c in ("upper", "lower")} <= set(found.encoded)
    assert found.images == 20
    assert found.on(RIG) == RIG
    small = material_of(tiny_study(tmp_path / "small", parts=SHORT, repeats=None), 3)
    assert small.images == 3
    next((folder.path / "stimuli").rglob("*.png")).parent.rename(tmp_path / "gone")
    with pytest.raises(StudyError, match="no such file"):
        material_of(folder, 100)


def test_without_a_study_the_published_design_is_drawn():
    found = drawn_material(2)
    assert (found.study.name, found.images, len(found.rows)) == ("experiment_1", 20, 2)
    assert all(content.startswith(b"\x89PNG") for content in found.encoded.values())
    assert len(found.encoded) == 40
    # On a small screen they are shown smaller.
    layouts, size = layouts_of(found.study, found.on(RIG), (1366, 768), {9})
    assert layouts[9].image == size.pixels < 224
