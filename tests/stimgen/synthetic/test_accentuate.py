"""Accentuation: how far images go, what holds them back, and that each goes by itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from conditions.errors import StudyError
from stimgen.activations import activations_of
from stimgen.layers.layer import Layer
from stimgen.models.model import Model
from stimgen.readouts.pooling import Pooling
from stimgen.readouts.readout import Readout
from stimgen.synthetic.accentuate import LEAST_SHARE, MOST_SHIFT, Aim, Photograph, accentuate
from stimgen.synthetic.distance import mean_squared_distance, squared_distances
from stimgen.synthetic.images.phases import PhaseImages, smooth_component
from stimgen.synthetic.optimising.transformations import transform
from tests.stimgen.layers.nets import ChannelsLast, model_of

SIDE = 32


def network(channels_last: bool = False) -> Model:
    torch.manual_seed(1)
    if channels_last:
        return model_of(ChannelsLast())
    net = nn.Sequential(nn.Conv2d(3, 6, 5, padding=2), nn.ReLU(), nn.Conv2d(6, 4, 3, padding=1))
    net.eval().requires_grad_(False)
    layers = {name: Layer(name, count, (name,)) for name, count in (("0", 6), ("2", 4))}
    return Model("small", net, lambda images: images - 0.5, layers, "made", "0" * 64)


def pixels(count: int = 4, side: int = SIDE, seed: int = 3) -> torch.Tensor:
    """Smooth noise with fine noise over it: magnitudes at all frequencies, as photographs have."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        coarse = Image.fromarray(rng.integers(0, 256, (5, 5, 3), dtype=np.uint8))
        values = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC), float)
        values = (values + rng.normal(0, 12, values.shape)).clip(0, 255).round()
        made.append(torch.tensor(values / 255, dtype=torch.float32).permute(2, 0, 1))
    return torch.stack(made)


def photographs(pole: str = "max", shown: torch.Tensor | None = None) -> list[Photograph]:
    shown = pixels() if shown is None else shown
    return [Photograph(f"image {i}", one, pole, 7 * i) for i, one in enumerate(shown)]


def aim(model: Model, layer: str = "2", near: str | None = None, **fields) -> Aim:
    maps = model.reader.read(model.net, model.preprocess(pixels()), [model.layers["2"]])
    apart = mean_squared_distance(maps[0]) if "2" in model.layers else 1.0
    return replace(Aim(layer, 1, 2.0, 0.01, 1.0, near or layer, apart), **fields)


def run(model: Model, aim: Aim, pole: str = "max", steps: int = 16, shown=None):
    """Rises towards the pole (SD) and distances of the images, and what was made."""
    shown = pixels() if shown is None else shown
    made = accentuate(model, photographs(pole, shown), aim, steps, 0.1)
    units = {aim.layer: [aim.channel]}
    with torch.no_grad():
        before = activations_of(model, shown, units)[aim.layer]
        after = activations_of(model, made.images.float() / 255, units)[aim.layer]
    sign = 1 if pole == "max" else -1
    return sign * (after - before)[:, 0] / aim.sd, np.array(made.distances), made.images


@pytest.mark.parametrize("pole", ["min", "max"])
def test_the_activation_goes_to_its_pole_as_far_as_the_strength_says(pole):
    model = network()
    found = [
        run(model, aim(model, strength=strength, penalty=0.2), pole, steps=40)
        for strength in (0.1, 0.5, 1.0, 4.0)
    ]
    rises = [one[0].mean() for one in found]
    assert rises == sorted(rises)
    distances = [one[1].mean() for one in found]
    assert distances == sorted(distances)
    # A weak one leaves images nearly what they were.
    assert (found[0][2] - 255 * pixels()).abs().mean() < 2
    # What is in reach is reached.
    assert rises[1] == pytest.approx(0.5, abs=0.1)
    assert rises[2] == pytest.approx(1.0, abs=0.2)


