"""One value of many: how a readout's positions are pooled, and what does not fit is refused."""

from functools import partial

import pytest
import torch

from conditions.errors import StudyError
from conditions.study.kinds.visualisation import Visualisation
from conditions.study.readouts import ReadoutChoice
from stimgen.activations import activations_of, layer_maps
from stimgen.models.open import with_readouts
from stimgen.synthetic.images.fourier import FourierImages
from stimgen.synthetic.optimising.objective import UnitObjective
from stimgen.synthetic.optimising.optimise import ImageSet, optimise
from tests.stimgen.layers.nets import Mixer, Transformer, model_of

SIDE = 96


def choice(layer, pooling):
    return ReadoutChoice.model_validate({"layer": layer, "pooling": pooling})


@pytest.mark.parametrize(
    ("pooling", "by_hand"),
    [
        ("mean", lambda maps: maps.mean((2, 3))),
        ("max", lambda maps: maps.flatten(2).max(2).values),
        ("centre", lambda maps: maps[:, :, 3, 3]),
        ([0, 5], lambda maps: maps[:, :, 0, 5]),
        ([5, 2], lambda maps: maps[:, :, 5, 2]),
    ],
)
def test_values_are_pooled_as_the_study_says(lite0, pooling, by_hand):
    model = with_readouts(lite0, {"own": choice("block08", pooling)}, SIDE)
    images = torch.rand(3, 3, SIDE, SIDE)
    with torch.inference_mode():
        maps = layer_maps(model, images, ["block08"])["block08"]
        assert maps.shape[2:] == (6, 6)
        found = activations_of(model, images, {"own": None})["own"]
        some = activations_of(model, images, {"own": [7, 2]})["own"]
    torch.testing.assert_close(found, by_hand(maps))
    assert torch.equal(some, found[:, [7, 2]])
    for channel in (2, 7):
        # What is optimised is the same.
        torch.testing.assert_close(
            model.readout("own").unit(maps, channel).mean(), found[:, channel].mean()
        )


def test_a_position_is_the_same_place_of_larger_images(lite0):
    """The optimisation sees more of an image than the scan: its maps have more rows."""
    model = with_readouts(lite0, {"own": choice("block08", [1, 4])}, SIDE)
    pooling = model.readout("own").pooling
    assert pooling.index(6, 6) == (1, 4)
    assert pooling.index(12, 12) == (3, 9)
    assert with_readouts(lite0, {"c": choice("block08", "centre")}, SIDE).readout(
        "c"
    ).pooling.index(7, 8) == (3, 4)


def test_what_is_optimised_is_the_position_of_the_image(lite0):
    """Images that are moved anywhere would have it everywhere, and so nowhere."""
    recipe = Visualisation(images=1, steps=64)
    units = (3, 8, 20, 31)
    found = {}
    for pooling in ([0, 0], "mean"):
        model = with_readouts(lite0, {"own": choice("block04", pooling)}, SIDE)
        whole = optimise(
            model,
            "own",
            [ImageSet(f"u{i}", UnitObjective(i, "max", 0.0), i) for i in units],
            partial(FourierImages, SIDE),
            recipe,
        )
        images = torch.cat([one.images for one in whole])
        corner = with_readouts(lite0, {"corner": choice("block04", [0, 0])}, SIDE)
        with torch.inference_mode():
            values = activations_of(corner, images, {"corner": list(units)})["corner"]
        found[str(pooling)] = values.diagonal()
    assert (found["[0, 0]"] > found["mean"]).all(), found


def test_a_token_is_read_apart_from_the_patches():
    torch.manual_seed(0)
    net = Transformer()
    choices = {
        "cls": choice("fc1", {"token": "class"}),
        "reg": choice("fc1", {"token": "register_2"}),
    }
    model = with_readouts(model_of(net, side=32), choices, 32)
    images = torch.rand(3, 3, 32, 32)
    kept = []
    handle = net.fc1.register_forward_hook(lambda module, given, output: kept.append(output))
    with torch.inference_mode():
        net(images)
        handle.remove()
        found = activations_of(model, images, {"cls": None, "reg": None, "fc1": None})
    torch.testing.assert_close(found["cls"], kept[0][:, 0])
    torch.testing.assert_close(found["reg"], kept[0][:, 2])
    torch.testing.assert_close(found["fc1"], kept[0][:, 3:].mean(1))


@pytest.mark.parametrize(
    ("layer", "pooling", "what"),
    [
        ("block08", [6, 0], r"found \[6, 0\], but the map of layer block08 has 6 rows and 6 col"),
        ("block08", {"token": "class"}, "no token 'class'; beside its patches it has none"),
        ("block8", "mean", "no layer 'block8'"),
    ],
)
def test_what_does_not_fit_the_layer_is_refused(lite0, layer, pooling, what):
    with pytest.raises(StudyError, match=rf"readouts\.own: .*{what}"):
        with_readouts(lite0, {"own": choice(layer, pooling)}, SIDE)


def test_a_position_is_refused_where_there_is_no_place():
    model = model_of(Mixer(), side=32)
    with pytest.raises(StudyError, match=r"readouts\.own: pooling: found 'centre', but .*no place"):
        with_readouts(model, {"own": choice("tokens", "centre")}, 32)
    with pytest.raises(StudyError, match="has a layer of that name"):
        with_readouts(model, {"tokens": choice("stem", "mean")}, 32)


def test_the_registers_of_a_layer_are_named():
    model = model_of(Transformer(), side=32)
    with pytest.raises(StudyError, match="it has class, register_1, register_2"):
        with_readouts(model, {"own": choice("fc1", {"token": "register_3"})}, 32)
