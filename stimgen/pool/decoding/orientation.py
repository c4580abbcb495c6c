"""Which way up a photograph was taken: one number of its metadata, whatever the rest is like.

Pillow parses all of EXIF to find it, and gives up on photographs whose metadata are damaged
elsewhere.
"""

import re
import struct

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

_ORIENTATION = 0x0112
# What undoes the way in which a camera held so stores a picture (TIFF 6.0, page 36).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MARK = b"Exif\0\0"
# Types of a directory's entry that a small whole number comes in, and how they are packed.
_WHOLE = {1: "B", 3: "H", 4: "I"}
_XMP = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')


def orientation(image: Image.Image) -> int:
    """How an opened image is to be turned, 1 (upright) to 8.

    Parameters
    ----------
    image : Image
        As Pillow has opened and loaded it (PNG may have its metadata at the end). Pillow turns
        TIFF by itself.

    Returns
    -------
    int
        The EXIF orientation, or that of XMP where EXIF has none; 1 where there is none, it cannot
        be read, or it is none of the eight.
    """
    if isinstance(image, TiffImageFile):
        return 1
    return _known(of_exif(_exif(image)) or _of_xmp(image))


def tiff_orientation(image: Image.Image) -> int:
    """How Pillow will turn an opened TIFF when it loads it; 1 for other formats."""
    return _known(image.tag_v2.get(_ORIENTATION)) if isinstance(image, TiffImageFile) else 1


def upright(image: Image.Image, value: int) -> Image.Image:
    """The image turned by its orientation, 1 to 8."""
    return image if value == 1 else image.transpose(_UPRIGHT[value])


def of_exif(block: bytes) -> int | None:
    """The orientation that a block of EXIF names, whatever its value; None where it names none."""
    while block.startswith(_MARK):
        block = block[len(_MARK) :]
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return None
    found = None
    try:
        (start,) = struct.unpack_from(order + "I", block, 4)
        (entries,) = struct.unpack_from(order + "H", block, start)
        for place in range(start + 2, start + 2 + 12 * entries, 12):
            tag, kind, count = struct.unpack_from(order + "HHI", block, place)
            if tag == _ORIENTATION and count == 1 and kind in _WHOLE:
                (found,) = struct.unpack_from(order + _WHOLE[kind], block, place + 8)
    except struct.error:
        # The directory ends early: what was read before stands.
        pass
    return found


def hidden_exif(content: bytes) -> tuple[bytes, int]:
    """A JPEG whose EXIF Pillow takes no notice of, and the orientation that stands there."""
    head, mark, rest = content.partition(_MARK)
    return head + b"none\0\0" * bool(mark) + rest, _known(of_exif(rest))


def _known(value: int | None) -> int:
    return value if value in _UPRIGHT else 1


def _exif(image: Image.Image) -> bytes:
    block = image.info.get("exif")
    if isinstance(block, bytes):
        return block
    # ImageMagick writes EXIF into the text of a PNG, in hexadecimal after three lines.
    text = image.info.get("Raw profile type exif")
    try:
        return bytes.fromhex("".join(text.split("\n")[3:])) if isinstance(text, str) else b""
    except ValueError:
        return b""


def _of_xmp(image: Image.Image) -> int | None:
    for name in ("XML:com.adobe.xmp", "xmp"):
        text = image.info.get(name)
        if isinstance(text, str):
            text = text.encode("utf-8", "replace")
        if isinstance(text, bytes) and (match := _XMP.search(text)):
            return int(match[1])
    return None
