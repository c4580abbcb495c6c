"""Feature visualisation: the parts against their definitions, the whole against its purpose."""

import math

import pytest
import torch

from conditions.study import ImageSize, SyntheticImages
from stimgen.activations import channel_means
from stimgen.models import load_model
from stimgen.synthetic.fourier import COLOUR_CORRELATION, FourierImages, frequency_scale
from stimgen.synthetic.objective import UnitObjective, similarity
from stimgen.synthetic.optimise import optimise
from stimgen.synthetic.transformations import random_affine, transform
from stimgen.synthetic.write import DIVERSITY_SHARE, diversity_weight

SIZE = ImageSize(resize=72, crop=64)
RECIPE = SyntheticImages(images=3, steps=12, diversity=0.5)


@pytest.fixture(scope="module")
def lite0():
    return load_model("efficientnet_lite0", device="cpu")


def test_frequencies_are_weighted_by_their_inverse():
    scale = frequency_scale(32)
    assert scale.shape == (32, 17)
    assert scale[0, 0] == 32, "the mean counts as the lowest frequency"
    assert scale[0, 4] == pytest.approx(8)
    assert scale[4, 0] == scale[28, 0] == pytest.approx(8)


def test_the_parameterisation_is_lucids():
    """The same spectrum gives the same image as lucent's recipe."""
    from lucent.optvis.param.color import to_valid_rgb
    from lucent.optvis.param.spatial import fft_image

    parameters, raw = fft_image((2, 3, 32, 32))
    ours = FourierImages(2, 32, torch.Generator(), torch.device("cpu"))
    with torch.no_grad():
        ours.spectrum.copy_(parameters[0] * 100)
        parameters[0].mul_(100)
        theirs = to_valid_rgb(raw, decorrelate=True)()
        torch.testing.assert_close(ours.images(), theirs, rtol=1e-4, atol=1e-5)
    assert COLOUR_CORRELATION.norm(dim=0).max() == pytest.approx(1)


def test_similarity_is_the_sum_of_cosines_of_gram_matrices():
    from lucent.optvis.objectives import diversity

    maps = torch.randn(5, 7, 6, 6, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(similarity(maps), -diversity("layer")(lambda layer: maps))
    same = maps[:1].expand(4, -1, -1, -1)
    assert similarity(same) == pytest.approx(3, rel=1e-5)


def test_the_objective_points_to_its_pole():
    maps = torch.randn(2, 3, 4, 4)
    high = UnitObjective(1, "max", 0).loss(maps)
    assert high == pytest.approx(-maps[:, 1].mean().item())
    assert UnitObjective(1, "min", 0).loss(maps) == -high
    assert UnitObjective(1, "max", 2.0).loss(maps) == pytest.approx(
        (high + 2 * similarity(maps)).item()
    )


def test_no_movement_leaves_the_images():
    images = torch.rand(2, 3, 20, 20)
    identity = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])
    torch.testing.assert_close(transform(images, identity), images, rtol=1e-5, atol=1e-5)


def test_a_jitter_of_whole_pixels_moves_by_whole_pixels():
    images = torch.rand(1, 3, 20, 20)
    shift = torch.tensor([[1.0, 0, -2 / 20 * 3], [0, 1.0, 0]])
    moved = transform(images, shift)
    torch.testing.assert_close(moved[..., 3:], images[..., :-3], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(moved[..., :3], images[..., :3].flip(-1), rtol=1e-4, atol=1e-5)


def test_movements_have_the_published_ranges_and_follow_the_seed():
    side, generator = 256, torch.Generator().manual_seed(3)
    scales, angles, shifts = set(), set(), []
    for _ in range(400):
        affine = random_affine(generator, side)
        turn = affine[:, :2]
        scales.add(round(1 / turn.det().sqrt().item(), 3))
        angles.add(round(math.degrees(math.atan2(turn[0, 1], turn[0, 0]))))
        shifts.append(affine[:, 2] * side / 2)
    assert scales == {1.0, 0.975, 1.025, 0.95, 1.05}
    assert angles == set(range(-5, 6))
    longest = torch.stack(shifts).abs().max()
    assert 9 < longest < 13, "7.5 and 3.5 px at most, a little more by the scale and the turn"
    one, other = (random_affine(torch.Generator().manual_seed(5), side) for _ in range(2))
    assert torch.equal(one, other)


@pytest.mark.parametrize("pole", ["max", "min"])
def test_optimising_beats_where_it_began(lite0, pole):
    objective = UnitObjective(20, pole, RECIPE.diversity)
    images = optimise(lite0, "block08", objective, RECIPE, SIZE, seed=1)
    assert images.shape == (3, 3, 64, 64)
    assert images.min() >= 0
    assert images.max() <= 1
    start = FourierImages(3, 64, torch.Generator().manual_seed(1), torch.device("cpu"))
    with torch.no_grad():
        before = channel_means(lite0, start.images(), ["block08"])["block08"][:, 20]
        after = channel_means(lite0, images, ["block08"])["block08"][:, 20]
    sign = 1 if pole == "max" else -1
    assert (sign * after > sign * before.mean() + 1).all()


def test_the_same_seed_gives_the_same_images_and_another_one_others(lite0):
    objective = UnitObjective(5, "max", 0.5)
    one, same, other = (
        optimise(lite0, "block02", objective, RECIPE, SIZE, seed=seed) for seed in (1, 1, 2)
    )
    torch.testing.assert_close(one, same, rtol=0, atol=1e-4)
    assert (one - other).abs().max() > 0.1


def test_diversity_makes_images_differ(lite0):
    from stimgen.activations import layer_maps

    alike = []
    for weight in (0.0, 3.0):
        images = optimise(lite0, "block08", UnitObjective(20, "max", weight), RECIPE, SIZE, seed=1)
        with torch.no_grad():
            alike.append(similarity(layer_maps(lite0, images, ["block08"])["block08"]).item())
    assert alike[1] < alike[0] - 0.2


def test_an_automatic_weight_follows_the_spread_of_the_pool():
    assert diversity_weight(SyntheticImages(diversity="auto"), 3.0) == 3.0 * DIVERSITY_SHARE
    assert diversity_weight(SyntheticImages(diversity=100), 3.0) == 100


def test_a_loss_that_is_no_number_stops_with_the_step(lite0):
    broken = UnitObjective(5, "max", float("nan"))
    with pytest.raises(FloatingPointError, match="in step 0"):
        optimise(lite0, "block02", broken, RECIPE, SIZE, seed=1)
