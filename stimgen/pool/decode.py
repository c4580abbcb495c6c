"""From a file's bytes to the square that is shown: broken ones told apart, all modes made RGB."""

import io
import warnings
from enum import IntEnum

from PIL import Image, ImageOps, UnidentifiedImageError

from conditions.study.recipes import ImageSize
from stimgen.pool.images import Box

# Below this an image would be enlarged to a blur.
SMALLEST_SIDE = 64
# What lies behind transparent pixels: the grey of the screen.
BACKDROP = (128, 128, 128)

RESAMPLING = Image.Resampling.BILINEAR


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
        For a file that is broken, truncated, no image, or too small.
    """
    try:
        image, converted = _upright_rgb(content)
    except UnidentifiedImageError as error:
        raise UnusableImageError(Status.BROKEN, "no image in a known format") from error
    except Exception as error:
        # Pillow's decoders raise whatever their format's library does, for a damaged file.
        raise UnusableImageError(Status.BROKEN, f"{type(error).__name__}: {error}") from error
    if min(image.size) < SMALLEST_SIDE:
        raise UnusableImageError(
            Status.TOO_SMALL, f"{image.width} × {image.height} px, wanted {SMALLEST_SIDE}"
        )
    if box is not None:
        return image.crop(box).resize((size.crop, size.crop), RESAMPLING), converted
    scale = size.resize / min(image.size)
    width, height = (max(size.resize, round(side * scale)) for side in image.size)
    left, upper = (width - size.crop) // 2, (height - size.crop) // 2
    square = image.resize((width, height), RESAMPLING)
    return square.crop((left, upper, left + size.crop, upper + size.crop)), converted


def _upright_rgb(content: bytes) -> tuple[Image.Image, str]:
    converted = []
    with warnings.catch_warnings():
        # A decompression bomb or damaged metadata is the file's matter, not the terminal's.
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(content))
        image.load()
        upright = ImageOps.exif_transpose(image)
    if image.getexif().get(0x0112, 1) != 1:
        converted.append("rotated")
    if upright.mode != "RGB":
        converted.append(upright.mode)
        upright = _rgb(upright)
    return upright, " ".join(converted)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        # Pillow clips 16-bit greys at 255; scale them instead.
        _, highest = image.getextrema()
        assert not isinstance(highest, tuple)  # there is one band
        scale = 255 / (65535 if highest > 255 else 255)
        return image.convert("F").point(lambda value: value * scale).convert("L").convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        backdrop = Image.new("RGBA", image.size, (*BACKDROP, 255))
        return Image.alpha_composite(backdrop, image).convert("RGB")
    return image.convert("RGB")
