"""MACO's spectrum is that of the pool that was scanned, wherever it lies now."""

import json
import shutil
from pathlib import Path

import pytest
import torch
import yaml

from conditions.errors import StudyError
from conditions.folder import DESIGNS, StudyFolder, open_study
from stimgen.natural.step import make_natural
from stimgen.pool.finding.find import open_pool
from stimgen.synthetic.images import by_method
from stimgen.synthetic.images import spectrum as spectrum_module
from stimgen.synthetic.images.by_method import parameterisation
from stimgen.synthetic.images.maco import pool_magnitudes
from stimgen.synthetic.images.spectrum import spectrum_pool
from stimgen.synthetic.plan import plan_synthetic
from stimgen.synthetic.step import make_synthetic


def begun(root: Path, pool: str, method: str = "maco") -> StudyFolder:
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "tiny",
        "image": {"resize": 40, "crop": 32},
        "units": {"main": ["block02_0004"]},
        "natural": {"pool": pool, "bins": 2, "batches": 2},
        "references": {
            "natural": {"kind": "photographs"},
            "synthetic": {"kind": "visualisation", "images": 2, "steps": 2, "method": method},
        },
        "parts": [{"name": "only", "conditions": ["synthetic"], "scheme": "Max-1", "main": 1}],
    }
    path = root / "tiny.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return open_study(str(path), root)


@pytest.fixture
def pool(photographs, tmp_path) -> Path:
    return Path(shutil.copytree(photographs, tmp_path / "pool"))


def provenance(folder: StudyFolder) -> dict:
    return json.loads((folder.stimuli / "synthetic" / "provenance.json").read_text())


def test_the_spectrum_is_that_of_the_pool_that_was_scanned(lite0, pool, tmp_path, monkeypatch):
    """The study names the embedded pool; `natural` was given another."""
    folder = begun(tmp_path, "embedded")
    make_natural(folder, lite0, str(pool), workers=0)
    measured = []

    def noted(opened, size):
        measured.append(opened.name)
        return pool_magnitudes(opened, size)

    monkeypatch.setattr(by_method, "pool_magnitudes", noted)
    make_synthetic(folder, lite0, "synthetic")
    assert measured == [str(pool)]
    size = folder.study.image
    opened = open_pool(str(pool), size)
    wanted = {"pool": str(pool), "pool_sha256": opened.fingerprint()}
    assert {key: provenance(folder)[key] for key in wanted} == wanted
    recipe = folder.study.references["synthetic"]
    made = parameterisation(recipe, size, spectrum_pool(folder, "synthetic"))
    torch.testing.assert_close(made.args[0], pool_magnitudes(opened, size))


def test_fourier_needs_no_pool_and_opens_none(lite0, pool, tmp_path, monkeypatch):
    folder = begun(tmp_path, str(pool), method="fourier")
    make_natural(folder, lite0, workers=0)
    shutil.rmtree(pool)
    monkeypatch.setattr(spectrum_module, "scanned_pool", None)
    monkeypatch.setattr(by_method, "open_scanned", None)
    assert plan_synthetic(folder, lite0, "synthetic")
    make_synthetic(folder, lite0, "synthetic")
    assert "pool" not in provenance(folder)


def test_a_pool_that_is_gone_moved_or_changed(lite0, pool, photographs, tmp_path):
    folder = begun(tmp_path, str(pool))
    make_natural(folder, lite0, workers=0)
    moved = pool.rename(tmp_path / "moved")
    with pytest.raises(StudyError, match=r"is not there; .* --images POOL"):
        make_synthetic(folder, lite0, "synthetic")
    make_natural(folder, lite0, str(moved), workers=0)
    assert spectrum_pool(folder, "synthetic").path == str(moved)
    (moved / "000.png").write_bytes((moved / "001.png").read_bytes())
    with pytest.raises(StudyError, match=r"moved: has changed since it was scanned"):
        make_synthetic(folder, lite0, "synthetic")
    # The study's own pool stands in for it where it is the same one.
    shutil.rmtree(moved)
    shutil.copytree(photographs, pool)
    make_synthetic(folder, lite0, "synthetic")


def test_what_was_not_scanned_or_noted_is_asked_for(lite0, photographs, tmp_path):
    folder = begun(tmp_path, str(photographs))
    wanted = folder.study.references["synthetic"].model_copy(update={"diversity": 1.0})
    references = folder.study.references | {"synthetic": wanted}
    folder = StudyFolder(folder.path, folder.study.model_copy(update={"references": references}))
    # Before the scan the study's pool stands in for it.
    assert plan_synthetic(folder, lite0, "synthetic")
    with pytest.raises(StudyError, match="no pool has been scanned: first run"):
        make_synthetic(folder, lite0, "synthetic")
    make_natural(folder, lite0, workers=0)
    (folder.stimuli / "natural" / "scanned.json").unlink()
    with pytest.raises(StudyError, match=r"did not note which: run .* with --images"):
        make_synthetic(folder, lite0, "synthetic")
    make_natural(folder, lite0, str(photographs), workers=0)
    make_synthetic(folder, lite0, "synthetic")


def test_other_weights_than_those_that_ranked_the_photographs_are_refused(
    lite0, photographs, tmp_path
):
    folder = begun(tmp_path, str(photographs), method="fourier")
    make_natural(folder, lite0, workers=0)
    other = type(lite0)(**vars(lite0) | {"weights_sha256": "0" * 64})
    with pytest.raises(StudyError, match="ranked by other weights of efficientnet_lite0"):
        make_synthetic(folder, other, "synthetic")
