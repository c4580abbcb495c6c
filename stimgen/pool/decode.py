"""From a file's bytes to the square that is shown: broken ones told apart, all modes made RGB."""

import io
import math
import re
import warnings
from enum import IntEnum

from PIL import Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile

from conditions.study.recipes import ImageSize
from stimgen.pool.images import Box
from stimgen.pool.modes import NoRangeError, packing, to_rgb
from stimgen.pool.orientation import hidden_exif, orientation, tiff_orientation, upright

# An image whose short side is below this part of the crop would be enlarged to a blur.
SMALLEST_SHARE = 2 / 7
# An image longer than so many times its short side is not resized as a whole, only what is shown.
MOST_ELONGATED = 8
# Those of the suffixes that a pool takes. Pillow knows others whose decoders start programs.
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM")
_JPEG = b"\xff\xd8"

RESAMPLING = Image.Resampling.BILINEAR

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
    try:
        return _decode(content, size, box)
    except UnidentifiedImageError as error:
        raise UnusableImageError(
            Status.BROKEN, f"no image in a known format ({' '.join(FORMATS)})"
        ) from error
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


def smallest_side(size: ImageSize) -> int:
    """Shortest side of an image that is shown, in pixels."""
    return math.ceil(SMALLEST_SHARE * size.crop)


def check_side(width: int, height: int, size: ImageSize) -> None:
    """Refuse an image that would be enlarged to a blur.

    Raises
    ------
    UnusableImageError
        Where a side is shorter than :func:`smallest_side`.
    """
    if min(width, height) < smallest_side(size):
        raise UnusableImageError(
            Status.TOO_SMALL, f"{width} × {height} px, wanted {smallest_side(size)}"
        )


def resized(width: int, height: int, size: ImageSize) -> tuple[int, int]:
    """Width and height of an image when its short side is that of the study."""
    scale = size.resize / min(width, height)
    return max(size.resize, round(width * scale)), max(size.resize, round(height * scale))


def _decode(content: bytes, size: ImageSize, box: Box | None) -> tuple[Image.Image, str]:
    opened, turn = _open(content)
    check_side(opened.width, opened.height, size)
    packed, by_pillow = packing(opened), tiff_orientation(opened)
    words = ["first frame"] if _is_animated(content, opened) else []
    opened.load()
    turn = turn or orientation(opened)
    if (turn, by_pillow) != (1, 1):
        words.append("rotated")
    image = upright(opened, turn)
    if box is not None:
        part, more = to_rgb(image, packed, box)
        square = part.resize((size.crop, size.crop), RESAMPLING)
    elif max(image.size) > MOST_ELONGATED * min(image.size):
        square, more = _middle(image, packed, size)
    else:
        whole, more = to_rgb(image, packed)
        width, height = resized(*whole.size, size)
        left, upper = (width - size.crop) // 2, (height - size.crop) // 2
        square = whole.resize((width, height), RESAMPLING)
        square = square.crop((left, upper, left + size.crop, upper + size.crop))
    return square, " ".join(words + more)


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


def _middle(image: Image.Image, packed: str, size: ImageSize) -> tuple[Image.Image, list[str]]:
    """The square in the middle of a long strip, of which no more is resized than is seen."""
    width, height = resized(*image.size, size)
    left, upper = (width - size.crop) // 2, (height - size.crop) // 2
    # In the image's own pixels, and what the filter reaches beyond.
    across, down = image.width / width, image.height / height
    seen = (left * across, upper * down, (left + size.crop) * across, (upper + size.crop) * down)
    reach = math.ceil(max(across, down, 1)) + 1
    region = (
        max(0, math.floor(seen[0]) - reach),
        max(0, math.floor(seen[1]) - reach),
        min(image.width, math.ceil(seen[2]) + reach),
        min(image.height, math.ceil(seen[3]) + reach),
    )
    part, words = to_rgb(image, packed, region)
    inside = (
        seen[0] - region[0],
        seen[1] - region[1],
        seen[2] - region[0],
        seen[3] - region[1],
    )
    return part.resize((size.crop, size.crop), RESAMPLING, box=inside), words


def _too_large(error: Image.DecompressionBombError) -> str:
    pixels = re.search(r"\d+", str(error))
    limit = 2 * (Image.MAX_IMAGE_PIXELS or 0)
    return f"{pixels[0] if pixels else '?'} px, more than the {limit} px that Pillow opens"
