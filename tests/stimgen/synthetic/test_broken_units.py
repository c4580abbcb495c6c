"""Synthetic images of units that are dead, or whose activation is no number."""

import numpy as np
import pytest
import torch

from conditions.errors import StudyError
from conditions.tables.files import read_table
from conditions.tables.made_images import SYNTHETIC_REPORT
from conditions.tables.stimuli import STIMULI
from stimgen.natural.step import make_natural
from stimgen.preview import write_preview
from stimgen.synthetic import step as step_module
from stimgen.synthetic.optimising import optimise as optimise_module
from stimgen.synthetic.step import make_synthetic
from tests.stimgen.natural.scanning.broken import (
    BIASED,
    DEAD,
    NAMES,
    NEVER,
    SOME,
    WHOLE,
    kinds,
    make_pool,
    network,
    study,
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    reds = [0.1 + 0.03 * i for i in range(24)]
    return make_pool(tmp_path_factory.mktemp("reddish") / "pool", reds)


@pytest.mark.parametrize("method", ["fourier", "maco"])
def test_dead_units_are_named_before_and_their_images_are_made(pool, tmp_path, capsys, method):
    recipe = {"images": 2, "steps": 2, "method": method}
    folder = study(tmp_path, pool, [WHOLE, DEAD, BIASED], "synthetic", references=kinds(**recipe))
    model = network(never=1.0, huge=2.0)
    make_natural(folder, model, workers=0)
    capsys.readouterr()
    make_synthetic(folder, model, "synthetic")
    said = capsys.readouterr().out
    words = "warning: 2 units give the same for every image of the pool: units_0003 (0), units_0004"
    assert f"{words} (0.5); dead units, which nobody can predict; choose others" in said
    assert said.index(words) < said.index("sets of synthetic images")
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    assert len(report) == 6
    assert report["similarity"].notna().all()
    write_preview(folder)
    page = folder.preview.read_text(encoding="utf-8")
    assert page.count('<li class="dead') == 2


def test_a_unit_without_any_number_fails_alone_and_says_why(pool, tmp_path):
    recipe = {"images": 2, "steps": 2, "diversity": 0}
    folder = study(tmp_path, pool, [WHOLE, NEVER], "synthetic", references=kinds(**recipe))
    with pytest.raises(StudyError, match="units_0002: natural: its activation is not finite"):
        make_natural(folder, network(huge=2.0), workers=0)
    with pytest.raises(StudyError) as refused:
        make_synthetic(folder, network(huge=2.0), "synthetic")
    lines = str(refused.value).splitlines()
    assert lines[1].startswith("units_0002 min: unit units_0002, pole min: the loss is nan in step")
    assert "choose another unit in the study file" in lines[1]
    assert len(lines) == 3
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    assert set(report["unit"]) == {NAMES[WHOLE]}
    # The channel beside it is a part of what images are compared by.
    assert report["similarity"].isna().all()
    write_preview(folder)


def test_with_diversity_a_broken_channel_beside_the_unit_is_the_reason(pool, tmp_path):
    folder = study(tmp_path, pool, [WHOLE, NEVER], "synthetic")
    with pytest.raises(StudyError, match="units_0002: natural: its activation is not finite"):
        make_natural(folder, network(huge=2.0), workers=0)
    with pytest.raises(StudyError) as refused:
        make_synthetic(folder, network(huge=2.0), "synthetic")
    lines = str(refused.value).splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == [
        f"{NAMES[channel]} {pole}" for channel in (WHOLE, NEVER) for pole in ("min", "max")
    ]
    assert all("or that of another channel of its layer is not" in line for line in lines[1:])


def test_a_gradient_that_is_no_number_makes_no_black_images(pool, tmp_path, monkeypatch, capsys):
    """The loss of the last step, which is looked at, is one of numbers."""
    recipe = {"images": 2, "steps": 1}
    folder = study(tmp_path, pool, [WHOLE, BIASED], "synthetic", references=kinds(**recipe))
    model = network(never=1.0, huge=2.0)
    make_natural(folder, model, workers=0)
    real = optimise_module.layer_maps

    def trap(*given):
        (name, maps), *_ = real(*given).items()
        # The derivative of the root is infinite at 0, and 0 · ∞ is no number.
        return {name: maps + torch.where(maps > 1e9, (maps * 0).sqrt(), 0)}

    monkeypatch.setattr(optimise_module, "layer_maps", trap)
    with pytest.raises(StudyError) as refused:
        make_synthetic(folder, model, "synthetic")
    lines = str(refused.value).splitlines()
    assert lines[1].startswith(f"{NAMES[WHOLE]} min, {NAMES[WHOLE]} max, {NAMES[BIASED]} min")
    assert "its images are no numbers (NaN or infinite): the network's gradient is not" in lines[1]
    assert "0 sets of synthetic images (a unit and pole each), 0 were there" in (
        " ".join(capsys.readouterr().out.split())
    )
    assert not folder.synthetic_report.exists()
    assert not list(folder.stimuli.glob("synthetic/**/*.png"))


def test_images_that_drive_a_unit_to_no_number_are_not_written(pool, tmp_path, monkeypatch):
    folder = study(tmp_path, pool, [WHOLE, SOME], "synthetic")
    model = network(never=1.0, huge=2.0)
    make_natural(folder, model, workers=0)
    real = step_module.make_sets

    def reddish(*given):
        made = real(*given)
        for one in made:
            if one.wanted.unit == NAMES[SOME]:
                one.quality.activations[0] = np.inf
        return made

    monkeypatch.setattr(step_module, "make_sets", reddish)
    with pytest.raises(
        StudyError, match=r"units_0001 min, .*units_0001 max: an image drives it to"
    ):
        make_synthetic(folder, model, "synthetic")
    rows = read_table(folder.stimuli_table, STIMULI)
    assert set(rows[rows["name"] == "synthetic"]["unit"]) == {NAMES[WHOLE]}
