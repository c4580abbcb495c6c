"""A folder's natural images come from one pool: another one is told, and one that is too small."""

import json
import os
import shutil

import pytest

from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.tables.files import read_table
from conditions.tables.stimuli import POOL_REPORT
from stimgen.natural import step as step_module
from stimgen.natural.step import make_natural
from stimgen.pool.finding.find import open_pool
from stimgen.pool.scanned import scanned_pool
from tests.conftest import in_process
from tests.stimgen.natural.pools import (
    SIZE,
    lose_images,
    made,
    make_pool,
    picture,
    write_study,
)


def test_another_pool_under_the_same_names_is_refused(lite0, folder, pools, capsys):
    """Also where all images are there and nothing would be done."""
    before = folder.stimuli_table.read_bytes()
    both = rf"come from the pool {pools['A']} \(30 images.*found the pool {pools['B']} \(30 images"
    with pytest.raises(StudyError, match=both):
        make_natural(folder, lite0, str(pools["B"]), workers=0)
    lose_images(folder)
    with pytest.raises(StudyError, match=rf"go on with --images {pools['A']}, or begin another"):
        make_natural(folder, lite0, str(pools["B"]), workers=0)
    assert folder.stimuli_table.read_bytes() == before
    make_natural(folder, lite0, str(pools["A"]), workers=0)
    assert folder.stimuli_table.read_bytes() == before
    assert "8 natural images for each of 1 units" in capsys.readouterr().out.replace("\n", " ")


def test_the_study_s_own_pool_is_another_where_images_named_one(lite0, pools, tmp_path):
    """Whoever forgets --images the second time is told which pool it was."""
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pools["B"])), tmp_path)
    make_natural(folder, lite0, str(pools["A"]), workers=0)
    lose_images(folder)
    with pytest.raises(StudyError, match=f"go on with --images {pools['A']}"):
        make_natural(folder, lite0, workers=0)


def test_a_copy_elsewhere_is_the_same_pool(lite0, folder, pool):
    """Of any time; where it lies is noted."""
    os.utime(pool / "000.png", (1, 1))
    lose_images(folder)
    make_natural(folder, lite0, str(pool), workers=0)
    assert scanned_pool(folder).path == str(pool)
    provenance = json.loads((folder.stimuli / "natural" / "provenance.json").read_text())
    wanted = {"pool": str(pool), "pool_path": str(pool), "pool_size": 30}
    wanted |= {"pool_sha256": open_pool(str(pool), SIZE).fingerprint()}
    assert {key: provenance[key] for key in wanted} == wanted


def test_a_folder_that_is_done_needs_no_pool(lite0, pool, tmp_path, capsys):
    folder = made(lite0, pool, tmp_path)
    shutil.rmtree(pool)
    make_natural(folder, lite0, workers=0)
    assert "are there" in capsys.readouterr().out


def test_a_scan_that_wrote_nothing_binds_to_nothing(lite0, pools, tmp_path, monkeypatch):
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pools["A"])), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(step_module, "write_unit", stopped)
        with pytest.raises(KeyboardInterrupt):
            make_natural(folder, lite0, workers=0)
    assert scanned_pool(folder) is not None
    make_natural(folder, lite0, str(pools["B"]), workers=0)
    assert scanned_pool(folder).path == str(pools["B"])


def stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_other_weights_are_refused(lite0, folder):
    other = type(lite0)(**vars(lite0) | {"weights_sha256": "0" * 64})
    with pytest.raises(StudyError, match=r"ranked by other weights of efficientnet_lite0 \(SHA"):
        make_natural(folder, other, workers=0)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pool": 1}', '{"pool": "\\ud800"}'])
def test_a_damaged_note_is_named(lite0, folder, content):
    (folder.stimuli / "natural" / "scanned.json").write_text(content)
    with pytest.raises(StudyError, match=r"scanned.json: damaged \("):
        make_natural(folder, lite0, workers=0)


def test_an_earlier_version_s_folder_goes_on_with_its_pool(lite0, folder, pools, capsys):
    (folder.stimuli / "natural" / "scanned.json").unlink()
    lose_images(folder)
    for other, problem in (("B", "which is another image in the pool"), ("C", "which is not in")):
        if other == "C":
            pools = pools | {"C": pools["A"].parent / "C"}
            make_pool(pools["C"], 0, count=20)
        with pytest.raises(StudyError, match=rf"was made of 0..\.png, {problem}"):
            make_natural(folder, lite0, str(pools[other]), workers=0)
    make_natural(folder, lite0, workers=0)
    assert "begun by an earlier version, which noted no pool" in capsys.readouterr().out
    assert scanned_pool(folder).path == str(pools["A"])


def test_a_refused_pool_leaves_its_report(lite0, pool, tmp_path):
    """The refusal says of how many images what was wrong, and nothing binds to the pool."""
    for i in range(12):
        (pool / f"{i:03d}.png").write_bytes(b"none")
    for i in range(12, 21):
        picture(i).resize((10, 10)).save(pool / f"{i:03d}.png")
    shutil.copy(pool / "021.png", pool / "022.png")
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pool)), tmp_path)
    report = folder.stimuli / "pool_report.csv"
    words = (
        rf"pool {pool}: 8 usable of 30 images \(12 broken, 9 too small, 1 duplicate; see {report}\)"
        r", but both poles of a unit take 16"
    )
    with pytest.raises(StudyError, match=words):
        make_natural(with_batches(folder, 4), lite0, workers=0)
    assert read_table(report, POOL_REPORT)["status"].value_counts().to_dict() == {
        "broken": 12,
        "too_small": 9,
        "duplicate": 1,
    }
    assert scanned_pool(folder) is None
    with pytest.raises(StudyError, match="30 images, but both poles of a unit take 32"):
        make_natural(with_batches(folder, 8), lite0, workers=0)


def with_batches(folder: StudyFolder, batches: int) -> StudyFolder:
    recipe = folder.study.natural.model_copy(update={"batches": batches})
    return StudyFolder(folder.path, folder.study.model_copy(update={"natural": recipe}))


@pytest.mark.slow
def test_two_pools_by_commands(pools, tmp_path):
    study = str(write_study(tmp_path / "tiny.yaml", pools["A"]))
    run = ["stimgen", "natural", study, "--root", str(tmp_path), "--workers", "0"]
    assert in_process(*run).returncode == 0
    folder = open_study(study, tmp_path, make=False)
    lose_images(folder)
    for more in ([], ["--dry-run"]):
        found = in_process(*run, "--images", str(pools["B"]), *more)
        assert found.returncode == 2
        assert str(pools["A"]) in found.stderr
        assert str(pools["B"]) in found.stderr
        assert "Traceback" not in found.stderr
    assert in_process(*run).returncode == 0
