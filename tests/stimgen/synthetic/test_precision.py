"""Mixed precision is tried on each layer, and used where it is as good and sooner."""

import json
import math

import numpy as np
import pytest
import torch
from torch import nn

from conditions.errors import StudyError
from conditions.study.kinds.visualisation import Visualisation
from conditions.tables.files import read_table, write_table
from conditions.tables.made_images import SYNTHETIC_REPORT
from stimgen.layers.layer import Layer
from stimgen.models.model import Model
from stimgen.synthetic import precision as precision_module
from stimgen.synthetic import write as write_module
from stimgen.synthetic.optimising import mixed as mixed_module
from stimgen.synthetic.optimising.mixed import MOST_ADDED, MOST_TIME, Trial, try_mixed
from stimgen.synthetic.optimising.optimise import optimise
from stimgen.synthetic.step import make_synthetic
from tests.stimgen.kinds.small import network, study
from tests.stimgen.tiny import fourier, image_set

RECIPE = Visualisation(images=2, steps=4)


class Told(nn.Module):
    """A convolution whose result goes through an operation of ours."""

    def __init__(self, through) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, 4, 5)
        self.through = through
        self.last = nn.Conv2d(4, 4, 3)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.last(self.through(self.conv(images)))


def told(through) -> Model:
    net = Told(through).eval().requires_grad_(False)
    layers = {"last": Layer("last", 4, ("last",))}
    return Model("told", net, lambda images: images, layers, "made", "0" * 64)


def tried(through) -> Trial:
    return try_mixed(told(through), "last", [image_set(1, diversity=0)], fourier, RECIPE)


def test_rounding_that_a_network_bears_is_found_small():
    trial = tried(torch.tanh)
    assert 0 < trial.added < MOST_ADDED
    assert trial.time > 0
    assert f"adds {trial.added:.1%} to the variance of the gradient" in str(trial)


def test_rounding_that_eats_the_gradient_is_not_used_however_soon():
    trial = tried(eaten)
    assert trial.added > MOST_ADDED
    assert not Trial(0.1, trial.added).is_used


def test_numbers_that_only_full_precision_has_are_not_used():
    def through(values: torch.Tensor) -> torch.Tensor:
        return values if values.dtype == torch.float32 else values / 0

    trial = tried(through)
    assert math.isinf(trial.added)
    assert "is not used: gives gradients that are not finite" in str(trial)


def test_a_network_that_does_not_run_in_it_says_why_and_runs_in_full():
    def through(values: torch.Tensor) -> torch.Tensor:
        kept = torch.zeros(values.shape)
        kept[values > 0] = values[values > 0]
        return kept

    words = "model told: does not run in mixed precision, wanted full: .*BFloat16"
    with pytest.raises(StudyError, match=words):
        optimise(
            told(through),
            "last",
            [image_set(1)],
            fourier,
            Visualisation(images=2, steps=2, precision="mixed"),
        )
    trial = tried(through)
    assert not trial.is_used
    assert "is not used: model told: does not run in mixed precision" in str(trial)


def eaten(values: torch.Tensor) -> torch.Tensor:
    """Bfloat16 has 8 binary digits: next to 3,000 nothing is left of what varies by 1."""
    return torch.sin((values * 300 + 3000).square() / 1000)


def test_a_dead_unit_says_nothing_of_rounding():
    model = told(eaten)
    model.net.last.weight[3] = 0
    dead, alive = (image_set(channel, diversity=0) for channel in (3, 1))
    trial = try_mixed(model, "last", [dead], fourier, RECIPE)
    assert trial.says_nothing
    assert not Trial(0.1, trial.added).is_used
    assert "is not used: no gradient reaches the images that it was tried on" in str(trial)
    assert try_mixed(model, "last", [dead, alive], fourier, RECIPE).added > MOST_ADDED


def test_numbers_far_beyond_full_precision_are_said_to_be_infinite():
    def through(values: torch.Tensor) -> torch.Tensor:
        return values if values.dtype == torch.float32 else values * 1e30

    assert "gives gradients that are not finite" in str(tried(through))


def test_what_gains_little_is_not_used():
    assert Trial(MOST_TIME, MOST_ADDED).is_used
    assert not Trial(MOST_TIME + 0.01, 0).is_used
    assert not Trial(0.5, MOST_ADDED + 0.01).is_used


@pytest.fixture
def folder(tmp_path):
    recipe = {"kind": "visualisation", "images": 2, "steps": 2, "diversity": 0.1}
    kinds = {"photos": {"kind": "photographs"}, "fourier": recipe | {"precision": "auto"}}
    return study(tmp_path, tmp_path, kinds)


@pytest.fixture
def used(monkeypatch) -> list[str]:
    """In what each set of images was optimised; mixed precision is as soon as it need be."""
    monkeypatch.setattr(precision_module, "WORTH", math.inf)
    monkeypatch.setattr(mixed_module, "MOST_TIME", math.inf)
    seen: list[str] = []
    real = write_module.optimise

    def noted(model, layer, sets, make, recipe, *rest):
        seen.extend([recipe.precision] * len(sets))
        return real(model, layer, sets, make, recipe, *rest)

    monkeypatch.setattr(write_module, "optimise", noted)
    return seen


def test_each_layer_is_tried_and_the_report_says_what_was_used(folder, used, capsys):
    make_synthetic(folder, network(), "fourier")
    assert used == ["mixed"] * 6
    said = " ".join(capsys.readouterr().out.split())
    assert "fourier, near: mixed precision is used: takes" in said
    assert said.count("mixed precision is used") == 2
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    assert list(report["precision"]) == ["mixed"] * 6
    written = json.loads((folder.stimuli / "fourier" / "provenance.json").read_text("utf-8"))
    assert written["precision"] == {"near": "mixed", "far": "mixed"}


def test_a_layer_goes_on_as_it_was_begun(folder, used, monkeypatch, capsys):
    make_synthetic(folder, network(), "fourier")
    for name in ("near_0000/max_0.png", "far_0002/min_1.png"):
        (folder.stimuli / "fourier" / name).unlink()
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    # As a version wrote it that did not know of it.
    report.loc[report["unit"] == "far_0002", "precision"] = np.nan
    write_table(report, SYNTHETIC_REPORT, folder.synthetic_report)
    used.clear()
    capsys.readouterr()
    monkeypatch.setattr(mixed_module, "MOST_TIME", 0)
    make_synthetic(folder, network(), "fourier")
    assert used == ["mixed", "full"]
    said = " ".join(capsys.readouterr().out.split())
    assert "fourier, near: mixed precision" not in said
    assert "fourier, far: mixed precision is not used" in said


def test_dead_units_that_come_first_are_passed_over(tmp_path, used, capsys):
    recipe = {"kind": "visualisation", "images": 2, "steps": 2, "diversity": 0}
    kinds = {"photos": {"kind": "photographs"}, "fourier": recipe | {"precision": "auto"}}
    model = network()
    model.net.near.weight[0] = 0
    model.net.far.weight[2] = 0
    make_synthetic(study(tmp_path, tmp_path, kinds), model, "fourier")
    said = " ".join(capsys.readouterr().out.split())
    assert "fourier, near: mixed precision is used: takes" in said
    assert "fourier, far: mixed precision is not used: no gradient reaches" in said
    assert used == ["mixed"] * 4 + ["full"] * 2


def test_few_steps_are_not_worth_a_trial(folder, used, monkeypatch, capsys):
    monkeypatch.undo()
    make_synthetic(folder, network(), "fourier")
    assert "precision" not in capsys.readouterr().out
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    assert list(report["precision"]) == ["full"] * 6
