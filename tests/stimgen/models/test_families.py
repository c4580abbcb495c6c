"""Families of networks: what is downloaded and what is read from a file are the same network."""

import logging
import os
import re
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from conditions.errors import StudyError
from conditions.units.architectures import ARCHITECTURES
from stimgen.models.families.lucent import inception_layers, load_inceptionv1
from stimgen.models.families.torchvision import load_torchvision, torchvision_names
from stimgen.models.network import Network
from stimgen.models.weights.filling import state_hash


def images(side: int, count: int = 2) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def outputs(network: Network, side: int | None = None) -> torch.Tensor:
    return network.net(network.preprocess(images(side or network.side)))


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


timm = pytest.importorskip("timm")
from stimgen.models.families.timm import load_timm  # noqa: E402


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """In place of the hub: a function that says which tensors are to come from it."""
    import timm.models._hub as timms

    def sends(tensors: dict[str, torch.Tensor]) -> None:
        path = tmp_path / "from_the_hub.safetensors"
        save_file(tensors, path)
        monkeypatch.setattr(timms, "hf_hub_download", lambda *_, **__: str(path))

    return sends


def test_timms_download_and_file_are_one_network(hub, tmp_path):
    torch.manual_seed(0)
    net = timm.create_model("test_resnet")
    hub(net.state_dict())
    torch.save(net.state_dict(), tmp_path / "w.pth")
    downloaded = load_timm("timm:test_resnet", None)
    read = load_timm("timm:test_resnet.r160_in1k", tmp_path / "w.pth")
    assert downloaded.weights_sha256 == read.weights_sha256 == state_hash(net)
    assert torch.equal(outputs(downloaded), outputs(read))
    assert downloaded.weights_source == "https://huggingface.co/timm/test_resnet.r160_in1k"
    assert "state_dict" not in read.net.pretrained_cfg
    assert not any(parameter.requires_grad for parameter in read.net.parameters())


def test_timms_mean_sd_and_side_are_those_of_the_weights():
    for name, mean, side in [
        ("timm:vit_tiny_patch16_224", 0.5, 224),
        ("timm:vit_tiny_patch16_384", 0.5, 384),
        ("timm:convnext_atto", 0.485, 224),
    ]:
        network = load_timm(name, None, blank=True)
        assert network.side == side
        black = network.preprocess(torch.zeros(1, 3, 4, 4))
        white = network.preprocess(torch.ones(1, 3, 4, 4))
        assert float((black / (black - white))[0, 0, 0, 0]) == pytest.approx(mean)
        assert outputs(network).isfinite().all()


def test_an_original_file_is_converted_as_timm_does_it(tmp_path):
    """Old names of a ConvNeXt's original file."""
    net = timm.create_model("convnext_atto")
    tensors = net.state_dict()
    original = {}
    for name, tensor in tensors.items():
        name = name.replace("stem.", "downsample_layers.0.").replace("head.norm.", "norm.")
        name = name.replace("head.fc.", "head.").replace("conv_dw", "dwconv")
        name = name.replace("mlp.fc", "pwconv")
        name = re.sub(r"stages\.(\d)\.downsample", r"downsample_layers.\1", name)
        original[re.sub(r"stages\.(\d)\.blocks\.", r"stages.\1.", name)] = tensor
    torch.save(original, tmp_path / "w.pth")
    assert "stages.0.0.dwconv.weight" in original
    read = load_timm("timm:convnext_atto", tmp_path / "w.pth")
    assert read.weights_sha256 == state_hash(net)


def test_what_timm_would_leave_random_is_refused(tmp_path):
    """Its builder of this network takes files in which weights are missing."""
    tensors = timm.create_model("dla46_c").state_dict()
    del tensors["base_layer.0.weight"]
    torch.save(tensors, tmp_path / "w.pth")
    with pytest.raises(StudyError, match=r"do not fit the model: base_layer\.0\.weight is missing"):
        load_timm("timm:dla46_c", tmp_path / "w.pth")


@pytest.mark.parametrize(
    ("model", "size", "told"),
    [
        ("vit_tiny_patch16_224", 384, "pos_embed is 1 × 577 × 192, wanted 1 × 197 × 192: are they"),
        ("swin_tiny_patch4_window7_224", 448, "relative_position_bias_table is 729 × 3, wanted"),
    ],
)
def test_weights_for_another_size_are_not_interpolated(tmp_path, model, size, told):
    more = {"window_size": 14} if "swin" in model else {}
    tensors = timm.create_model(model, img_size=size, **more).state_dict()
    torch.save(tensors, tmp_path / "w.pth")
    with pytest.raises(StudyError, match=told):
        load_timm(f"timm:{model}", tmp_path / "w.pth")


