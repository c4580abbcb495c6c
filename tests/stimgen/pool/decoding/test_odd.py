"""Files that are huge, long, animated, in the wrong clothes, or no longer whole."""

import os
import subprocess
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.ImageFile import ImageFile

from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.decode import Status, UnusableImageError, decode, smallest_side
from tests.stimgen.pool.decoding.pictures import encoded, picture, png

SIZE = ImageSize(resize=72, crop=64)


def refusal(content: bytes, size: ImageSize = SIZE) -> tuple[Status, str]:
    with pytest.raises(UnusableImageError) as error:
        decode(content, size)
    return error.value.status, error.value.detail


def whole_way(image: Image.Image, size: ImageSize) -> np.ndarray:
    scale = size.resize / min(image.size)
    width, height = (max(size.resize, round(side * scale)) for side in image.size)
    left, upper = (width - size.crop) // 2, (height - size.crop) // 2
    resized = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized.crop((left, upper, left + size.crop, upper + size.crop)))


@pytest.mark.parametrize("sides", [(40, 1234), (1234, 40), (90, 999), (999, 90), (71, 641)])
def test_a_strip_shows_what_resizing_all_of_it_would(sides):
    strip = picture(1, *sides)
    image, _ = decode(encoded(strip), SIZE)
    difference = np.asarray(image).astype(int) - whole_way(strip, SIZE)
    # Pillow keeps the sides of a box in 32 bits.
    assert abs(difference).max() <= 1
    assert (difference != 0).mean() < 0.01


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA"])
def test_no_more_of_a_strip_is_resized_than_is_seen(monkeypatch, mode):
    sizes = []
    resize = Image.Image.resize

    def noted(self, size, *arguments, **options):
        sizes.append((self.size, size))
        return resize(self, size, *arguments, **options)

    content = encoded(Image.new("L", (64, 100_000), 77).convert(mode))
    monkeypatch.setattr(Image.Image, "resize", noted)
    decode(content, ImageSize())
    (((width, height), target),) = sizes
    assert width * height <= 64 * 64
    assert target == (224, 224)


def test_a_long_ramp_of_16_bits_is_spread_over_the_range_of_all_of_it():
    ramp = np.tile(np.linspace(0, 60000, 1200).astype(np.uint16)[:, None], (1, 64))
    image, converted = decode(encoded(Image.fromarray(ramp)), SIZE)
    assert converted == "I;16 spread from 0 to 60000"
    assert 110 < np.asarray(image).min() < np.asarray(image).max() < 145


def test_an_image_larger_than_pillow_opens_is_named():
    bomb = bytearray(png(np.zeros((8, 8)), 8, 0))
    bomb[16:24] = (20_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    status, detail = refusal(bytes(bomb))
    assert status == Status.UNREADABLE
    assert detail == "400000000 px, more than the 178956970 px that Pillow opens"


def test_a_side_of_nothing_is_too_small_or_broken():
    status, _ = refusal(b"P6 0 64 255\n")
    assert status in (Status.BROKEN, Status.TOO_SMALL)


@pytest.mark.parametrize(("crop", "wanted"), [(224, 64), (192, 55), (64, 19), (512, 147)])
def test_the_smallest_side_follows_the_crop(crop, wanted):
    size = ImageSize(resize=crop, crop=crop)
    assert smallest_side(size) == wanted
    decode(encoded(picture(1, wanted, wanted + 9)), size)
    assert refusal(encoded(picture(1, wanted + 9, wanted - 1)), size) == (
        Status.TOO_SMALL,
        f"{wanted + 9} × {wanted - 1} px, wanted {wanted}",
    )


def animation(file_format: str, **options) -> bytes:
    frames = [picture(seed).convert("P" if file_format == "GIF" else "RGB") for seed in (1, 2)]
    return encoded(frames[0], file_format, save_all=True, append_images=frames[1:], **options)


@pytest.mark.parametrize(
    ("file_format", "options"),
    [("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {}), ("TIFF", {})],
)
def test_of_an_animation_the_first_frame_is_shown_and_said(file_format, options):
    image, converted = decode(animation(file_format, **options), SIZE)
    assert "first frame" in converted
    still, _ = decode(encoded(picture(1).convert("P" if file_format == "GIF" else "RGB")), SIZE)
    assert abs(np.asarray(image).astype(int) - np.asarray(still)).mean() < 3


def test_an_animation_that_is_torn_after_its_first_frame_shows_that():
    content = animation("GIF")
    image, _ = decode(content[: len(content) * 3 // 4], SIZE)
    np.testing.assert_array_equal(image, decode(content, SIZE)[0])


def test_the_second_view_of_a_stereo_photograph_is_no_frame():
    content = encoded(picture(1), "MPO", save_all=True, append_images=[picture(2)])
    image, converted = decode(content, SIZE)
    assert converted == ""
    np.testing.assert_array_equal(image, decode(encoded(picture(1), "JPEG"), SIZE)[0])


@pytest.mark.parametrize(
    "content",
    [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 90 90\n%%EndComments\nshowpage\n%%EOF\n",
        encoded(picture(1), "JPEG2000"),
        encoded(picture(1), "ICO"),
        b"\x00\x00\x00\x18ftypheic\0\0\0\0mif1heic",
    ],
    ids=["EPS", "JPEG 2000", "ICO", "HEIC"],
)
def test_a_format_that_no_pool_takes_is_not_opened_under_another_name(monkeypatch, content):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: started.append(a))
    monkeypatch.setattr(os, "system", lambda *a: started.append(a))
    status, detail = refusal(content)
    assert (status, started) == (Status.BROKEN, [])
    assert "no image in a known format (JPEG PNG" in detail


def test_a_photograph_under_another_suffix_and_with_a_damaged_profile_is_shown():
    # A pool hands over contents, not names.
    content = encoded(picture(1), "JPEG", icc_profile=b"no profile" * 20, quality=95)
    image, converted = decode(content, SIZE)
    assert converted == ""
    plain = encoded(picture(1), "JPEG", quality=95)
    np.testing.assert_array_equal(image, decode(plain, SIZE)[0])


def test_memory_that_is_not_enough_is_no_broken_file(monkeypatch):
    def load(self):
        raise MemoryError

    content = encoded(picture(1))
    monkeypatch.setattr(ImageFile, "load", load)
    assert refusal(content) == (Status.UNREADABLE, "not enough memory to decode it")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "PPM"])
def test_a_file_that_ends_early_is_refused(file_format):
    content = encoded(picture(1), file_format)
    assert refusal(content[: len(content) // 2])[0] == Status.BROKEN