def test_images_stay_nearer_the_dearer_distance_is():
    model = network()
    found = [run(model, aim(model, strength=3.0, penalty=p))[1].mean() for p in (0, 4, 12, 40)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < found[0] / 2


def test_the_distance_is_that_of_the_layer_which_is_asked_for():
    model = network()
    # A further layer, in which all images are alike.
    model.net.append(nn.Conv2d(4, 2, 1)).requires_grad_(False)[3].weight.zero_()
    model.layers["3"] = Layer("3", 2, ("3",))
    own, blind = (run(model, aim(model, near=near, penalty=40.0))[0].mean() for near in ("2", "3"))
    assert own < 0.1 < 1 < blind
    _, distances, images = run(model, aim(model, near="0", apart=4.0), steps=4)
    with torch.no_grad():
        now, then = (model.net[0](x - 0.5) for x in (images.float() / 255, pixels()))
    expected = (squared_distances(now, then) / 4).sqrt()
    np.testing.assert_allclose(distances, expected, rtol=1e-5)


@pytest.mark.parametrize("side", [32, 33])
def test_it_begins_within_a_grey_level_of_the_photograph(side):
    shown = torch.cat([pixels(side=side), torch.zeros(1, 3, side, side)])
    shown[0, :, 4:9, 6:20] = 1
    begun = PhaseImages(shown).images()
    levels = (begun * 255).round() - (shown * 255).round()
    assert levels.abs().max() <= 1


def test_the_smooth_component_takes_up_the_jump_between_borders():
    ramp = torch.linspace(0, 1, SIDE).expand(1, 1, SIDE, SIDE)
    smooth = smooth_component(ramp)
    periodic = ramp - smooth
    jump = periodic[..., -1] - periodic[..., 0]
    assert jump.abs().max() < 2 / SIDE
    assert smooth.mean().abs() < 1e-5
    wave = torch.sin(torch.arange(SIDE) * 2 * torch.pi / SIDE).expand(1, 1, SIDE, SIDE)
    # Of a periodic image nearly nothing.
    assert smooth_component(wave).square().mean() < 0.01 * wave.square().mean()


def test_an_image_becomes_the_same_whatever_is_beside_it():
    model = network()
    _, _, together = run(model, aim(model))
    for place, one in enumerate(photographs()):
        alone = accentuate(model, [one], aim(model), 16, 0.1).images[0]
        difference = (alone.int() - together[place].int()).abs()
        assert difference.max() <= 2
        assert (difference > 0).float().mean() < 0.01


def test_what_is_seen_is_decided_by_the_seed():
    model, (first, *_) = network(), photographs()
    made = [
        accentuate(model, [replace(first, seed=seed)], aim(model), 4, 0.1).images
        for seed in (1, 1, 2)
    ]
    assert torch.equal(made[0], made[1])
    assert not torch.equal(made[0], made[2])


def test_what_the_border_jumps_need_does_not_change_with_the_phases():
    ramp = torch.linspace(0.1, 0.9, SIDE).expand(1, 3, SIDE, SIDE)
    parameterised = PhaseImages(ramp)
    with torch.no_grad():
        parameterised.parameters.uniform_(-torch.pi, torch.pi)
    assert (parameterised.images() - ramp).abs().mean() < 0.1


@pytest.mark.parametrize("layer", ["2", "own"])
def test_units_at_a_position_see_the_whole_image_others_squares_of_it(layer, monkeypatch):
    model, seen = network(), []
    model.readouts["own"] = Readout("own", model.layers["2"], Pooling("position"))

    def noting(images, affines, sampled):
        seen.append(affines)
        return transform(images, affines, sampled)

    monkeypatch.setattr("stimgen.synthetic.accentuate.transform", noting)
    run(model, aim(model, layer, "2"), steps=8)
    affines = torch.cat(seen)
    shares, shifts = affines[:, 0, 0], affines[:, :, 2].abs().amax(1)
    assert len(shares.unique()) == (1 if layer == "own" else 32)
    assert (shares == 1).all() if layer == "own" else (shares >= LEAST_SHARE).all()
    most = 2 * MOST_SHIFT if layer == "own" else 1 - shares + 1e-6
    assert (shifts <= most).all()
    assert (shifts > most / 2).any()


@pytest.mark.parametrize(
    "pooling", [Pooling("max"), Pooling("position", (0.3, 0.6)), Pooling("position", (0.0, 0.0))]
)
def test_units_at_a_position_or_of_the_greatest_value_rise(pooling):
    model = network()
    model.readouts["own"] = Readout("own", model.layers["2"], pooling)
    rises, _, _ = run(model, aim(model, "own", "2", strength=4.0, sd=0.1, penalty=0.2))
    assert (rises > 0).all()
    assert rises.mean() > 0.3


def test_units_of_a_network_with_channels_last_rise():
    model = network(channels_last=True)
    name = list(model.layers)[-1]
    rises, _, _ = run(model, Aim(name, 1, 2.0, 0.05, 0.0, name, 1.0))
    assert (rises > 0).all()


def test_a_network_of_one_size_sees_that_size():
    model = replace(network(), side=24)
    sizes = set()
    model.net.register_forward_pre_hook(lambda _, given: sizes.add(tuple(given[0].shape[-2:])))
    run(model, aim(network()), steps=2)
    assert sizes == {(24, 24)}


def test_numbers_that_are_left_name_the_image_and_the_step():
    model = network()
    dark = pixels()
    dark[2] = 0
    # Black alone, in one layer.
    model.net[0].register_forward_hook(
        lambda _, given, maps: maps / (given[0].std((1, 2, 3), keepdim=True) > 1e-3)
    )
    with pytest.raises(FloatingPointError, match=r"image 2: the loss is (nan|inf) in step 1"):
        run(model, aim(network()), shown=dark)


def test_a_network_that_gives_no_gradient_is_named():
    model = network()
    model.net[2].register_forward_hook(lambda _, given, maps: maps.detach())
    with pytest.raises(StudyError, match="model small: no gradient reaches the images"):
        run(model, aim(network()))


def test_mean_squared_distances_are_over_all_pairs():
    maps = torch.randn(5, 2, 3, 3) + 10
    pairs = [
        squared_distances(maps[i : i + 1], maps[j : j + 1])
        for i in range(5)
        for j in range(5)
        if i != j
    ]
    assert mean_squared_distance(maps) == pytest.approx(float(torch.cat(pairs).mean()), rel=1e-5)
