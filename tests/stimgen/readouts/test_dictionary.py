"""Linear maps behind a layer: what they give, and files that hold something else."""

from functools import partial

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from torch import nn

from conditions.errors import StudyError
from conditions.study.kinds.visualisation import Visualisation
from conditions.study.readouts import ReadoutChoice
from stimgen.activations import activations_of, layer_maps
from stimgen.models.open import with_readouts
from stimgen.readouts.dictionary import load_dictionary
from stimgen.synthetic.images.fourier import FourierImages
from stimgen.synthetic.optimising.objective import UnitObjective
from stimgen.synthetic.optimising.optimise import ImageSet, optimise
from tests.stimgen.layers.nets import model_of

CHANNELS = 112
RNG = np.random.default_rng(0)
WEIGHTS = RNG.normal(size=(9, CHANNELS)).astype(np.float32)
BIAS = RNG.normal(size=9).astype(np.float32)
CENTRE = RNG.normal(size=CHANNELS).astype(np.float32)
IMAGES = torch.rand(3, 3, 96, 96, generator=torch.Generator().manual_seed(2))


def saved(path, **tensors):
    if path.suffix == ".npz":
        np.savez(path, **tensors)
    else:
        save_file({name: np.ascontiguousarray(array) for name, array in tensors.items()}, path)
    return path


def model_with(lite0, path, **fields):
    choice = ReadoutChoice.model_validate({"layer": "block08", "map": path, **fields})
    return with_readouts(lite0, {"sae": choice}, 96)


def by_hand(maps, activation):
    values = np.einsum("uc,nchw->nuhw", WEIGHTS.astype(float), maps - CENTRE[:, None, None])
    values += BIAS[:, None, None]
    if activation == "none":
        return values
    if activation != "relu":
        least = np.sort(values, axis=1)[:, -3][:, None]
        values = np.where(values >= least, values, 0)
    return np.maximum(values, 0)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