def test_an_original_transformer_with_registers_is_converted(tmp_path):
    """Where it has a position for the class token that timm adds to the token itself."""
    net = timm.create_model("vit_small_patch14_reg4_dinov2")
    tensors = net.state_dict()
    position = torch.ones(1, 1, tensors["cls_token"].shape[-1])
    original = {name.replace("reg_token", "register_tokens"): t for name, t in tensors.items()}
    original["pos_embed"] = torch.cat((position, tensors["pos_embed"]), 1)
    original["mask_token"] = torch.zeros(1, position.shape[-1])
    torch.save(original, tmp_path / "w.pth")
    read = load_timm("timm:vit_small_patch14_reg4_dinov2", tmp_path / "w.pth")
    torch.testing.assert_close(read.net.cls_token, tensors["cls_token"] + position)
    assert torch.equal(read.net.pos_embed, tensors["pos_embed"])


def test_files_that_do_not_fit_timms_network_are_refused(tmp_path):
    path = tmp_path / "w.pth"
    torch.save(timm.create_model("test_resnet", num_classes=7).state_dict(), path)
    with pytest.raises(StudyError, match=r"fc\.weight is 7 × \d+, wanted 1000 × \d+.*MODULE:FUNC"):
        load_timm("timm:test_resnet", path)
    torch.save({"a": torch.zeros(1)}, path)
    for name in ("test_resnet", "test_vit", "convnext_atto", "swin_tiny_patch4_window7_224"):
        with pytest.raises(StudyError, match=r"w\.pth: weights do not fit the model"):
            load_timm(f"timm:{name}", path)


def test_timms_names_are_checked_before_anything_is_built():
    for name, told in [
        ("timm:resnet5O", "has no 'resnet5O'; near it are .*resnet50"),
        ("timm:", "has no ''"),
        ("timm:qqqqqqqq", "has no 'qqqqqqqq'$"),
        ("timm:hf-hub:timm/resnet50", "has no 'hf-hub:timm/resnet50'"),
        ("timm:resnet50.a9", "no weights 'a9' of resnet50; it has .*a1_in1k"),
        ("timm:mixer_s32_224", "timm publishes no weights of it; name a file"),
        ("timm:vit_huge_patch16_sapiens2", "images of 1024 × 768 pixels; ours are square"),
    ]:
        with pytest.raises(StudyError, match=told):
            load_timm(name, None)


def test_images_of_other_than_three_channels_are_refused(monkeypatch):
    from dataclasses import replace

    known = replace(timm.get_pretrained_cfg("test_resnet"), input_size=(13, 160, 160))
    monkeypatch.setattr(timm, "get_pretrained_cfg", lambda *_, **__: known)
    with pytest.raises(StudyError, match="timm:test_resnet takes images of 13 channels"):
        load_timm("timm:test_resnet", None, blank=True)


def test_without_a_hub_a_line_says_what_to_do(monkeypatch):
    import httpx
    import timm.models._hub as timms
    from huggingface_hub.errors import LocalEntryNotFoundError

    logging.getLogger("timm").setLevel(logging.ERROR)
    for error in (LocalEntryNotFoundError("not\nthere"), httpx.ReadTimeout("not there")):

        def nobody(*_, error=error, **__):
            raise error

        monkeypatch.setattr(timms, "hf_hub_download", nobody)
        with pytest.raises(
            StudyError,
            match=r"cannot download the weights of timm:test_resnet from https://huggingface\.co/"
            r"timm/test_resnet\.r160_in1k: not there; fetch the file elsewhere and name it",
        ):
            load_timm("timm:test_resnet", None)


def test_a_download_with_nan_is_refused(hub):
    tensors = timm.create_model("test_resnet").state_dict()
    tensors["fc.bias"][3] = float("nan")
    hub(tensors)
    with pytest.raises(StudyError, match=r"test_resnet\.r160_in1k: fc\.bias has 1 NaN"):
        load_timm("timm:test_resnet", None)


def test_without_timm_a_line_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(StudyError, match=r"timm:test_vit .*-r requirements-networks\.txt"):
        load_timm("timm:test_vit", None)
