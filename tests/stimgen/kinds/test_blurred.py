"""Blurred images: the Gaussian that the study says, and what becomes of odd activations."""

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter

from conditions.errors import StudyError
from conditions.stimuli import read_stimuli
from stimgen.kinds.blurred import blur
from stimgen.kinds.references import make_references
from tests.stimgen.kinds.small import UNITS, network


def test_blurring_is_a_gaussian_of_the_stated_width():
    """A single white pixel becomes the Gaussian itself."""
    point = np.zeros((41, 41, 3), dtype=np.uint8)
    point[20, 20] = 255
    sharp = Image.fromarray(point)
    spread = np.asarray(blur(sharp, 1.5), dtype=float)[..., 0]
    places = np.arange(41) - 20
    profile = np.exp(-(places**2) / (2 * 1.5**2))
    expected = 255 * np.outer(profile, profile) / profile.sum() ** 2
    np.testing.assert_allclose(spread, expected, atol=0.75)
    image = np.random.default_rng(1).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    found = np.asarray(blur(Image.fromarray(image), 2.0), dtype=float)
    for channel in range(3):
        alone = gaussian_filter(image[..., channel].astype(float), 2.0)
        np.testing.assert_allclose(found[..., channel], alone, atol=0.51)


def test_images_are_those_of_the_kind_that_they_are_made_of(made):
    for name, of, sigma_px in (("soft", "photos", 2.0), ("soft-parts", "parts", 1.0)):
        path = f"{UNITS[0]}/batch_01/max_0.png"
        with (
            Image.open(made.stimuli / of / path) as sharp,
            Image.open(made.stimuli / name / path) as soft,
        ):
            np.testing.assert_array_equal(blur(sharp, sigma_px), soft)


def test_an_image_that_drives_a_unit_to_no_number_is_named(begun, monkeypatch):
    white = Image.new("RGB", (32, 32), "white")
    monkeypatch.setattr("stimgen.kinds.blurred.blur", lambda image, _: white)
    model = network()

    def flat(maps):
        return maps.std((2, 3), keepdim=True).amax(1, keepdim=True) < 1e-6

    # White alone, and in one layer.
    model.net.far.register_forward_hook(
        lambda _, given, maps: maps * torch.where(flat(given[0]), torch.nan, 1.0)
    )
    with pytest.raises(StudyError) as refused:
        make_references(begun, model, names=["soft"])
    lines = str(refused.value).splitlines()
    assert len(lines) == 2
    assert "far_0002/batch_01/min_1.png: its activation is nan, as no image's may be" in lines[1]
    assert set(read_stimuli(begun).query("name == 'soft'")["unit"]) == set(UNITS[:2])
