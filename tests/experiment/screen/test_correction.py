"""The look-up table: exact values, levels left, dithering, and nothing where nothing is asked."""

import numpy as np
import pytest
from PIL import Image

from conditions.rig.rig import Rig
from conditions.study.presentation import Presentation
from experiment.calibration.photometers.simulated import SimulatedScreen
from experiment.screen.correction import UNCHANGED, correction_for, srgb, wanted_share
from tests.experiment.calibrated import SIZES, rig_of

SCREEN = SimulatedScreen(noise=0, floor=0, resolution=1e-6, gamma=(1.8, 2.2, 2.6))


@pytest.fixture(scope="module")
def rig() -> Rig:
    return rig_of(SCREEN)


def ramp() -> Image.Image:
    """All pixel values in all channels, each at its own place: shape (16, 16, 3)."""
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    return Image.fromarray(np.stack([values, values.T, values[::-1]], axis=-1))


def shares(levels: np.ndarray) -> np.ndarray:
    """Share of each channel's range of luminance at levels 0…255, shape (3, n)."""
    return np.array([(levels / 255) ** gamma for gamma in SCREEN.gamma])


def test_srgb_is_the_standards_function():
    """Values of IEC 61966-2-1: the linear piece, its end, middle grey, and both ends."""
    assert srgb(np.array([0, 0.04045, 0.5, 1])) == pytest.approx(
        [0, 0.0031308, 0.2140411, 1.0], rel=1e-5
    )


@pytest.mark.parametrize("transfer", ["srgb", "linear"])
def test_every_value_gets_the_level_with_the_nearest_luminance(rig, transfer):
    correction = correction_for(rig, Presentation(transfer=transfer))
    all_levels = shares(np.arange(256.0))
    for channel, table in enumerate(correction.nearest):
        wanted = wanted_share(transfer)
        off = np.abs(all_levels[channel][None, :] - wanted[:, None])
        chosen = off[np.arange(256), table]
        assert chosen == pytest.approx(off.min(axis=1), abs=2e-4)
    assert correction.colour((0, 0, 0)) == (0, 0, 0)
    assert correction.colour((255, 255, 255)) == (255, 255, 255)


def test_an_image_goes_through_the_table_pixel_by_pixel(rig):
    correction = correction_for(rig, Presentation())
    before, after = np.asarray(ramp()), np.asarray(correction.image(ramp(), "x"))
    for channel in range(3):
        assert (after[..., channel] == correction.nearest[channel][before[..., channel]]).all()
    assert (after != before).any()


def test_levels_left_are_counted(rig):
    left = correction_for(rig, Presentation()).levels_left
    assert left == tuple(
        len(set(table)) for table in correction_for(rig, Presentation()).nearest.tolist()
    )
    # Gamma 2.6 is farther from sRGB than 2.2: more values share a level. Linear is worse by far.
    assert 256 > left[1] > left[2] > 180
    assert max(correction_for(rig, Presentation(transfer="linear")).levels_left) < 210
    assert UNCHANGED.levels_left == (256, 256, 256)


@pytest.mark.parametrize("dither", [False, True])
def test_without_transfer_or_calibration_pixels_stay_as_they_are(rig, dither):
    for which, transfer in ((rig, "none"), (Rig(name="any", **SIZES), "srgb")):
        correction = correction_for(which, Presentation(transfer=transfer, dither=dither))
        assert correction.transfer == "none"
        assert (np.asarray(correction.image(ramp(), "x")) == np.asarray(ramp())).all()
        assert correction.colour((1, 128, 254)) == (1, 128, 254)


def test_dithering_gives_the_mean_luminance_that_no_level_has(rig):
    correction = correction_for(rig, Presentation(transfer="linear", dither=True), seed=3)
    wanted = wanted_share("linear")
    for value in (3, 7, 60, 200):
        flat = Image.new("RGB", (400, 400), (value,) * 3)
        levels = np.asarray(correction.image(flat, "flat"))
        for channel, gamma in enumerate(SCREEN.gamma):
            shown = ((levels[..., channel] / 255) ** gamma).mean()
            plain = (correction.nearest[channel][value] / 255) ** gamma
            assert shown == pytest.approx(wanted[value], abs=1e-4)
            assert len(np.unique(levels[..., channel])) == 2
            assert abs(plain - wanted[value]) > abs(shown - wanted[value])


def test_dithering_is_the_same_every_time_and_differs_between_images(rig):
    presentation = Presentation(transfer="linear", dither=True)
    one, other = (correction_for(rig, presentation, seed=seed) for seed in (1, 2))
    first = np.asarray(one.image(ramp(), "a"))
    assert (first == np.asarray(one.image(ramp(), "a"))).all()
    assert (first != np.asarray(one.image(ramp(), "b"))).any()
    assert (first != np.asarray(other.image(ramp(), "a"))).any()
