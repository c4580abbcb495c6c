"""The step that makes a study's synthetic images: tables, search, memory, failures."""

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from PIL import Image

from conditions.errors import StudyError
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.study.kinds.visualisation import Visualisation
from conditions.study.recipes import ImageSize
from conditions.tables.files import read_table, write_table
from conditions.tables.made_images import SYNTHETIC_REPORT
from conditions.tables.stimuli import POOL, STIMULI
from stimgen.stimuli import add_stimuli
from stimgen.synthetic import write as write_module
from stimgen.synthetic.judged.quality import DIVERSITY_SHARE, diversity_weights
from stimgen.synthetic.step import make_synthetic

UNITS = ["block02_0004", "block08_0031"]


@pytest.fixture
def folder(tmp_path):
    """A study of two units, two images of 32 px a pole, three steps."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "tiny",
        "image": {"resize": 40, "crop": 32},
        "units": {"main": UNITS},
        "natural": {"bins": 2, "batches": 3},
        "references": {
            "natural": {"kind": "photographs"},
            "synthetic": {"kind": "visualisation", "images": 2, "steps": 3, "units_per_batch": 4},
        },
        "parts": [{"name": "only", "conditions": ["synthetic"], "scheme": "Max-1", "main": 2}],
    }
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return open_study(str(path), tmp_path)


def with_pool(folder) -> None:
    values = dict.fromkeys(("mean", "min", "q25", "median", "q75", "max"), 0.0)
    rows = [{"unit": unit, "n_images": 5, "sd": 2.0} | values for unit in UNITS]
    write_table(pd.DataFrame(rows)[POOL.column_names], POOL, folder.pool_table)


def with_natural(folder, level: float) -> None:
    """Natural images of one activation, listed only: they are compared with, not read."""
    rows = [
        {
            "unit": unit,
            "name": "natural",
            "kind": "photographs",
            "pole": pole,
            "batch": 0,
            "rank": 0,
            "activation": level if pole == "max" else -level,
            "path": f"stimuli/natural/{unit}/batch_00/{pole}_0.png",
            "source": "pool",
            "sha256": "0" * 64,
        }
        for unit in UNITS
        for pole in ("min", "max")
    ]
    add_stimuli(folder, pd.DataFrame(rows))


def test_weights_to_try():
    assert diversity_weights("auto", 4.0, search=False) == [4.0 * DIVERSITY_SHARE]
    assert diversity_weights(100, None, search=False) == [100]
    tried = diversity_weights(100, None, search=True)
    assert tried[:3] == [100, 50, 25]
    assert tried[-1] == 0
    assert diversity_weights(0, None, search=True) == [0]


def test_what_has_no_effect_in_a_study_file_is_said_and_sides_may_be_odd(folder, lite0, capsys):
    with_pool(folder)
    recipe = Visualisation(images=2, steps=1, padding=8, stop_when_flat=True, learning="falling")
    image = ImageSize(resize=40, crop=33)
    references = folder.study.references | {"synthetic": recipe}
    study = folder.study.model_copy(update={"references": references, "image": image})
    make_synthetic(StudyFolder(folder.path, study), lite0, "synthetic")
    said = " ".join(capsys.readouterr().out.split())
    assert "references.synthetic.padding has no effect any more" in said
    assert "references.synthetic.stop_when_flat has no effect with learning: falling" in said
    with Image.open(folder.stimuli / "synthetic" / UNITS[0] / "max_0.png") as written:
        assert written.size == (33, 33)


def test_the_step_writes_reports_and_goes_on(folder, lite0, monkeypatch, capsys):
    with_pool(folder)
    with_natural(folder, 1000.0)
    make_synthetic(folder, lite0, "synthetic")
    rows = read_table(folder.stimuli_table, STIMULI)
    synthetic = rows[rows["name"] == "synthetic"]
    assert len(synthetic) == 2 * 2 * 2
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    assert len(report) == 4
    assert not report["beats_natural"].any()
    unjudged = "4 sets of synthetic are not judged by their borders, detail and diversity"
    assert unjudged in " ".join(capsys.readouterr().out.split())
    assert (report["diversity_weight"] == 2.0 * DIVERSITY_SHARE).all()
    for row in report.itertuples():
        own = synthetic[(synthetic.unit == row.unit) & (synthetic.pole == row.pole)].activation
        assert row.weakest == pytest.approx(own.min() if row.pole == "max" else own.max())
    gone = folder.path / synthetic.iloc[0].path
    gone.unlink()
    made = []
    real = write_module.optimise

    def counted(model, layer, sets, *rest):
        made.extend(one.unit for one in sets)
        return real(model, layer, sets, *rest)

    monkeypatch.setattr(write_module, "optimise", counted)
    make_synthetic(folder, lite0, "synthetic")
    assert made == [synthetic.iloc[0].unit]
    again = read_table(folder.stimuli_table, STIMULI)
    np.testing.assert_allclose(again["activation"], rows["activation"], atol=0.05)
    capsys.readouterr()
    make_synthetic(folder, lite0, "synthetic")
    assert unjudged in " ".join(capsys.readouterr().out.split())


def test_a_search_lowers_diversity_until_natural_images_are_beaten(folder, lite0):
    with_pool(folder)
    searching = folder.study.references["synthetic"].model_copy(update={"beat_natural": True})
    references = folder.study.references | {"synthetic": searching}
    study = folder.study.model_copy(update={"references": references})
    folder = type(folder)(folder.path, study)
    # Beyond what three steps can reach, then below what any image has.
    with_natural(folder, 1000.0)
    make_synthetic(folder, lite0, "synthetic")
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    assert (report["tries"] == 6).all()
    with_natural(folder, -1000.0)
    for image in (folder.stimuli / "synthetic").glob("*/max_0.png"):
        image.unlink()
    make_synthetic(folder, lite0, "synthetic")
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    high = report[report.pole == "max"]
    assert (high["tries"] == 1).all()
    assert high["beats_natural"].all()


def test_memory_that_does_not_hold_all_sets_is_shared_out(folder, lite0, monkeypatch):
    with_pool(folder)
    largest = []
    real = write_module.optimise

    def small(model, layer, sets, *rest):
        if len(sets) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        largest.append(len(sets))
        return real(model, layer, sets, *rest)

    monkeypatch.setattr(write_module, "optimise", small)
    make_synthetic(folder, lite0, "synthetic")
    assert largest == [1] * 4


def test_a_set_that_fails_is_lost_alone(folder, lite0, monkeypatch):
    with_pool(folder)
    real = write_module.optimise

    def poisoned(model, layer, sets, *rest):
        bad = [one for one in sets if one.unit == "block08_0031" and one.objective.pole == "min"]
        if bad:
            raise FloatingPointError("unit block08_0031, pole min: the loss is nan in step 2")
        return real(model, layer, sets, *rest)

    monkeypatch.setattr(write_module, "optimise", poisoned)
    with pytest.raises(StudyError, match="block08_0031, pole min: the loss is nan in step 2"):
        make_synthetic(folder, lite0, "synthetic")
    assert len(read_table(folder.synthetic_report, SYNTHETIC_REPORT)) == 3


def test_a_kind_has_the_images_of_one_method(folder, lite0):
    with_pool(folder)
    make_synthetic(folder, lite0, "synthetic")
    maco = folder.study.references["synthetic"].model_copy(update={"method": "maco"})
    references = folder.study.references | {"synthetic": maco}
    other = type(folder)(folder.path, folder.study.model_copy(update={"references": references}))
    with pytest.raises(StudyError, match=r"of synthetic .* made by fourier, found .*method maco"):
        make_synthetic(other, lite0, "synthetic")
