"""The random movements of the images against their definitions."""

import math

import pytest
import torch

from stimgen.synthetic.optimising.transformations import (
    _gathered,
    _rolled,
    random_affine,
    shifted,
    transform,
)


def test_no_movement_leaves_the_images():
    images = torch.rand(2, 3, 20, 20)
    identity = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])
    for sets in (1, 2):
        affines = identity.expand(sets, 2, 3)
        for periodic in (False, True):
            torch.testing.assert_close(
                transform(images, affines, periodic=periodic), images, rtol=1e-5, atol=1e-5
            )


def test_a_jitter_of_whole_pixels_moves_by_whole_pixels():
    images = torch.rand(1, 3, 20, 20)
    shift = torch.tensor([[1.0, 0, -2 / 20 * 3], [0, 1.0, 0]])
    moved = transform(images, shift[None])
    torch.testing.assert_close(moved[..., 3:], images[..., :-3], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(moved[..., :3], images[..., :3].flip(-1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("across", "down"), [(3, 0), (0, -7), (13, 18), (-25, 40)])
def test_what_leaves_a_torus_comes_in_on_its_other_side(across, down):
    images = torch.rand(4, 3, 21, 21)
    shift = torch.tensor([[1.0, 0, -2 / 21 * across], [0, 1.0, -2 / 21 * down]])
    moved = transform(images, shift.expand(2, 2, 3), periodic=True)
    rolled = images.roll((down, across), (-2, -1))
    torch.testing.assert_close(moved, rolled, rtol=1e-4, atol=1e-4)


def test_between_the_last_and_the_first_pixel_of_a_torus_lies_their_mean():
    images = torch.zeros(1, 1, 8, 8)
    images[..., 0], images[..., -1] = 1.0, 3.0
    half = torch.tensor([[1.0, 0, -1 / 8], [0, 1.0, 0]])
    moved = transform(images, half[None], periodic=True)
    torch.testing.assert_close(moved[..., 0], torch.full((1, 1, 8), 2.0), rtol=1e-4, atol=1e-4)


def test_a_gradient_goes_around_a_torus_as_the_images_did():
    images = torch.rand(2, 1, 5, 5, dtype=torch.float64, requires_grad=True)
    turned = random_affine(torch.Generator().manual_seed(1), 5).double()
    assert torch.autograd.gradcheck(
        lambda seen: transform(seen, turned[None], periodic=True), images
    )


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


def test_with_no_reach_left_images_move_by_whole_pixels_and_are_not_blurred():
    side, generator = 32, torch.Generator().manual_seed(3)
    images = torch.rand(2, 3, side, side, generator=generator)
    for _ in range(20):
        affine = random_affine(generator, side, reach=0)
        assert torch.equal(affine[:, :2], torch.eye(2))
        across, down = (-affine[:, 2] * side / 2).round().long().tolist()
        rolled = images.roll((down, across), (-2, -1))
        moved = transform(images, affine[None], periodic=True)
        torch.testing.assert_close(moved, rolled, rtol=0, atol=1e-4)


def test_half_the_reach_scales_and_turns_by_half():
    for seed in range(20):
        whole, half = (
            random_affine(torch.Generator().manual_seed(seed), 64, reach)[:, :2]
            for reach in (1.0, 0.5)
        )
        angles = [math.degrees(math.atan2(turn[0, 1], turn[0, 0])) for turn in (whole, half)]
        scales = [1 / turn.det().sqrt().item() - 1 for turn in (whole, half)]
        assert angles[1] == pytest.approx(angles[0] / 2, abs=1e-4)
        assert scales[1] == pytest.approx(scales[0] / 2, abs=1e-5)


def test_images_are_shifted_anywhere_each_by_itself_and_by_the_seed_of_its_set():
    images = torch.zeros(4, 3, 9, 9)
    images[..., 0, 0] = 1
    places = []
    for seed in range(900):
        generators = [torch.Generator().manual_seed(seed), torch.Generator().manual_seed(7)]
        moved = shifted(images, generators)
        assert torch.equal(moved.sum((-2, -1)), torch.ones(4, 3))
        places.append(moved[:, 0].flatten(1).argmax(1))
    found = torch.stack(places)
    assert set(found[:, 0].tolist()) == set(range(81)), "900 draws of 81 places"
    assert (found[:, 0] == found[:, 1]).float().mean() < 0.05
    assert (found[:, 2:] == found[0, 2:]).all(), "a set's shifts do not depend on its neighbours"


def test_no_place_of_a_torus_is_seen_more_than_another():
    """What the network sees of each place, and how often it lies at the border of that."""
    side, draws = 48, 4000
    generator = torch.Generator().manual_seed(2)
    affines = torch.stack([random_affine(generator, side) for _ in range(draws)])
    for thickness in (side // 2, 4):
        images = torch.zeros(1, 1, side, side).expand(draws, -1, -1, -1).clone().requires_grad_()
        seen = transform(shifted(images, [generator]), affines, periodic=True)
        counted = torch.ones(side, side)
        counted[thickness:-thickness, thickness:-thickness] = 0
        (seen * counted).sum().backward()
        weight = images.grad.mean(0)[0]
        assert weight.std() < 0.06 * weight.mean()
        corner, middle = weight[:8, :8].mean(), weight[20:28, 20:28].mean()
        assert float(corner) == pytest.approx(float(middle), rel=0.05)


def test_a_gpu_shifts_images_as_a_cpu_does():
    images = torch.rand(5, 3, 9, 9, generator=torch.Generator().manual_seed(1))
    shifts = torch.randint(9, (5, 2), generator=torch.Generator().manual_seed(2))
    assert _gathered(images, shifts).equal(_rolled(images, shifts))
