"""Every mode becomes RGB: none black or white by mistake, transparency over the screen's grey."""

import numpy as np
import pytest
from PIL import Image

from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.decode import Status, UnusableImageError, decode
from stimgen.pool.decoding.modes import BACKDROP, to_rgb
from tests.stimgen.pool.decoding.pictures import encoded, picture, png, tiff

SIZE = ImageSize(resize=72, crop=64)
# Images of this side are shown pixel by pixel.
AS_THEY_ARE = ImageSize(resize=64, crop=64)


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


# Left half seen, right half transparent.
SEEN = np.arange(64) < 32
STRIPES = np.tile(SEEN, (64, 1))


def keyed(seen: int, key: int) -> np.ndarray:
    return np.where(STRIPES, seen, key)


def with_alpha(mode: str) -> Image.Image:
    image = Image.new("RGBA", (64, 64), (200, 200, 200, 255))
    image.putalpha(Image.fromarray(STRIPES.astype(np.uint8) * 255))
    if mode == "PA":
        palette = Image.new("PA", (64, 64))
        palette.putpalette([200] * 3 * 256)
        palette.putalpha(image.getchannel("A"))
        return palette
    via = {"La": "LA", "RGBa": "RGBA"}.get(mode, mode)
    return image.convert(via).convert(mode)


def colour_key(seen: int, key: int) -> np.ndarray:
    return np.stack([keyed(seen, key)] * 3, axis=2)


@pytest.mark.parametrize(
    ("content", "grey"),
    [
        (encoded(with_alpha("RGBA")), 200),
        (encoded(with_alpha("LA")), 200),
        (encoded(with_alpha("RGBA"), "WEBP", lossless=True), 200),
        (encoded(with_alpha("RGBA"), "TIFF"), 200),
        (encoded(with_alpha("RGBA").quantize(4)), 200),
        (encoded(with_alpha("RGBA"), "GIF"), 200),
        (png(keyed(0, 1), 1, 0, b"\0\1"), 0),
        (png(keyed(1, 0), 1, 0, b"\0\0"), 255),
        (png(keyed(1, 3), 2, 0, b"\0\3"), 85),
        (png(keyed(5, 9), 4, 0, b"\0\x09"), 85),
        (png(keyed(200, 7), 8, 0, b"\0\7"), 200),
        (png(colour_key(200, 7), 8, 2, b"\0\7" * 3), 200),
        (png(colour_key(200 * 256, 7777), 16, 2, (7777).to_bytes(2, "big") * 3), 200),
        (png(keyed(1, 0), 8, 3, b"\0", b"\0\0\0\xc8\xc8\xc8"), 200),
    ],
    ids=[
        *("RGBA", "LA", "WebP", "TIFF", "palette", "GIF", "1 bit", "1 bit, black", "2 bits"),
        *("4 bits", "8 bits", "RGB", "RGB of 16 bits", "palette with alpha"),
    ],
)
def test_transparent_pixels_show_the_grey_of_the_screen(content, grey):
    image, converted = decode(content, AS_THEY_ARE)
    assert converted
    np.testing.assert_allclose(np.asarray(image)[:, SEEN], grey, atol=1)
    np.testing.assert_array_equal(np.asarray(image)[:, ~SEEN], BACKDROP[0])


@pytest.mark.parametrize("mode", ["RGBA", "RGBa", "LA", "La", "PA"])
def test_every_mode_with_transparency_shows_the_grey_of_the_screen(mode):
    image, words = to_rgb(with_alpha(mode))
    assert words == [mode]
    np.testing.assert_array_equal(np.asarray(image)[:, SEEN], 200)
    np.testing.assert_array_equal(np.asarray(image)[:, ~SEEN], BACKDROP[0])


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBX", "CMYK", "YCbCr", "LAB", "HSV"])
def test_every_mode_without_transparency_becomes_rgb(mode):
    grey = Image.fromarray((RAMP * 255).astype(np.uint8)).convert("RGB")
    image, words = to_rgb(grey.convert(mode))
    assert (image.mode, words) == ("RGB", [mode])
    seen = np.asarray(image).mean((0, 2))
    np.testing.assert_allclose(seen, RAMP[0] * 255, atol=40 if mode in "1P" else 5)


def test_half_transparent_pixels_are_half_grey():
    image, _ = decode(encoded(Image.new("RGBA", (90, 90), (255, 0, 0, 128))), SIZE)
    assert image.getpixel((30, 30)) == pytest.approx((192, 64, 64), abs=1)


def test_the_key_of_16_bit_greys_is_none_of_their_range():
    values = np.where(STRIPES, np.linspace(1000, 2000, 64), 65535).astype(int)
    image, converted = decode(png(values, 16, 0, b"\xff\xff"), AS_THEY_ARE)
    assert converted == f"I;16 spread from 1000 to {values[0, 31]}"
    np.testing.assert_array_equal(np.asarray(image)[:, ~SEEN], BACKDROP[0])
    assert np.asarray(image)[:, SEEN].max() == 255


def test_16_bit_colours_are_shown_by_their_upper_byte_and_said():
    image, converted = decode(png(colour_key(0x80FF, 0x10FF), 16, 2), AS_THEY_ARE)
    assert (converted, image.getpixel((0, 0))) == ("16 bit", (128, 128, 128))


def retagged(content: bytes, tag: int, value: int) -> bytes:
    """A little-endian TIFF with another value in a tag that is one short number."""
    changed = bytearray(content)
    place = changed.index(tag.to_bytes(2, "little") + b"\3\0\1\0\0\0")
    changed[place + 8] = value
    return bytes(changed)


def test_32_bits_without_a_sign_are_read_without_one():
    content = tiff((RAMP * 3e9).astype(np.uint32).view(np.int32))
    image, converted = decode(retagged(content, 339, 1), ImageSize(resize=90, crop=90))
    assert converted == "I spread from 0 to 3e+09"
    np.testing.assert_allclose(np.asarray(image)[:, :, 1], RAMP * 255, atol=0.6)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_whose_lowest_value_is_white_is_no_negative(bits):
    values = (RAMP * (2**bits - 1)).astype(f"u{bits // 8}")
    # How values are meant: 0 is the lowest as white.
    content = retagged(tiff(values), 262, 0)
    image, _ = decode(content, ImageSize(resize=90, crop=90))
    np.testing.assert_allclose(np.asarray(image)[:, :, 0], 255 - RAMP * 255, atol=1)


def test_cmyk_as_adobe_writes_it_is_no_negative():
    cmyk = picture(1).convert("CMYK")
    image, converted = decode(encoded(cmyk, "JPEG", quality=95), ImageSize(resize=90, crop=90))
    assert converted == "CMYK"
    expected = np.asarray(cmyk.convert("RGB").crop((15, 0, 105, 90)), dtype=float)
    assert abs(np.asarray(image) - expected).mean() < 8
