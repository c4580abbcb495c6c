"""Fourier and MACO images: their spectra, and that optimising them works."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from conditions.study.kinds.visualisation import Visualisation
from conditions.study.recipes import ImageSize
from stimgen.activations import activations_of
from stimgen.pool.finding.find import open_pool
from stimgen.synthetic.images.by_method import parameterisation
from stimgen.synthetic.images.fourier import FourierImages, frequency_scale
from stimgen.synthetic.images.maco import MacoImages, mean_magnitudes, pool_magnitudes
from stimgen.synthetic.images.parameterisation import (
    COLOUR_CORRELATION,
    correlate_colours,
    decorrelate_colours,
)
from stimgen.synthetic.optimising.optimise import optimise
from tests.stimgen.tiny import CPU, SIDE, image_set


def test_frequencies_are_weighted_by_their_inverse():
    scale = frequency_scale(32)
    assert scale.shape == (32, 17)
    assert scale[0, 0] == 32, "the mean counts as the lowest frequency"
    assert scale[0, 4] == pytest.approx(8)
    assert scale[4, 0] == scale[28, 0] == pytest.approx(8)


def test_a_steeper_fall_turns_about_seven_pixels_a_cycle():
    usual, steeper = frequency_scale(70), frequency_scale(70, 0.2)
    assert steeper[0, 10] == pytest.approx(usual[0, 10])
    assert steeper[0, 1] == pytest.approx(usual[0, 1] * 10**0.2)
    assert steeper[20, 0] == pytest.approx(usual[20, 0] * 2**-0.2)


@pytest.mark.parametrize(("learning", "exponent"), [("constant", 1.0), ("falling", 1.2)])
def test_images_that_learn_at_a_falling_rate_have_a_steeper_spectrum(learning, exponent):
    recipe = Visualisation(learning=learning)
    make = parameterisation(recipe, ImageSize(resize=72, crop=SIDE), None)
    images = make([torch.Generator()], 1, CPU)
    with torch.no_grad():
        images.parameters.zero_()
        images.parameters[0, 0, 0, 4, 0] = images.parameters[0, 0, 0, 8, 0] = 1e-3
        # Before colours are mixed and the sigmoid, which is a line about 0.
        found = torch.fft.rfft2(torch.logit(images.images()[0, 0].double()))[0].abs()
    assert float(found[4] / found[8]) == pytest.approx(2**exponent, rel=0.01)


def test_the_parameterisation_is_lucids():
    """The same spectrum gives the same image as lucent's recipe, but for the mean's weight."""
    from lucent.optvis.param.color import to_valid_rgb
    from lucent.optvis.param.spatial import fft_image

    parameters, raw = fft_image((2, 3, 32, 32))
    ours = FourierImages(32, [torch.Generator()], 2, CPU, mean=1)
    with torch.no_grad():
        ours.parameters.copy_(parameters[0] * 100)
        parameters[0].mul_(100)
        theirs = to_valid_rgb(raw, decorrelate=True)()
        torch.testing.assert_close(ours.images(), theirs, rtol=1e-4, atol=1e-5)
    assert COLOUR_CORRELATION.norm(dim=0).max() == pytest.approx(1)


@given(st.integers(0, 1000))
def test_colours_are_decorrelated_and_back(seed):
    images = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(
        correlate_colours(decorrelate_colours(images)), images, rtol=1e-3, atol=1e-4
    )


def test_maco_holds_the_magnitudes_and_moves_only_phases(lite0):
    magnitudes = pool_magnitudes(
        open_pool("embedded", ImageSize(resize=72, crop=SIDE)),
        ImageSize(resize=72, crop=SIDE),
    )
    assert magnitudes.shape == (3, SIDE, SIDE // 2 + 1)
    # Photographs: magnitudes fall with frequency.
    assert magnitudes[0, 1, 1] > 10 * magnitudes[0, SIDE // 2, SIDE // 2]

    def maco(generators, count, device):
        return MacoImages(magnitudes, generators, count, device)

    (made,) = optimise(
        lite0, "block08", [image_set(20, diversity=0)], maco, Visualisation(images=2, steps=25)
    )
    start = maco([torch.Generator().manual_seed(1)], 2, CPU)
    with torch.no_grad():
        before = activations_of(lite0, start.images(), {"block08": None})["block08"][:, 20]
        after = activations_of(lite0, made.images, {"block08": None})["block08"][:, 20]
    assert (after > before.mean() + 1).all()
    # Where the phases are those of real images the magnitudes come back; the edges of the real
    # transform, whose imaginary parts are dropped, apart.
    inner = (slice(None), slice(1, SIDE // 2), slice(1, SIDE // 2))
    for image in made.images:
        found = mean_magnitudes(image[None])[inner]
        ratio = (found / magnitudes[inner]).median()
        assert ratio == pytest.approx(1, abs=0.1)
