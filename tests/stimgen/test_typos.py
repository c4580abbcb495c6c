"""A word that is mistyped leaves no study folder behind."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torchvision
import yaml

from conditions.errors import StudyError
from conditions.folder import DESIGNS
from stimgen.__main__ import app


def mistype(study: dict, unit: str) -> None:
    study["units"]["main"][0] = unit


COMMANDS = [
    ["units"],
    ["natural"],
    ["natural", "--all-units", "--workers", "0"],
    ["natural", "--dry-run"],
    ["references"],
    ["references", "--only", "synthetic"],
    ["references", "--dry-run"],
    ["synthetic"],
    ["all"],
    ["all", "--dry-run"],
]
MISTYPED: dict[str, tuple[Callable[[dict], object], str]] = {
    "model": (lambda study: study["model"].update(name="efficientnet_lit0"), "efficientnet_lit0"),
    "a model of torchvision": (lambda study: study["model"].update(name="resnet_50"), "resnet_50"),
    "layer": (lambda study: mistype(study, "blok02_0004"), "blok02"),
    "channel": (lambda study: mistype(study, "block02_9999"), "9999"),
    "weights": (lambda study: study["model"].update(weights="no/such.pth"), "such.pth"),
}


def written(place: Path, change: Callable[[dict], object]) -> Path:
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {"name": "mistyped", "image": {"resize": 40, "crop": 32}}
    change(content)
    path = place / "mistyped.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def refused(arguments: list[str], study: Path, root: Path) -> str:
    command, *options = arguments
    with pytest.raises(StudyError) as error:
        app([command, str(study), *options, "--root", str(root)], standalone_mode=False)
    return str(error.value)


@pytest.mark.parametrize("what", MISTYPED)
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_leaves_a_folder_behind(tmp_path, arguments, what):
    change, named = MISTYPED[what]
    study = written(tmp_path, change)
    assert named in refused(arguments, study, tmp_path / "root")
    assert [path.name for path in tmp_path.iterdir()] == ["mistyped.yaml"]


@pytest.fixture(scope="module")
def squeezenet(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "squeezenet.pth"
    torch.save(torchvision.models.squeezenet1_1(weights=None).state_dict(), path)
    return path


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_layer_that_only_the_network_knows_leaves_no_folder_behind(
    tmp_path, arguments, squeezenet
):
    def change(content: dict) -> None:
        content["model"] = {"name": "squeezenet1_1", "weights": str(squeezenet)}
        units = [f"features.3.squeeze_{i:04d}" for i in range(9)]
        content["units"] |= {"main": ["features.3.squeze_0001", *units[1:6]]}
        content["units"] |= {"practice": units[6:]}

    said = refused(arguments, written(tmp_path, change), tmp_path / "root")
    assert "has no layer 'features.3.squeze'" in said
    assert [path.name for path in tmp_path.iterdir()] == ["mistyped.yaml"]


@pytest.mark.parametrize("arguments", [["natural"], ["natural", "--dry-run"], ["all"]])
def test_a_mistyped_pool_leaves_no_folder_behind(tmp_path, arguments):
    study = written(tmp_path, lambda content: content["natural"].update(pool="no/such/pool"))
    assert "no/such/pool" in refused(arguments, study, tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_the_preview_of_nothing_leaves_no_folder_behind(tmp_path):
    study = written(tmp_path, MISTYPED["layer"][0])
    assert "no images to show yet" in refused(["preview"], study, tmp_path / "root")
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("command", ["references", "synthetic"])
def test_other_references_before_natural_ones_leave_no_folder_behind(tmp_path, command):
    study = written(tmp_path, lambda content: None)
    assert "first run `python -m stimgen natural" in refused([command], study, tmp_path / "r")
    assert not (tmp_path / "r").exists()
