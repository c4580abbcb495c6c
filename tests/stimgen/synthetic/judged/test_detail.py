"""The share of fine detail."""

import numpy as np
import pytest

from stimgen.synthetic.judged.detail import fine_detail

SIDE = 64


def grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[None, None], 3, axis=1)


@pytest.mark.parametrize(("cycles", "share"), [(4, 0), (12, 0), (20, 1), (30, 1)])
@pytest.mark.parametrize("side", [SIDE, SIDE + 1])
def test_gratings_are_fine_above_a_quarter_of_a_cycle_a_pixel(cycles, share, side):
    grating = 0.5 + 0.4 * np.sin(2 * np.pi * cycles / SIDE * np.arange(side))
    for image in (np.tile(grating, (side, 1)), np.tile(grating[:, None], (1, side))):
        assert fine_detail(grey(image))[0] == pytest.approx(share, abs=0.01)


def test_white_noise_has_what_lies_outside_the_circle():
    noise = np.random.default_rng(1).random((40, 1, SIDE, SIDE)).repeat(3, axis=1)
    # Of the square of all frequencies the circle of radius 1/4 takes π / 16.
    assert fine_detail(noise).mean() == pytest.approx(1 - np.pi / 16, abs=0.01)


def test_a_border_is_no_detail():
    ramp = np.tile(np.linspace(0, 1, SIDE), (SIDE, 1))
    assert fine_detail(grey(ramp))[0] < 1e-4


def test_a_grey_image_has_none_and_colour_counts_by_its_luminance():
    assert fine_detail(np.full((1, 3, SIDE, SIDE), 0.3)).tolist() == [0]
    checks = np.indices((SIDE, SIDE)).sum(0) % 2
    smooth = np.tile(np.sin(np.arange(SIDE) / 8), (SIDE, 1))
    blue, green = (np.zeros((1, 3, SIDE, SIDE)) + smooth / 4 for _ in range(2))
    blue[:, 2] += 0.1 * checks
    green[:, 1] += 0.1 * checks
    assert fine_detail(green)[0] > 5 * fine_detail(blue)[0] > 0