@pytest.mark.parametrize("pooling", ["mean", "max", "centre"])
@pytest.mark.parametrize("activation", ["none", "relu", {"topk": 3}])
def test_units_are_what_the_formula_says(lite0, tmp_path, suffix, pooling, activation):
    path = saved(tmp_path / f"sae{suffix}", weights=WEIGHTS, bias=BIAS, centre=CENTRE)
    model = model_with(lite0, path, activation=activation, pooling=pooling)
    with torch.inference_mode():
        maps = layer_maps(model, IMAGES, ["sae"])["sae"]
        found = activations_of(model, IMAGES, {"sae": None})["sae"].numpy()
        some = activations_of(model, IMAGES, {"sae": [8, 1]})["sae"].numpy()
    values = by_hand(maps.double().numpy(), activation)
    pooled = {
        "mean": values.mean((2, 3)),
        "max": values.max((2, 3)),
        "centre": values[:, :, 3, 3],
    }[pooling]
    np.testing.assert_allclose(found, pooled, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(some, found[:, [8, 1]], rtol=1e-5, atol=1e-5)
    unit = model.readout("sae").unit(maps, 8).mean()
    np.testing.assert_allclose(float(unit), pooled[:, 8].mean(), rtol=1e-4, atol=1e-4)


def test_the_centre_stays_where_the_study_says_so(lite0, tmp_path):
    whole = saved(tmp_path / "a.npz", weights=WEIGHTS, bias=BIAS, centre=CENTRE)
    without = saved(tmp_path / "b.npz", weights=WEIGHTS, bias=BIAS)
    with torch.inference_mode():
        kept = activations_of(model_with(lite0, whole, subtract_bias=False), IMAGES, {"sae": None})[
            "sae"
        ]
        none = activations_of(model_with(lite0, without), IMAGES, {"sae": None})["sae"]
    assert torch.equal(kept, none)


def test_a_map_is_known_by_its_tensors(tmp_path):
    one = load_dictionary(saved(tmp_path / "a.npz", weights=WEIGHTS, bias=BIAS), "none", None)
    two = load_dictionary(
        saved(tmp_path / "b.safetensors", bias=BIAS, weights=WEIGHTS), "relu", None
    )
    other = load_dictionary(saved(tmp_path / "c.npz", weights=WEIGHTS * 2, bias=BIAS), "none", None)
    assert one.sha256 == two.sha256 != other.sha256


@pytest.mark.parametrize("diversity", [0.0, 0.3])
def test_a_one_hot_row_is_the_channel(lite0, tmp_path, diversity):
    """Byte for byte: activations, and images after some steps."""
    weights = np.zeros((2, CHANNELS), np.float32)
    weights[1, 20] = 1
    model = model_with(lite0, saved(tmp_path / "one.npz", weights=weights))
    with torch.inference_mode():
        found = activations_of(model, IMAGES, {"sae": [1], "block08": [20]})
    assert torch.equal(found["sae"], found["block08"])
    recipe = Visualisation(images=2, steps=8)
    made = [
        optimise(
            model,
            layer,
            [ImageSet("unit", UnitObjective(channel, "max", diversity), 1)],
            partial(FourierImages, 64),
            recipe,
        )[0].images
        for layer, channel in (("sae", 1), ("block08", 20))
    ]
    assert torch.equal(*made)


def test_a_rotation_that_the_next_layer_takes_back_makes_directions_channels(tmp_path):
    """The unit along a row of a rotation is the channel of the network that is rotated so."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.Conv2d(12, 5, 1))
    rotation = torch.linalg.qr(torch.randn(12, 12)).Q
    turned = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.Conv2d(12, 5, 1))
    with torch.no_grad():
        turned[0].weight.copy_(torch.einsum("kc,cxyz->kxyz", rotation, net[0].weight))
        turned[0].bias.copy_(rotation @ net[0].bias)
        turned[1].weight.copy_(torch.einsum("okxy,kc->ocxy", net[1].weight, rotation.T))
        turned[1].bias.copy_(net[1].bias)
    path = saved(tmp_path / "rotation.npz", weights=rotation.numpy())
    choice = ReadoutChoice.model_validate({"layer": "0", "map": path})
    model = with_readouts(model_of(net), {"along": choice}, 32)
    images = torch.rand(4, 3, 32, 32)
    with torch.inference_mode():
        found = activations_of(model, images, {"along": None, "1": None})
        wanted = activations_of(model_of(turned), images, {"0": None, "1": None})
    torch.testing.assert_close(found["1"], wanted["1"], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found["along"], wanted["0"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("activation", ["relu", {"topk": 1}])
def test_a_unit_that_is_shut_can_be_opened(lite0, tmp_path, activation):
    """From noise, for which it is 0, an image is found for which it is not."""
    weights = np.zeros((2, CHANNELS), np.float32)
    weights[0, 20] = 1
    start = FourierImages(64, [torch.Generator().manual_seed(1)], 2, torch.device("cpu"))
    with torch.inference_mode():
        noise = layer_maps(lite0, start.images(), ["block08"])["block08"][:, 20]
    bias = np.array([-float(noise.max()) - 0.1, 0.1], np.float32)
    model = model_with(
        lite0, saved(tmp_path / "shut.npz", weights=weights, bias=bias), activation=activation
    )
    made = optimise(
        model,
        "sae",
        [ImageSet("unit", UnitObjective(0, "max", 0.0), 1)],
        partial(FourierImages, 64),
        Visualisation(images=2, steps=60),
    )[0].images
    with torch.inference_mode():
        before = activations_of(model, start.images(), {"sae": [0]})["sae"]
        after = activations_of(model, made, {"sae": [0]})["sae"]
    assert float(before.max()) == 0 < float(after.min())


@pytest.mark.parametrize(
    ("tensors", "fields", "what"),
    [
        ({"weights": WEIGHTS.T}, {}, "weights are 112 units × 9 channels, .* transpose them"),
        ({"weights": WEIGHTS[:, :50]}, {}, "9 units × 50 channels, but layer block08 has 112"),
        ({"weights": BIAS}, {}, r"weights: found shape \(9,\), wanted units × channels"),
        ({"weights": WEIGHTS, "bias": CENTRE}, {}, r"bias: found shape \(112,\), wanted \(9,\)"),
        ({"weights": WEIGHTS, "centre": BIAS}, {}, r"centre: found shape \(9,\), wanted \(112,\)"),
        ({"weight": WEIGHTS}, {}, "found weight, wanted weights"),
        ({"weights": WEIGHTS, "W_dec": WEIGHTS}, {}, "found W_dec, weights, wanted weights"),
        ({"weights": WEIGHTS * np.nan}, {}, "weights: 1008 of 1008 values are not finite"),
        (
            {"weights": WEIGHTS},
            {"activation": {"topk": 10}},
            "topk: found 10, wanted at most its 9",
        ),
        ({"weights": WEIGHTS}, {"subtract_bias": True}, "but the file has no centre"),
        ({"weights": np.array([["a"]])}, {}, "weights: found <U1, wanted real numbers"),
    ],
)
def test_a_file_that_does_not_fit_is_one_line(lite0, tmp_path, tensors, fields, what):
    path = saved(tmp_path / "sae.npz", **tensors)
    with pytest.raises(StudyError, match=rf"^readouts\.sae: .*sae\.npz: .*{what}") as caught:
        model_with(lite0, path, **fields)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("sae.npz", b"", "cannot be read as .npz"),
        ("sae.safetensors", b"not one", "cannot be read as .safetensors"),
        ("sae.pt", b"", "found a .pt file, wanted .safetensors or .npz"),
        ("sae", b"", "found a nameless file"),
        ("missing.npz", None, "no such file; it is to hold the readout's map"),
        ("missing.safetensors", None, "no such file; it is to hold the readout's map"),
    ],
)
def test_a_file_that_is_none_is_one_line(lite0, tmp_path, name, content, what):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(StudyError, match=what) as caught:
        model_with(lite0, tmp_path / name)
    assert "\n" not in str(caught.value)
