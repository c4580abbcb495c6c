"""The objective and its optimisation: against lucent's, and independent of what is beside it."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch

from conditions.study.kinds.visualisation import Visualisation
from stimgen.activations import activations_of, layer_maps
from stimgen.layers.layer import Layer
from stimgen.readouts.readout import Readout
from stimgen.synthetic.images.fourier import FourierImages
from stimgen.synthetic.judged.quality import measure
from stimgen.synthetic.optimising.flatness import LossWatch
from stimgen.synthetic.optimising.objective import UnitObjective, similarity
from stimgen.synthetic.optimising.optimise import optimise
from tests.stimgen.tiny import CPU, SIDE, fourier, image_set

RECIPE = Visualisation(images=3, steps=12)


def test_similarity_is_the_sum_of_cosines_of_gram_matrices():
    from lucent.optvis.objectives import diversity

    maps = torch.randn(5, 7, 6, 6, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(similarity(maps), -diversity("layer")(lambda layer: maps))
    same = maps[:1].expand(4, -1, -1, -1)
    assert similarity(same) == pytest.approx(3, rel=1e-5)


def test_the_objective_points_to_its_pole():
    maps = torch.randn(2, 3, 4, 4)
    readout = Readout("layer", Layer("layer", 3, ("conv",)))
    high = UnitObjective(1, "max", 0).loss(readout, maps)
    assert high == pytest.approx(-maps[:, 1].mean().item())
    assert UnitObjective(1, "min", 0).loss(readout, maps) == -high
    assert UnitObjective(1, "max", 2.0).loss(readout, maps) == pytest.approx(
        (high + 2 * similarity(maps)).item()
    )


@pytest.mark.parametrize("pole", ["max", "min"])
def test_optimising_beats_where_it_began(lite0, pole):
    (made,) = optimise(lite0, "block08", [image_set(20, pole)], fourier, RECIPE)
    assert made.images.shape == (3, 3, SIDE, SIDE)
    assert made.steps == RECIPE.steps
    assert made.images.min() >= 0
    assert made.images.max() <= 1
    start = fourier([torch.Generator().manual_seed(1)], 3, CPU)
    with torch.no_grad():
        before = activations_of(lite0, start.images(), {"block08": None})["block08"][:, 20]
        after = activations_of(lite0, made.images, {"block08": None})["block08"][:, 20]
    sign = 1 if pole == "max" else -1
    assert (sign * after > sign * before.mean() + 1).all()


def test_the_same_seed_gives_the_same_images_and_another_one_others(lite0):
    one, same, other = (
        optimise(lite0, "block02", [image_set(5, seed=seed)], fourier, RECIPE)[0].images
        for seed in (1, 1, 2)
    )
    torch.testing.assert_close(one, same, rtol=0, atol=1e-4)
    assert (one - other).abs().max() > 0.1


def test_a_set_does_not_depend_on_its_neighbours(lite0):
    sets = [image_set(5, "max", 0.5, 1), image_set(9, "min", 2.0, 2), image_set(3, "max", 0.0, 3)]
    recipe = Visualisation(images=2, steps=5)
    together = optimise(lite0, "block02", sets, fourier, recipe)
    for one, beside in zip(sets, together, strict=True):
        (alone,) = optimise(lite0, "block02", [one], fourier, recipe)
        torch.testing.assert_close(beside.images, alone.images, rtol=0, atol=2e-3)


def test_our_loss_and_gradient_are_lucents(lite0):
    """The same spectrum, no transformations: lucent's recipe by its own parts."""
    from lucent.optvis.objectives import diversity
    from lucent.optvis.param.color import to_valid_rgb
    from lucent.optvis.param.spatial import fft_image

    parameters, raw = fft_image((3, 3, SIDE, SIDE))
    start = torch.randn(parameters[0].shape, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        parameters[0].copy_(start)
    theirs = to_valid_rgb(raw, decorrelate=True)()
    maps = layer_maps(lite0, theirs, ["block08"])["block08"]
    # lucent maximises the mean of the channel and its diversity, which is negative similarity.
    loss = -maps[:, 20].mean() - 0.7 * diversity("layer")(lambda layer: maps)
    loss.backward()
    ours = FourierImages(SIDE, [torch.Generator()], 3, CPU, mean=1)
    with torch.no_grad():
        ours.parameters.copy_(start)
    own = UnitObjective(20, "max", 0.7).loss(
        lite0.readout("block08"), layer_maps(lite0, ours.images(), ["block08"])["block08"]
    )
    own.backward()
    assert own.item() == pytest.approx(loss.item(), rel=1e-4)
    scale = parameters[0].grad.abs().max()
    torch.testing.assert_close(ours.parameters.grad / scale, parameters[0].grad / scale,
                               rtol=1e-4, atol=1e-4)  # fmt: skip


def test_diversity_makes_images_differ(lite0):
    alike = []
    for weight in (0.0, 3.0):
        (made,) = optimise(lite0, "block08", [image_set(20, "max", weight)], fourier, RECIPE)
        with torch.no_grad():
            alike.append(similarity(layer_maps(lite0, made.images, ["block08"])["block08"]).item())
    assert alike[1] < alike[0] - 0.2


def test_a_loss_that_is_no_number_names_unit_and_step(lite0):
    sets = [image_set(5), image_set(6, diversity=float("nan"))]
    with pytest.raises(FloatingPointError, match=r"unit_0006, pole max: .* in step 1"):
        optimise(lite0, "block02", sets, fourier, RECIPE)


def stops(losses) -> int | None:
    watch = LossWatch()
    return next((step for step, loss in enumerate(losses, 1) if watch.is_flat(loss)), None)


def test_a_loss_is_flat_when_it_no_longer_falls():
    """Whatever its sign; as a unit's does, with the noise of movements."""
    steps = np.arange(4000)
    noise = np.random.default_rng(1).normal(0, 0.05, len(steps))
    for level in (-20, 0, 20):
        assert stops(level - 0.005 * steps + noise) is None, "it falls to the end"
        stopped = stops(level + 5 * 0.98**steps + noise)
        assert 250 < stopped < 800
        # Slower and slower, as of a late layer.
        assert 1000 < stops(level - 3 * np.log1p(steps / 10) + noise) < 4000
    assert stops(np.full(300, 0.5)) == 200, "a dead unit"
    assert stops(0.01 * steps + noise) == 200, "it gets worse"


@pytest.mark.parametrize(("layer", "channel"), [("block02", 5), ("block08", 20), ("block13", 3)])
def test_a_falling_rate_without_momentum_reaches_more_in_as_many_steps(lite0, layer, channel):
    reached = {}
    for learning, rate in (("constant", 0.05), ("falling", 0.1)):
        recipe = Visualisation(images=4, steps=48, learning=learning, learning_rate=rate)
        (made,) = optimise(lite0, layer, [image_set(channel)], fourier, recipe)
        reached[learning] = measure(lite0, made.images, layer, channel).activations.mean()
    assert reached["falling"] > reached["constant"]


def test_the_rate_falls_to_nothing(lite0):
    own, seen = fourier([torch.Generator().manual_seed(1)], 2, CPU), []
    recipe = Visualisation(images=2, steps=10, learning="falling")

    def on_step(_):
        seen.append(own.parameters.detach().clone())

    optimise(lite0, "block02", [image_set(5)], lambda *_: own, recipe, on_step)
    steps = [float((after - before).norm()) for before, after in pairwise(seen)]
    assert steps[-1] < 0.25 * steps[0]


def test_a_flat_set_stops_and_its_neighbours_do_not_change_it(lite0, monkeypatch):
    monkeypatch.setattr(
        "stimgen.synthetic.optimising.optimise.LossWatch",
        partial(LossWatch, window=4, tolerance=0.3),
    )
    recipe = Visualisation(images=2, steps=30, stop_when_flat=True)
    alone = optimise(lite0, "block02", [image_set(5)], fourier, recipe)[0]
    beside = optimise(lite0, "block02", [image_set(5), image_set(9, "min")], fourier, recipe)[0]
    assert alone.steps < 30
    assert beside.steps == alone.steps
    torch.testing.assert_close(beside.images, alone.images, rtol=0, atol=5e-3)
    falling = recipe.model_copy(update={"learning": "falling"})
    assert optimise(lite0, "block02", [image_set(5)], fourier, falling)[0].steps == 30


@pytest.mark.parametrize("shape", [(5, 7, 6, 6), (3, 40, 4, 5), (2, 3, 7, 4, 4)])
def test_the_gradient_of_similarity_is_that_of_its_definition(shape):
    maps = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    assert torch.autograd.gradcheck(similarity, maps.requires_grad_(True))
    assert similarity(torch.zeros(2, 3, 4, 4)) == -1, "no style is shared by empty maps"


def test_mixed_precision_gives_nearly_the_same_images(lite0):
    full, mixed = (
        optimise(
            lite0,
            "block02",
            [image_set(5)],
            fourier,
            Visualisation(images=2, steps=5, precision=precision),
        )[0].images
        for precision in ("full", "mixed")
    )
    assert not torch.equal(full, mixed)
    assert (full - mixed).abs().mean() < 0.05
