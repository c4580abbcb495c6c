"""Preflight: each kind of damage is one clear line, and no data are touched."""

import shutil

import pytest
from PIL import Image

from conditions.errors import StudyError
from conditions.tables.files import read_table, write_table
from conditions.tables.stimuli import STIMULI
from experiment.checks.check import Check, require
from experiment.checks.preflight import check_images, file_checks
from experiment.records.start import load_trials
from tests.conftest import in_process
from tests.experiment.rehearsed import SHORT, arguments, facts, play, tiny_study


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    return tiny_study(tmp_path_factory.mktemp("pristine"), parts=SHORT)


@pytest.fixture
def folder(pristine, tmp_path):
    copy = tmp_path / "study"
    shutil.copytree(pristine.path, copy)
    return type(pristine)(copy, pristine.study)


def shown(folder) -> list:
    """Two images of the first trial."""
    trials = load_trials(folder, 1)
    row = trials[trials.upper.notna()].iloc[0]
    return [folder.path / row.upper, folder.path / row.lower]


def test_a_good_folder_passes(folder):
    checks, encoded = file_checks(folder, 1, load_trials(folder, 1))
    upper = shown(folder)[0]
    assert encoded[folder.relative(upper)] == upper.read_bytes()
    assert [check.name for check in checks if not check.good] == []
    assert {check.name for check in checks} == {
        "disk",
        "condition file",
        "images",
        "image content",
    }


def missing(folder) -> str:
    path = shown(folder)[0]
    path.unlink()
    return f"{path}: no such file"


def truncated(folder) -> str:
    path = shown(folder)[0]
    path.write_bytes(path.read_bytes()[:300])
    return f"{path}: not a readable image"


def swapped(folder) -> str:
    one, two = shown(folder)
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)
    return f"{one}: sha256 is not that of {folder.stimuli_table}"


def other_size(folder) -> str:
    path = shown(folder)[0]
    Image.new("RGB", (32, 64)).save(path)
    return f"{path}: found 32 × 64 px, wanted 64 × 64 px"


def not_listed(folder) -> str:
    table = read_table(folder.stimuli_table, STIMULI)
    path = shown(folder)[0]
    rest = table[table.path != folder.relative(path)].reset_index(drop=True)
    write_table(rest, STIMULI, folder.stimuli_table)
    return f"{path}: not in {folder.stimuli_table}"


def other_conditions(folder) -> str:
    path = folder.condition_file(1)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[:0:-1]]), encoding="utf-8")
    return f"{path}: not what {folder.study_file} says"


@pytest.mark.parametrize(
    "damage", [missing, truncated, swapped, other_size, not_listed, other_conditions]
)
def test_damage_stops_the_session_before_anything_is_written(folder, damage):
    words = damage(folder)
    ran = in_process(*arguments(folder))
    assert ran.returncode == 2
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not folder.session(1).exists()


def test_images_that_cannot_be_shown_cannot_be_overridden(folder):
    missing(folder)
    trials = load_trials(folder, 1)
    with pytest.raises(StudyError, match="no such file"):
        require(file_checks(folder, 1, trials)[0], override=True)


def test_many_misfits_are_counted(folder):
    images = [f"stimuli/none/{i}.png" for i in range(30)]
    (shows, _), _ = check_images(folder, images)
    assert "… and 20 more" in shows.found
    assert len(shows.found.splitlines()) == 11


def test_what_is_overridden_is_not_raised():
    checks = [Check("disk", False, "full"), Check("images", True, "fine", vital=True)]
    require(checks, override=True)
    with pytest.raises(StudyError, match="--override goes on"):
        require(checks, override=False)


@pytest.mark.window
def test_an_override_is_recorded(folder, screen, tmp_path):
    swapped(folder)
    rig = tmp_path / "lab.yaml"
    rig.write_text("name: lab\nresolution: [1280, 1024]\n", encoding="utf-8")
    refused = play(folder, screen, "--rig", str(rig), "--override", "--language", "fr")
    assert refused.returncode == 2
    assert "--language: found 'fr', wanted one of en, de" in refused.stderr
    around = screen | {"HOME": "/dev/null", "WAYLAND_DISPLAY": "wayland-0"}
    ran = play(folder, around, "--rig", str(rig), "--override")
    assert ran.returncode == 0, ran.stderr
    assert "– refresh: rig lab: not measured: drawn by a program" in ran.stdout
    found = facts(folder)
    # What is excused needed no override.
    assert found["overridden"] == ["image content", "window system", "resolution"]
    assert found["checks"]["home folder"].startswith("/dev/null: cannot be written")
    off = "off until the session ends: that of X11 (after "
    assert found["checks"]["screen saver"].startswith(off)
    assert "wanted 1280 × 1024 px" in found["checks"]["resolution"]
