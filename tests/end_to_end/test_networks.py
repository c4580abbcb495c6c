"""Public networks from their weights to a page of images, by the commands."""

import os
import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
import torchvision
import yaml
from PIL import Image
from torch import nn
from typer.testing import CliRunner

from conditions.folder import StudyFolder, open_study
from conditions.study.units.names import parse_unit
from conditions.tables.files import read_table
from conditions.tables.stimuli import STIMULI
from stimgen.__main__ import app
from tests.conftest import command
from tests.stimgen.small_pictures import write_pictures

pytestmark = pytest.mark.slow

SIDE = 64


@dataclass(frozen=True)
class Case:
    """A network, and units of different kinds of layers.

    ``maps`` is a unit of a module that gives N × C × H × W or N × H × W × C, and where its channels
    are: what it gives is measured by a hook.
    """

    maps: tuple[str, int]
    others: tuple[str, ...]
    readouts: dict[str, dict] = field(default_factory=dict)
    usual: bool = False


CASES = {
    "resnet50": Case(("layer1.0.bn1_0003", 1), ("post=3Alayer2.1_0007", "fc_0281")),
    "vgg16": Case(("features.7_0005", 1), ("post=3Aclassifier.1_0040", "classifier.6_0010")),
    "densenet121": Case(
        ("features.denseblock1.denselayer2.norm2_0001", 1),
        ("features.denseblock2_0200", "classifier_0007"),
    ),
    "googlenet": Case(
        ("inception3a.branch1.bn_0003", 1),
        ("inception3a.branch3.1.bn_0001", "inception4a_0300", "fc_0001"),
        usual=True,
    ),
    "inception_v3": Case(("Mixed_5b.branch1x1.bn_0002", 1), ("post=3AMixed_5c_0100", "fc_0003")),
    "mobilenet_v3_small": Case(
        ("features.4.block.1.1_0010", 1), ("features.5_0004", "post=3Aclassifier.1_0004")
    ),
    "efficientnet_b0": Case(
        ("features.2.0.block.0.1_0010", 1), ("features.3.1_0004", "avgpool_0004")
    ),
    "regnet_y_400mf": Case(
        ("trunk_output.block1.block1-0.f.a.1_0003", 1),
        ("trunk_output.block2.block2-0_0005", "fc_0003"),
        usual=True,
    ),
    "convnext_tiny": Case(
        ("features.1.0.block.3_0100", -1), ("features.3.1_0005", "classifier.2_0003")
    ),
    "swin_t": Case(("features.1.0.mlp.0_0100", -1), ("features.3.1_0005", "head_0003")),
    "vit_b_16": Case(
        ("conv_proj_0003", 1),
        ("encoder.layers.encoder_layer_3.mlp.0_0100", "class_token_0003"),
        {"class_token": {"layer": "encoder.layers.encoder_layer_5", "pooling": {"token": "class"}}},
    ),
    "maxvit_t": Case(
        ("stem.0.1_0003", 1),
        (
            "blocks.1.layers.0.layers.window_attention.mlp_layer.1_0003",
            "blocks.1_0003",
            "classifier.5_0003",
        ),
    ),
    "timm:vit_tiny_patch16_224": Case(
        ("patch_embed.proj_0003", 1),
        ("post=3Ablocks.3.mlp.act_0100", "class_token_0003", "middle_0003"),
        {
            "class_token": {"layer": "blocks.5", "pooling": {"token": "class"}},
            "middle": {"layer": "blocks.5", "pooling": "centre"},
        },
        usual=True,
    ),
    "timm:mixer_s32_224": Case(
        ("stem.proj_0003", 1), ("blocks.1.mlp_tokens.fc1_0010", "blocks.1_0010")
    ),
    "timm:resnetv2_50": Case(
        ("stem.conv_0003", 1), ("stages.1.blocks.1_0010", "post=3Astages.0.blocks.0.norm2_0010")
    ),
}
THOROUGH = "EXAMPLES" in os.environ
NETWORKS = [name for name, case in CASES.items() if case.usual or THOROUGH]
# By processes of their own: the others in this one, which has loaded PyTorch. The usual run has one
# process, which knows nothing of the network but its file.
AS_PROCESSES = {
    "convnext_tiny": ("natural", "synthetic", "preview"),
    "regnet_y_400mf": ("natural",),
}


# What networks of one size want to see.
SIDES = {
    "inception_v3": 299,
    "vit_b_16": 224,
    "maxvit_t": 224,
    "timm:vit_tiny_patch16_224": 224,
    "timm:mixer_s32_224": 224,
}


@dataclass(frozen=True)
class Made:
    """A network of PyTorch's or timm's own, and a study whose images are those it made."""

    name: str
    case: Case
    net: nn.Module
    folder: StudyFolder

    @property
    def stimuli(self) -> pd.DataFrame:
        return read_table(self.folder.stimuli_table, STIMULI)


def stock(name: str) -> nn.Module:
    """The network as its library makes it, with random weights, but none that are all zeros."""
    torch.manual_seed(0)
    if name.startswith("timm:"):
        import timm

        net = timm.create_model(name.removeprefix("timm:"))
    elif name in ("googlenet", "inception_v3"):
        net = torchvision.models.get_model(name, transform_input=True, init_weights=False)
    else:
        net = torchvision.models.get_model(name)
    net.eval().requires_grad_(False)
    for tensor in (*net.parameters(), *net.buffers()):
        if tensor.is_floating_point() and (tensor.dim() == 1 or not tensor.any()):
            tensor += torch.rand(tensor.shape) / 10
    # As in a trained network: otherwise hardly anything of an image arrives at the last layers.
    normalisations = [one for one in net.modules() if isinstance(one, nn.BatchNorm2d)]
    if normalisations:
        for one in normalisations:
            one.train()
            one.momentum = 1
        # From grey ones, with which optimisation begins, to photographs.
        contrasts = torch.linspace(0.02, 1, 8)[:, None, None, None]
        images = 0.5 + contrasts * (torch.rand(8, 3, 8, 8) - 0.5)
        images = F.interpolate(images, [SIDES.get(name, SIDE)] * 2, mode="bicubic")
        net(standardised(name, images))
    return net.eval()


