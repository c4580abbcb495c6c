"""Photographs taken sideways are shown upright, whatever else stands in their metadata."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.decode import decode
from stimgen.pool.decoding.orientation import of_exif
from tests.stimgen.pool.decoding.pictures import encoded, picture

# Outside of tests the pool keeps Pillow's warnings from the terminal.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

SIZE = ImageSize(resize=72, crop=64)
STORED = picture(1)
# What is shown of a stored picture, row 0 and column 0 being as the orientation says (TIFF 6.0).
SHOWN = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a),
}


def exif(value: int, kind: int = 3, order: str = "<", entries: int = 1) -> bytes:
    """A block of EXIF with the orientation as its first entry."""
    mark = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HI", 42, 8)
    packed = struct.pack(order + {3: "H2x", 4: "I"}[kind], value)
    return mark + struct.pack(order + "HHHI", entries, 0x0112, kind, 1) + packed + b"\0" * 4


def jpeg(block: bytes, mark: bytes = b"Exif\0\0") -> bytes:
    """The stored picture as a camera writes it: EXIF first, and no JFIF."""
    content = encoded(STORED, "JPEG", quality=95)
    length = int.from_bytes(content[4:6], "big")
    segment = b"\xff\xe1" + (len(mark + block) + 2).to_bytes(2, "big") + mark + block
    return content[:2] + segment + content[4 + length :]


def shown(content: bytes, value: int) -> np.ndarray:
    """The square of a file's stored pixels, seen as an orientation says."""
    with Image.open(io.BytesIO(content)) as stored:
        pixels = np.asarray(stored.convert("RGB"))
    return np.asarray(decode(encoded(Image.fromarray(SHOWN[value](pixels).copy())), SIZE)[0])


@pytest.mark.parametrize("value", SHOWN)
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "LZW"])
def test_all_orientations_in_all_formats(value, file_format):
    data = Image.Exif()
    data[0x0112] = value
    options = {"WEBP": {"lossless": True}, "LZW": {"compression": "tiff_lzw"}}.get(file_format, {})
    file_format = "TIFF" if file_format == "LZW" else file_format
    content = encoded(STORED, file_format, exif=data, **options)
    plain = encoded(STORED, file_format, **options)
    image, converted = decode(content, SIZE)
    assert converted == ("" if value == 1 else "rotated")
    np.testing.assert_array_equal(image, shown(plain, value))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [3, 4])
def test_either_byte_order_and_either_width(order, kind):
    content = jpeg(exif(6, kind, order))
    np.testing.assert_array_equal(decode(content, SIZE)[0], shown(content, 6))


@pytest.mark.parametrize(
    ("block", "value"),
    [
        (exif(0), 1),
        (exif(9), 1),
        (exif(65535), 1),
        (exif(6, entries=65535), 6),
        (exif(6)[:-4], 6),
        (exif(6)[:-7], 1),
        (exif(6)[:9], 1),
        (b"II", 1),
        (b"", 1),
        (b"junk" * 9, 1),
        (exif(6)[:4] + struct.pack("<I", 1 << 31) + exif(6)[8:], 1),
        (b"Exif\0\0" + exif(6), 6),
    ],
    ids=[
        "0",
        "9",
        "65535",
        "too many entries",
        "no end",
        "torn value",
        "torn entries",
        "header",
        "empty",
        "junk",
        "a start beyond the end",
        "marked twice",
    ],
)
def test_damaged_metadata_lose_neither_the_image_nor_what_can_be_read(block, value):
    content = jpeg(block)
    image, converted = decode(content, SIZE)
    assert converted == ("" if value == 1 else "rotated")
    np.testing.assert_array_equal(image, shown(jpeg(b"", b"none"), value))


CAMERA = Image.Exif()
CAMERA[0x010F], CAMERA[0x0112], CAMERA[0x011A], CAMERA[0x0128] = "Maker", 6, 72.0, 2
CAMERA[0x8769] = {0x9003: "2020:01:01 00:00:00", 0x829A: 0.01}
BLOCK = CAMERA.tobytes().removeprefix(b"Exif\0\0")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(BLOCK) - 1), st.integers(0, 255)), max_size=6))
def test_no_damage_in_the_metadata_loses_the_image(changes):
    damaged = bytearray(BLOCK)
    for place, value in changes:
        damaged[place] = value
    image, _ = decode(jpeg(bytes(damaged)), SIZE)
    assert image.size == (64, 64)


def test_metadata_at_which_pillow_stumbles(monkeypatch):
    def stumble(self):
        raise IndexError

    monkeypatch.setattr(Image.Image, "getexif", stumble)
    content = jpeg(exif(6))
    with pytest.raises(OSError, match="cannot identify"):
        Image.open(io.BytesIO(content))
    image, converted = decode(content, SIZE)
    assert converted == "rotated"
    np.testing.assert_array_equal(image, shown(jpeg(b"", b"none"), 6))


def test_the_orientation_of_xmp_counts_where_exif_has_none():
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'
    content = jpeg(xmp, b"http://ns.adobe.com/xap/1.0/\0")
    np.testing.assert_array_equal(decode(content, SIZE)[0], shown(content, 8))


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_a_block_of_anything_is_read_without_an_error(block):
    for start in (b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"):
        assert of_exif(start + block) is None or of_exif(start + block) >= 0
