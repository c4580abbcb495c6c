"""Families of networks: what is downloaded and what is read from a file are the same network."""

import os
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from conditions.errors import StudyError
from conditions.units.architectures import ARCHITECTURES
from stimgen.models.families.lucent import inception_layers, load_inceptionv1
from stimgen.models.families.torchvision import load_torchvision, torchvision_names
from stimgen.models.weights.filling import state_hash
from tests.stimgen.models.networks import images, outputs


def lively(net: nn.Module) -> nn.Module:
    """With statistics of batch normalisation that are no network's first ones."""
    generator = torch.Generator().manual_seed(2)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values in (module.running_mean, module.running_var):
                values += torch.rand(values.shape, generator=generator) / 10
    return net


@pytest.fixture
def store(tmp_path, monkeypatch) -> Path:
    """Where torch keeps what it has downloaded."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "store"))
    folder = tmp_path / "store/hub/checkpoints"
    folder.mkdir(parents=True)
    return folder


def published(name: str, entry: str = "DEFAULT") -> str:
    """File name of a model's published weights."""
    from torchvision.models import get_model_weights

    return get_model_weights(name)[entry].url.rsplit("/", 1)[1]


def as_published(name: str) -> dict[str, torch.Tensor]:
    """Random weights in the form of the published file."""
    from torchvision import models

    torch.manual_seed(0)
    if name == "googlenet":
        net = models.GoogLeNet(aux_logits=True, transform_input=True, init_weights=False)
        return lively(net).state_dict()
    if name == "inception_v3":
        net = models.Inception3(aux_logits=True, transform_input=True, init_weights=False)
        return lively(net).state_dict()
    tensors = lively(models.densenet121()).state_dict()
    old = {re.sub(r"(layer\d+\.)(norm|conv)([12])", r"\1\2.\3", k): v for k, v in tensors.items()}
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    return {name: tensor for name, tensor in old.items() if "num_batches" not in name}


@pytest.mark.parametrize("name", ["googlenet", "densenet121", "inception_v3"])
def test_a_download_and_the_same_file_are_one_network(name, store, tmp_path):
    tensors = as_published(name)
    torch.save(tensors, store / published(name))
    downloaded = load_torchvision(name, None)
    torch.save(tensors, tmp_path / "w.pth")
    torch.save(downloaded.net.state_dict(), tmp_path / "saved_again.pth")
    save_file(downloaded.net.state_dict(), tmp_path / "saved_again.safetensors")
    seen = outputs(downloaded)
    assert seen.std() > 0
    assert downloaded.weights_source.startswith("https://")
    for file in ("w.pth", "saved_again.pth", "saved_again.safetensors"):
        read = load_torchvision(name, tmp_path / file)
        assert read.weights_sha256 == downloaded.weights_sha256
        assert torch.equal(outputs(read), seen)
        assert read.side == downloaded.side == (299 if name == "inception_v3" else 224)
        assert read.weights_source == str(tmp_path / file)
        assert read.weights_file == tmp_path / file


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_the_input_of_networks_ported_from_tensorflow_is_scaled_as_there(name):
    assert load_torchvision(name, None, blank=True).net.transform_input


def test_the_hash_of_a_torchvision_network_is_that_of_its_tensors(store):
    from torchvision.models import squeezenet1_1

    net = squeezenet1_1()
    torch.save(net.state_dict(), store / published("squeezenet1_1"))
    network = load_torchvision("squeezenet1_1", None)
    assert network.weights_sha256 == state_hash(net)
    assert not any(parameter.requires_grad for parameter in network.net.parameters())
    wanted = (images(64) - torch.tensor([0.485, 0.456, 0.406])[:, None, None]) / torch.tensor(
        [0.229, 0.224, 0.225]
    )[:, None, None]
    assert torch.equal(network.preprocess(images(64)), wanted)


@pytest.mark.slow
def test_a_published_file_is_known_by_its_name(tmp_path):
    """A network that is published in two sizes: which one, the name of the file says."""
    from torchvision.models import vit_b_16

    large = vit_b_16(image_size=384).state_dict()
    name = published("vit_b_16", "IMAGENET1K_SWAG_E2E_V1")
    copy = tmp_path / (Path(name).stem + " (1).pth")
    torch.save(large, copy)
    assert load_torchvision("vit_b_16", copy).side == 384
    renamed = copy.rename(tmp_path / "weights.pth")
    with pytest.raises(
        StudyError,
        match=f"pos_embedding is 1 × 577 × 768, wanted 1 × 197 × 768.*known by their name.*{name}",
    ):
        load_torchvision("vit_b_16", renamed)


def test_a_network_with_another_head_is_told_the_way_to_code_of_ones_own(tmp_path):
    from torchvision.models import resnet18

    torch.save(resnet18(num_classes=10).state_dict(), tmp_path / "w.pth")
    with pytest.raises(
        StudyError,
        match=r"fc\.weight is 10 × 512, wanted 1000 × 512 \(and 1 more\).*MODULE:FUNCTION .* own$",
    ):
        load_torchvision("resnet18", tmp_path / "w.pth")


def test_weights_saved_on_several_gpus_fit(tmp_path):
    from torchvision.models import squeezenet1_1

    net = squeezenet1_1()
    torch.save(nn.DataParallel(net).state_dict(), tmp_path / "w.pth")
    assert load_torchvision("squeezenet1_1", tmp_path / "w.pth").weights_sha256 == state_hash(net)


def test_after_a_misfit_torchvisions_own_loading_is_as_before(tmp_path):
    from torchvision.models import SqueezeNet1_1_Weights

    before = nn.Module.load_state_dict, SqueezeNet1_1_Weights.get_state_dict
    torch.save({"a": torch.zeros(1)}, tmp_path / "w.pth")
    with pytest.raises(StudyError, match=r"is missing \(and 51 more\), a is unknown to it"):
        load_torchvision("squeezenet1_1", tmp_path / "w.pth")
    assert before == (nn.Module.load_state_dict, SqueezeNet1_1_Weights.get_state_dict)


@pytest.mark.slow
def test_every_architecture_is_built_without_weights():
    """But for the largest, which need several GB; in the usual suite some of them."""
    huge = ("regnet_y_128gf", "regnet_y_32gf", "regnet_x_32gf", "vit_h", "vit_l")
    for name in torchvision_names()[:: 1 if "EXAMPLES" in os.environ else 6]:
        if not name.startswith(huge):
            network = load_torchvision(name, None, blank=True)
            assert network.weights_source == "random weights"
            assert network.side >= 224


def test_inceptions_layers_are_those_that_units_are_drawn_from():
    layers = inception_layers()
    assert list(layers) == list(ARCHITECTURES["inceptionv1"])
    net = load_inceptionv1("inceptionv1", None, blank=True).net
    for layer in layers.values():
        assert layer.channels == sum(net.get_submodule(m).out_channels for m in layer.sources)


def test_inceptions_download_and_file_are_one_network(store, tmp_path):
    tensors = load_inceptionv1("inceptionv1", None, blank=True).net.state_dict()
    for path in (store / "inception5h.pth", tmp_path / "w.pth"):
        torch.save(tensors, path)
    downloaded = load_inceptionv1("inceptionv1", None)
    read = load_inceptionv1("inceptionv1", tmp_path / "w.pth")
    assert downloaded.weights_sha256 == read.weights_sha256
    assert torch.equal(outputs(downloaded), outputs(read))
    assert downloaded.weights_source.endswith("inception5h.pth")
    assert downloaded.weights_file == store / "inception5h.pth"
