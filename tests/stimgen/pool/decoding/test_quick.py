"""The scan's decoding: as good as the exact one, for the same files, the same on every machine."""

import contextlib
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.decode import UnusableImageError, decode
from stimgen.pool.decoding.quick import decode_for_scan, digest_of
from stimgen.pool.finding.find import open_pool
from stimgen.pool.loader import load_batches
from tests.stimgen.pool.decoding.pictures import encoded, picture

SIZE = ImageSize(resize=72, crop=64)


def grained(width: int, height: int) -> Image.Image:
    """A picture with detail in every pixel, the worst for a resize that rounds."""
    values = np.asarray(picture(1, width, height), dtype=float)
    noise = np.random.default_rng(0).normal(0, 30, values.shape)
    return Image.fromarray(np.clip(values + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("sides", [(500, 375), (333, 500), (200, 65), (74, 73), (1501, 1201)])
def test_a_photograph_differs_from_the_shown_one_by_a_level_in_few_pixels(sides):
    content = encoded(grained(*sides), "JPEG", quality=92)
    pixels, converted = decode_for_scan(content, SIZE)
    difference = abs(pixels.astype(int) - np.asarray(decode(content, SIZE)[0]))
    assert (pixels.shape, pixels.dtype, converted) == ((64, 64, 3), np.uint8, "")
    assert difference.max() <= 2
    assert (difference > 0).mean() < 0.02


EXIF = Image.Exif()
EXIF[0x0112] = 6
ODD = {
    "resized by 5:4": encoded(grained(120, 90), "JPEG", quality=95),
    "grey": encoded(picture(1, 125, 91).convert("L"), "JPEG"),
    "CMYK": encoded(picture(1, 125, 91).convert("CMYK"), "JPEG"),
    "progressive": encoded(picture(1, 125, 91), "JPEG", progressive=True),
    "RGB without YCbCr": encoded(picture(1, 125, 91), "JPEG", keep_rgb=True),
    "4:4:4": encoded(picture(1, 125, 91), "JPEG", subsampling=0),
    "4:2:2": encoded(picture(1, 125, 91), "JPEG", subsampling=1),
    "restarts": encoded(picture(1, 125, 91), "JPEG", restart_marker_blocks=3),
    "odd sides": encoded(picture(1, 77, 65), "JPEG"),
    "sideways": encoded(picture(1, 125, 91), "JPEG", exif=EXIF),
    "stereo": encoded(
        picture(1, 125, 91), "MPO", save_all=True, append_images=[picture(2, 125, 91)]
    ),
    "bytes behind its end": encoded(picture(1, 125, 91), "JPEG") + b"\0\n" * 9,
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD.keys())
def test_odd_photographs_are_seen_as_they_are_shown(content):
    pixels, converted = decode_for_scan(content, SIZE)
    image, exactly_converted = decode(content, SIZE)
    assert converted == exactly_converted
    difference = abs(pixels.astype(int) - np.asarray(image))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.02


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF", "GIF"])
def test_all_but_photographs_are_decoded_exactly(file_format):
    content = encoded(grained(200, 150), file_format)
    np.testing.assert_array_equal(decode_for_scan(content, SIZE)[0], decode(content, SIZE)[0])


def test_strips_and_crops_are_decoded_exactly():
    for content, box in (
        (encoded(grained(900, 90), "JPEG"), None),
        (encoded(grained(200, 150), "JPEG"), (10, 10, 130, 130)),
    ):
        exact, _ = decode(content, SIZE, box)
        np.testing.assert_array_equal(decode_for_scan(content, SIZE, box)[0], exact)


@settings(deadline=None)
@given(st.integers(0, 3000), st.integers(0, 255), st.integers(0, 60), st.booleans())
def test_both_ways_refuse_the_same_files(place, value, missing, progressive):
    content = encoded(picture(1, 125, 91), "JPEG", progressive=progressive)
    place %= len(content)
    damaged = content[:place] + bytes([value]) + content[place + missing :]
    refused = []
    for way in (decode, decode_for_scan):
        with contextlib.suppress(UnusableImageError):
            way(damaged, SIZE)
            continue
        refused.append(way)
    assert len(refused) in (0, 2)


def test_digests_depend_on_neither_workers_nor_threads(tmp_path):
    for i in range(7):
        (tmp_path / f"{i}.jpg").write_bytes(encoded(grained(120 + 9 * i, 90), "JPEG"))
    (tmp_path / "torn.jpg").write_bytes(encoded(picture(1, 125, 91), "JPEG")[:500])
    pool = open_pool(str(tmp_path), SIZE)
    expected = [digest_of(decode_for_scan(pool.read(i), SIZE)[0]) for i in range(7)] + [0]
    threads = torch.get_num_threads()
    try:
        for count, workers in ((1, 0), (2, 0), (5, 0), (1, 2)):
            torch.set_num_threads(count)
            batches = list(load_batches(pool, SIZE, 3, workers))
            assert [list(b.indices) for b in batches] == [[0, 1, 2], [3, 4, 5], [6, 7]]
            assert [int(d) for b in batches for d in b.digests] == expected, (count, workers)
            assert batches[-1].pixels[-1].sum() == 0
    finally:
        torch.set_num_threads(threads)


@pytest.mark.slow
def test_pixels_are_the_same_on_a_processor_that_can_do_less(tmp_path):
    (tmp_path / "a.jpg").write_bytes(encoded(grained(500, 375), "JPEG"))
    program = (
        "import sys, torch; from pathlib import Path\n"
        "from conditions.study.recipes import ImageSize\n"
        "from stimgen.pool.decoding.quick import decode_for_scan, digest_of\n"
        "print(torch.backends.cpu.get_cpu_capability())\n"
        "print(digest_of(decode_for_scan(Path(sys.argv[1]).read_bytes(), ImageSize())[0]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "a.jpg"],
        env={"ATEN_CPU_CAPABILITY": "default"},
        capture_output=True,
        text=True,
        check=True,
    )
    content = (tmp_path / "a.jpg").read_bytes()
    digest = digest_of(decode_for_scan(content, ImageSize())[0])
    assert done.stdout.split() == ["DEFAULT", str(digest)]
