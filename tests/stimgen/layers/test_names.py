"""What names of layers mean in public networks, as README says."""

import pytest
import torch
import torch.nn.functional as F

from stimgen.activations import layer_maps
from stimgen.models.registry import load_model


def values(name, side, names):
    torch.manual_seed(0)
    model = load_model(name, blank=True, device="cpu")
    images = torch.rand(2, 3, side, side)
    with torch.inference_mode():
        return model, images, layer_maps(model, images, names)


def watched(model, images, paths):
    """What modules give in a plain pass; only the first call of each."""
    kept = {}

    def keep(path):
        def hook(module, given, output):
            kept.setdefault(path, output.clone())

        return hook

    handles = [model.net.get_submodule(path).register_forward_hook(keep(path)) for path in paths]
    with torch.inference_mode():
        model.net(model.preprocess(model.fitted(images)))
    for handle in handles:
        handle.remove()
    return kept


def test_a_block_of_a_resnet():
    block = "layer3.5"
    names = [f"{block}.{part}" for part in ("conv1", "bn1", "relu", "bn3", "add", "relu_2")]
    names += [block, "layer3", f"post:{block}", f"post:{block}.relu", "layer3.4", "post:layer3.4"]
    model, images, maps = values("resnet50", 64, names)
    kept = watched(model, images, [f"{block}.bn1", f"{block}.bn3", block, "layer3.4"])
    torch.testing.assert_close(maps[f"{block}.relu"], kept[f"{block}.bn1"])
    assert torch.equal(maps[f"{block}.relu"], maps[f"{block}.bn1"])
    torch.testing.assert_close(maps[f"post:{block}.relu"], F.relu(kept[f"{block}.bn1"]))
    # The block adds what came in, which is after the ReLU of the block before.
    torch.testing.assert_close(maps[block], kept[f"{block}.bn3"] + kept["layer3.4"])
    for same in (f"{block}.add", f"{block}.relu_2", "layer3"):
        assert torch.equal(maps[same], maps[block]), same
    assert maps[block].min() < 0
    torch.testing.assert_close(maps[f"post:{block}"], kept[block])
    torch.testing.assert_close(maps["post:layer3.4"], kept["layer3.4"])


def test_a_densenet():
    layer = "features.denseblock2.denselayer3"
    names = [f"{layer}.norm1", f"{layer}.relu1", f"{layer}.conv1", "features.denseblock2"]
    names += ["features.norm5", "relu", "post:relu", "features.denseblock2.denselayer12"]
    model, images, maps = values("densenet121", 64, names)
    kept = watched(model, images, [f"{layer}.norm1", f"{layer}.conv1", "features.norm5"])
    for same in ("norm1", "relu1"):
        torch.testing.assert_close(maps[f"{layer}.{same}"], kept[f"{layer}.norm1"])
    torch.testing.assert_close(maps[f"{layer}.conv1"], kept[f"{layer}.conv1"])
    whole = maps["features.denseblock2"]
    assert whole.shape[1] == 128 + 12 * 32
    assert torch.equal(whole[:, -32:], maps["features.denseblock2.denselayer12"])
    torch.testing.assert_close(maps["relu"], kept["features.norm5"])
    torch.testing.assert_close(maps["post:relu"], F.relu(kept["features.norm5"]))


@pytest.mark.parametrize(
    ("name", "branches", "layer"),
    [
        ("googlenet", ["branch1", "branch2", "branch3", "branch4"], "inception4a"),
        ("squeezenet1_1", ["expand1x1", "expand3x3"], "features.3"),
    ],
)
def test_branches_side_by_side(name, branches, layer):
    parts = [f"{layer}.{branch}" for branch in branches]
    _, _, maps = values(name, 64, [layer, f"post:{layer}", *parts])
    together = torch.cat([maps[part] for part in parts], 1)
    assert torch.equal(maps[layer], together)
    assert maps[layer].min() < 0
    torch.testing.assert_close(maps[f"post:{layer}"], F.relu(together))


VITS = {
    "timm:vit_tiny_patch16_224": {
        "block": "blocks.9",
        "before": "blocks.8",
        "attention": "blocks.9.attn",
        "mlp": "blocks.9.mlp",
        "neurons": ["blocks.9.mlp.fc1", "blocks.9.mlp.act"],
        "after": "post:blocks.9.mlp.act",
        "norm": "blocks.9.norm1",
        "logits": "head",
    },
    "vit_b_32": {
        "block": "encoder.layers.encoder_layer_9",
        "before": "encoder.layers.encoder_layer_8",
        "attention": "encoder.layers.encoder_layer_9.self_attention",
        "mlp": "encoder.layers.encoder_layer_9.mlp",
        "neurons": [
            "encoder.layers.encoder_layer_9.mlp.0",
            "encoder.layers.encoder_layer_9.mlp.1",
        ],
        "after": "post:encoder.layers.encoder_layer_9.mlp.1",
        "norm": "encoder.layers.encoder_layer_9.ln_1",
        "logits": "heads.head",
    },
}


@pytest.mark.parametrize("name", VITS)
def test_a_block_of_a_vision_transformer(name):
    part = VITS[name]
    block = part["block"]
    names = [value for value in part.values() if isinstance(value, str)]
    names += [*part["neurons"], f"{block}.add"]
    model, images, maps = values(name, 96, names)
    kept = watched(model, images, [block, part["norm"], part["neurons"][0], part["mlp"]])

    def patches(tokens):
        side = round((tokens.shape[1] - 1) ** 0.5)
        return tokens[:, 1:].transpose(1, 2).unflatten(2, (side, side))

    torch.testing.assert_close(maps[block], patches(kept[block]))
    torch.testing.assert_close(maps[part["norm"]], patches(kept[part["norm"]]))
    neurons = patches(kept[part["neurons"][0]])
    for same in part["neurons"]:
        torch.testing.assert_close(maps[same], neurons)
    torch.testing.assert_close(maps[part["after"]], F.gelu(neurons))
    torch.testing.assert_close(maps[part["mlp"]], patches(kept[part["mlp"]]))
    # The stream is what came in, what attention adds, and what the MLP adds.
    torch.testing.assert_close(maps[f"{block}.add"], maps[part["before"]] + maps[part["attention"]])
    torch.testing.assert_close(maps[block], maps[f"{block}.add"] + maps[part["mlp"]])
    assert maps[part["logits"]].shape == (2, 1000, 1, 1)