def standardised(name: str, images: torch.Tensor) -> torch.Tensor:
    if name.startswith("timm:"):
        import timm

        data = timm.get_pretrained_cfg(name.removeprefix("timm:"))
        mean, sd = data.mean, data.std
    else:
        mean, sd = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    return (images - torch.tensor(mean)[:, None, None]) / torch.tensor(sd)[:, None, None]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    write_pictures(folder, 30)
    return folder


def run(place: Path, name: str, case: Case, units: list[str], net: nn.Module, pool: Path) -> Path:
    """All images of a study of these units, and its page; the study file."""
    weights = place / "weights.pth"
    torch.save(net.state_dict(), weights)
    content = {
        "name": "networks",
        "title": "A public network",
        "seed": 1,
        "model": {"name": name, "weights": str(weights)},
        "image": {"resize": 72, "crop": SIDE},
        "units": {"main": units},
        "natural": {"pool": str(pool), "bins": 3, "batches": 2},
        "synthetic": {"images": 2, "steps": 3},
        "parts": [
            {"name": "only", "conditions": ["synthetic"], "scheme": "Max-1", "main": len(units)}
        ],
        "readouts": case.readouts,
    }
    study = place / "study.yaml"
    study.write_text(yaml.safe_dump(content), encoding="utf-8")
    for step in (["natural", "--workers", "0"], ["synthetic"], ["preview"]):
        arguments = [step[0], str(study), *step[1:], "--root", str(place)]
        if step[0] in AS_PROCESSES.get(name, ()):
            done = command("stimgen", *arguments)
            assert done.returncode == 0, done.stderr
        else:
            ran = CliRunner().invoke(app, arguments)
            assert ran.exit_code == 0, repr(ran.exception)
    return study


@pytest.fixture(scope="module", params=NETWORKS)
def made(request, pictures, tmp_path_factory) -> Made:
    name, case = request.param, CASES[request.param]
    place, net = tmp_path_factory.mktemp("studies"), stock(name)
    study = run(place, name, case, [case.maps[0], *case.others], net, pictures)
    return Made(name, case, net, open_study(str(study), place))


def test_every_unit_has_all_its_images(made):
    counts = made.stimuli.groupby(["unit", "name"]).size().unstack()
    assert sorted(counts.index) == sorted([made.case.maps[0], *made.case.others])
    assert (counts["natural"] == 3 * 2 * 2).all()
    assert (counts["synthetic"] == 2 * 2).all()
    assert np.isfinite(made.stimuli["activation"]).all()


def test_activations_are_what_a_hook_measures_in_the_stock_network(made):
    unit, axis = made.case.maps
    path, channel = parse_unit(unit)
    rows = made.stimuli[made.stimuli["unit"] == unit]
    pixels = [np.asarray(Image.open(made.folder.path / image)) for image in rows["path"]]
    images = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 255
    side = SIDES.get(made.name, SIDE)
    if side != SIDE:
        images = F.interpolate(images, (side, side), mode="bilinear", antialias=True)
    means = []
    handle = made.net.get_submodule(path).register_forward_hook(
        lambda module, given, output: means.append(output.select(axis, channel).mean((1, 2)))
    )
    with torch.inference_mode():
        made.net(standardised(made.name, images))
    handle.remove()
    np.testing.assert_allclose(rows["activation"], means[0].numpy(), rtol=1e-3, atol=1e-5)


def test_what_drives_a_unit_more_has_a_higher_rank(made):
    natural = made.stimuli[made.stimuli["name"] == "natural"]
    for unit, rows in natural.groupby("unit"):
        assert rows["activation"].nunique() > 6, unit
        means = rows.groupby("pole")["activation"].mean()
        assert means["min"] < means["max"], unit


def test_what_is_optimised_drives_a_unit_in_its_direction(made):
    """A unit near the images: for others three steps are too few in a random network."""
    synthetic = made.stimuli[made.stimuli["name"] == "synthetic"]
    rows = synthetic[synthetic["unit"] == made.case.maps[0]]
    means = rows.groupby("pole")["activation"].mean()
    assert means["min"] < means["max"]


def test_the_page_finds_its_images(made):
    page = made.folder.preview.read_text(encoding="utf-8")
    addresses = [unescape(one) for one in re.findall(r'<img[^>]* src="([^"]*)"', page)]
    assert len(addresses) == len(made.stimuli)
    for address in addresses:
        assert (made.folder.stimuli / unquote(address)).is_file(), address


@pytest.mark.parametrize("made", ["googlenet"], indirect=True, scope="module")
def test_a_unit_beside_another_one_that_is_overwritten_is_itself(made, pictures, tmp_path):
    unit = made.case.maps[0]
    study = run(tmp_path, made.name, made.case, [unit], made.net, pictures)
    alone = read_table(open_study(str(study), tmp_path).stimuli_table, STIMULI)
    beside = made.stimuli[made.stimuli["unit"] == unit].reset_index(drop=True)
    natural = alone["name"] == "natural"
    pd.testing.assert_frame_equal(alone[natural], beside[natural])
