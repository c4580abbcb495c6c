"""The random movements of the images against their definitions."""

import math

import torch

from stimgen.synthetic.transformations import random_affine, transform, window


def test_no_movement_leaves_the_images():
    images = torch.rand(2, 3, 20, 20)
    identity = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])
    for sets in (1, 2):
        affines = identity.expand(sets, 2, 3)
        torch.testing.assert_close(transform(images, affines, 20), images, rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(
            transform(images, affines, 12), images[..., 4:16, 4:16], rtol=1e-5, atol=1e-5
        )


def test_a_jitter_of_whole_pixels_moves_by_whole_pixels():
    images = torch.rand(1, 3, 20, 20)
    shift = torch.tensor([[1.0, 0, -2 / 20 * 3], [0, 1.0, 0]])
    moved = transform(images, shift[None], 20)
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


def test_the_network_sees_all_that_is_kept_and_little_of_the_rest():
    side, padding = 256, 16
    seen = window(side, padding)
    assert seen == 240
    generator = torch.Generator().manual_seed(2)
    affines = torch.stack([random_affine(generator, side) for _ in range(400)])
    images = torch.zeros(1, 1, side, side).expand(400, -1, -1, -1).clone().requires_grad_(True)
    transform(images, affines, seen).sum().backward()
    weight = images.grad.mean(0)[0]
    kept = weight[padding:-padding, padding:-padding]
    assert kept.min() > 0.5 * kept.mean()
    assert weight[0].mean() < 0.5 * kept.mean()
