"""From a file's bytes to the square that is shown: every mode, every orientation, every damage."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.decode import Status, UnusableImageError, decode, smallest_side
from tests.stimgen.pool.decoding.pictures import encoded, picture

SIZE = ImageSize(resize=72, crop=64)


def test_an_upright_rgb_image_is_resized_and_cropped_only():
    image, converted = decode(encoded(picture(1)), SIZE)
    assert (image.mode, image.size, converted) == ("RGB", (64, 64), "")
    whole = picture(1).resize((96, 72), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(image, whole.crop((16, 4, 80, 68)))


def test_a_crop_fills_the_square():
    image, _ = decode(encoded(picture(1)), SIZE, (10, 10, 80, 80))
    expected = picture(1).crop((10, 10, 80, 80)).resize((64, 64), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", Status.BROKEN),
        (b"no image at all", Status.BROKEN),
        (encoded(picture(1), "JPEG")[:600], Status.BROKEN),
        (encoded(picture(1))[:-40], Status.BROKEN),
        (encoded(picture(1, 200, smallest_side(SIZE) - 1)), Status.TOO_SMALL),
    ],
    ids=["empty", "text", "torn jpeg", "torn png", "tiny"],
)
def test_damaged_and_tiny_files_are_told_apart(content, status):
    with pytest.raises(UnusableImageError) as error:
        decode(content, SIZE)
    assert error.value.status == status
    assert error.value.detail


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000), st.integers(0, 255))
def test_any_damage_gives_an_image_or_a_reason(junk, place, value):
    content = bytearray(encoded(picture(1), "JPEG"))
    content[place % len(content)] = value
    for damaged in (bytes(content), bytes(content[:place]) + junk, junk):
        # Anything but an image or an UnusableImageError fails the test.
        with contextlib.suppress(UnusableImageError):
            image, _ = decode(damaged, SIZE)
            assert image.size == (64, 64)
