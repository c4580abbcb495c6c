"""From a file's bytes to the square that is shown: every mode, every orientation, every damage."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from conditions.study.recipes import ImageSize
from stimgen.pool.decode import Status, UnusableImageError, decode, smallest_side
from stimgen.pool.modes import BACKDROP

SIZE = ImageSize(resize=72, crop=64)


def picture(seed: int, width: int = 120, height: int = 90) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, file_format: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


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
    ("content", "converted"),
    [
        (encoded(picture(1).convert("L"), "JPEG"), "L"),
        (encoded(picture(1).convert("CMYK"), "JPEG"), "CMYK"),
        (encoded(picture(1).convert("P")), "P"),
        (encoded(picture(1).convert("LA")), "LA"),
        (encoded(picture(1).convert("1")), "1"),
        (encoded(picture(1).convert("I;16")), "I;16"),
        (encoded(picture(1), "GIF"), "P"),
    ],
    ids=["grey", "cmyk", "palette", "grey alpha", "bilevel", "16 bit", "gif"],
)
def test_other_modes_become_rgb(content, converted):
    image, found = decode(content, SIZE)
    assert (image.mode, image.size) == ("RGB", (64, 64))
    assert converted in found


def test_transparent_pixels_show_the_grey_of_the_screen():
    image, _ = decode(encoded(Image.new("RGBA", (90, 90), (255, 0, 0, 0))), SIZE)
    assert image.getpixel((30, 30)) == BACKDROP


def tiff(values: np.ndarray, **options) -> bytes:
    return encoded(Image.fromarray(values), "TIFF", **options)


RAMP = np.tile(np.linspace(0, 1, 90), (90, 1))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (encoded(Image.fromarray((RAMP * 4000 + 95).astype(np.uint16))), "I;16 spread"),
        (tiff((RAMP * 4000 + 95).astype("<u2")), "I;16 spread"),
        (tiff((RAMP * 4000 + 95).astype(">u2")), "I;16B spread"),
        (tiff((RAMP * 4000 - 200).astype(np.int32)), "I spread"),
        (tiff((RAMP * 1e-6).astype(np.float32)), "F spread from 0 to 1e-06"),
    ],
    ids=["PNG", "TIFF", "TIFF of the other byte order", "32 bits", "float"],
)
def test_greys_of_more_than_8_bits_are_spread_over_their_own_range(content, words):
    image, converted = decode(content, ImageSize(resize=90, crop=90))
    assert converted.startswith(words)
    np.testing.assert_allclose(np.asarray(image)[:, :, 1], RAMP * 255, atol=0.6)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.full((90, 90), 32768, np.uint16), "I;16 with one value only, 32768"),
        (np.full((90, 90), -1, np.int32), "I with one value only, -1"),
        (np.where(RAMP > 0.5, np.nan, RAMP).astype(np.float32), "F with values that are not"),
        (np.where(RAMP > 0.5, np.inf, RAMP).astype(np.float32), "F with values that are not"),
    ],
    ids=["constant", "constant 32 bits", "NaN", "infinite"],
)
def test_greys_without_a_range_are_refused_by_name(values, words):
    with pytest.raises(UnusableImageError, match=words) as error:
        decode(tiff(values), SIZE)
    assert error.value.status == Status.UNREADABLE


def test_a_photograph_taken_sideways_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = picture(1).transpose(Image.Transpose.ROTATE_90)
    image, converted = decode(encoded(sideways, "PNG", exif=exif), SIZE)
    upright, _ = decode(encoded(picture(1)), SIZE)
    assert converted == "rotated"
    np.testing.assert_array_equal(image, upright)


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


@given(st.binary(max_size=300), st.integers(0, 2000), st.integers(0, 255))
def test_any_damage_gives_an_image_or_a_reason(junk, place, value):
    content = bytearray(encoded(picture(1), "JPEG"))
    content[place % len(content)] = value
    for damaged in (bytes(content), bytes(content[:place]) + junk, junk):
        # Anything but an image or an UnusableImageError fails the test.
        with contextlib.suppress(UnusableImageError):
            image, _ = decode(damaged, SIZE)
            assert image.size == (64, 64)
