"""Networks of timm: by its builders, with the weights of its hub or of a file."""

import logging
import re
import sys

import pytest
import torch
from safetensors.torch import save_file

from conditions.errors import StudyError
from stimgen.models.weights.filling import state_hash
from tests.stimgen.models.networks import outputs

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
    import httpx2
    import timm.models._hub as timms
    from huggingface_hub.errors import LocalEntryNotFoundError

    logging.getLogger("timm").setLevel(logging.ERROR)
    for error in (LocalEntryNotFoundError("not\nthere"), httpx2.ReadTimeout("not there")):

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
