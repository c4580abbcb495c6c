"""From a file's bytes to the square that is shown: broken ones told apart, all modes made RGB."""

import io
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from PIL import Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile

from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.modes import NoRangeError, packing, to_rgb
from stimgen.pool.decoding.orientation import hidden_exif, orientation, tiff_orientation, upright
from stimgen.pool.decoding.square import is_strip, middle, middle_region, resized_part
from stimgen.pool.images import Box

# An image whose short side is below this part of the crop would be enlarged to a blur.
SMALLEST_SHARE = 2 / 7
# Those of the suffixes that a pool takes. Pillow knows others whose decoders start programs.
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")
_JPEG = b"\xff\xd8"
# A JPEG, alone or with a second view behind it.
_PHOTOGRAPHS = ("JPEG", "MPO")

# Damaged metadata and large images are the file's matter, not the terminal's.
warnings.filterwarnings("ignore", module=r"PIL\.")


class Status(IntEnum):
    """What became of an image of the pool."""

    GOOD = 0
    CONVERTED = 1
    UNREADABLE = 2
    BROKEN = 3
    TOO_SMALL = 4
    DUPLICATE = 5


# What can be chosen.
USABLE = (Status.GOOD, Status.CONVERTED)


class UnusableImageError(Exception):
    """An image that is passed over, and why."""

    def __init__(self, status: Status, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def decode(content: bytes, size: ImageSize, box: Box | None = None) -> tuple[Image.Image, str]:
    """Decode an image and cut it to the square that is shown.

    Parameters
    ----------
    content : bytes
        The encoded image.
    size : ImageSize
        Short side after resizing (bilinear, antialiased) and side of the centre crop.
    box : tuple, optional
        A crop of the photograph: it fills the shown square, only whole images lose their border.

    Returns
    -------
    Image
        RGB, crop × crop pixels.
    str
        What was converted ("CMYK", "rotated", …), empty for an upright RGB image.

    Raises
    ------
    UnusableImageError
        For a file that is broken, truncated, no image, too small, larger than Pillow opens, or
        whose values have no range to be seen in.
    """
    with misfits_named():
        return cut(open_upright(content, size), size, box)


def smallest_side(size: ImageSize) -> int:
    """Shortest side of an image that is shown, in pixels."""
    return math.ceil(SMALLEST_SHARE * size.crop)


@contextmanager
def misfits_named() -> Iterator[None]:
    """Make what Pillow raises for a bad file an :class:`UnusableImageError`."""
    try:
        yield
    except UnidentifiedImageError as error:
        detail = f"no image in a known format ({' '.join(FORMATS)})"
        raise UnusableImageError(Status.BROKEN, detail) from error
    except Image.DecompressionBombError as error:
        raise UnusableImageError(Status.UNREADABLE, _too_large(error)) from error
    except NoRangeError as error:
        raise UnusableImageError(Status.UNREADABLE, str(error)) from error
    except MemoryError as error:
        raise UnusableImageError(Status.UNREADABLE, "not enough memory to decode it") from error
    except UnusableImageError:
        raise
    except Exception as error:
        # Pillow's decoders raise whatever their format's library does, for a damaged file.
        raise UnusableImageError(Status.BROKEN, f"{type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class Opened:
    """An image that is loaded and upright, in the mode of its file.

    Attributes
    ----------
    image : Image
        Its pixels.
    is_photograph : bool
        Whether the file is a JPEG.
    packed : str
        How it is packed in the file, see :func:`stimgen.pool.decoding.modes.packing`.
    words : tuple of str
        What was done with it so far.
    """

    image: Image.Image
    is_photograph: bool
    packed: str
    words: tuple[str, ...]

    def rgb(self, region: Box | None = None) -> tuple[Image.Image, str]:
        """The image or a region of it as RGB, and all that was converted, in a line."""
        part, words = to_rgb(self.image, self.packed, region)
        return part, " ".join((*self.words, *words))


def open_upright(content: bytes, size: ImageSize) -> Opened:
    """Decode an image and turn it upright.

    Raises
    ------
    UnusableImageError
        Where a side is shorter than :func:`smallest_side`.
    Exception
        Whatever Pillow raises, see :func:`misfits_named`.
    """
    opened, turn = _open(content)
    if min(opened.size) < smallest_side(size):
        found = f"{opened.width} × {opened.height} px, wanted {smallest_side(size)}"
        raise UnusableImageError(Status.TOO_SMALL, found)
    packed, by_pillow = packing(opened), tiff_orientation(opened)
    words = ["first frame"] if _is_animated(content, opened) else []
    opened.load()
    turn = turn or orientation(opened)
    if (turn, by_pillow) != (1, 1):
        words.append("rotated")
    return Opened(upright(opened, turn), opened.format in _PHOTOGRAPHS, packed, tuple(words))


def cut(opened: Opened, size: ImageSize, box: Box | None) -> tuple[Image.Image, str]:
    """The square that is shown, and what was converted, see :func:`decode`."""
    if box is not None:
        part, converted = opened.rgb(box)
        return resized_part(part, size, (0, 0, *part.size)), converted
    if is_strip(opened.image):
        region, inside = middle_region(opened.image, size)
        part, converted = opened.rgb(region)
        return resized_part(part, size, inside), converted
    whole, converted = opened.rgb()
    return middle(whole, size), converted


def _open(content: bytes) -> tuple[ImageFile, int | None]:
    """The opened image, and its orientation where that had to be read beforehand."""
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS), None
    except UnidentifiedImageError:
        if not content.startswith(_JPEG):
            raise
        # Pillow looks for the resolution in EXIF, and may stumble there.
        rest, turn = hidden_exif(content)
        return Image.open(io.BytesIO(rest), formats=FORMATS), turn


def _is_animated(content: bytes, image: Image.Image) -> bool:
    # The second picture of an MPO is the same view for another eye or screen.
    if image.format == "MPO":
        return False
    if image.format == "GIF":
        # Pillow has to read the next frame to know, which is not to touch the one that is shown.
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    try:
        return getattr(image, "is_animated", False)
    except Exception:
        return False


def _too_large(error: Image.DecompressionBombError) -> str:
    pixels = re.search(r"\d+", str(error))
    limit = 2 * (Image.MAX_IMAGE_PIXELS or 0)
    return f"{pixels[0] if pixels else '?'} px, more than the {limit} px that Pillow opens"
