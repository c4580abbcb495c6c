"""Steps at a falling rate: what they share, and what they do not."""

import pytest
import torch

from conditions.study.kinds.visualisation import Visualisation
from stimgen.synthetic.optimising import optimise as optimising
from stimgen.synthetic.optimising.learning import SharedScale, calmed
from stimgen.synthetic.optimising.optimise import optimise
from tests.stimgen.tiny import fourier, image_set

RANDOM = optimising.random_affine


def test_a_set_has_one_scale_and_its_neighbour_another():
    """Of the gradients 3 and 4 of two images the root mean square is the root of 12.5."""
    parameters = torch.zeros(4, 2, requires_grad=True)
    steps = SharedScale(parameters, 2, 0.5)
    parameters.grad = torch.tensor([[3.0, 0.0], [4.0, 0.0], [300.0, 1.0], [400.0, -1.0]])
    steps.step()
    length = 0.5 / 12.5**0.5
    torch.testing.assert_close(
        parameters.detach(),
        torch.tensor([[-3 * length, 0], [-4 * length, 0], [-3 * length, -0.5], [-4 * length, 0.5]]),
    )


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e6])
def test_of_one_image_steps_are_adams_without_momentum(size):
    """Whatever the unit's scale: gradients of a deep layer of random weights are tiny."""
    own, theirs = (torch.zeros(1, 5, requires_grad=True) for _ in range(2))
    steps = SharedScale(own, 1, 0.1)
    adam = torch.optim.Adam([theirs], lr=0.1, betas=(0.0, 0.99), eps=1e-15)
    generator = torch.Generator().manual_seed(1)
    for _ in range(30):
        own.grad = torch.randn(1, 5, generator=generator) * size
        theirs.grad = own.grad.clone()
        steps.step()
        adam.step()
    torch.testing.assert_close(own, theirs, rtol=1e-3, atol=1e-5)


def test_a_coefficient_without_a_gradient_stays():
    parameters = torch.ones(2, 3, requires_grad=True)
    steps = SharedScale(parameters, 1, 0.1)
    parameters.grad = torch.zeros(2, 3)
    steps.step()
    assert torch.equal(parameters, torch.ones(2, 3))


def test_movements_are_whole_in_the_first_quarter_and_nothing_in_the_end():
    assert [calmed(left) for left in (1.0, 0.9, 0.75)] == [1.0, 1.0, 1.0]
    assert calmed(0.375) == pytest.approx(0.5)
    assert calmed(0.0) == 0.0


def test_movements_calm_down_at_a_falling_rate_only(lite0, monkeypatch):
    reaches: list[float] = []
    monkeypatch.setattr(
        optimising,
        "random_affine",
        lambda generator, side, reach: reaches.append(reach) or RANDOM(generator, side, reach),
    )
    for learning in ("constant", "falling"):
        recipe = Visualisation(images=2, steps=8, learning=learning)
        optimise(lite0, "block02", [image_set(5)], fourier, recipe)
    assert reaches[:8] == [1.0] * 8, "the published recipe's stay as they are"
    assert reaches[8:10] == [1.0, 1.0]
    assert reaches[-1] == pytest.approx(1 / 6)
    assert sorted(reaches[8:], reverse=True) == reaches[8:]


def test_sets_side_by_side_learn_alone(lite0):
    sets = [image_set(5, "max", 0.5, 1), image_set(9, "min", 2.0, 2), image_set(3, "max", 0.0, 3)]
    recipe = Visualisation(images=2, steps=5, learning="falling")
    together = optimise(lite0, "block02", sets, fourier, recipe)
    for one, beside in zip(sets, together, strict=True):
        (alone,) = optimise(lite0, "block02", [one], fourier, recipe)
        torch.testing.assert_close(beside.images, alone.images, rtol=0, atol=1e-2)
