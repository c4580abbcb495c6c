"""All modes of an image made RGB, none of them black or white by mistake."""

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from stimgen.pool.images import Box

# What lies behind transparent pixels: the grey of the screen.
BACKDROP = (128, 128, 128)

# What Pillow multiplies the greys of a PNG of 1, 2 and 4 bits by, but not its transparent grey.
_STEP = {"1": 255, "L;2": 85, "L;4": 17}
# What Pillow reads into signed numbers of 32 bits, though it has no sign.
_UNSIGNED = "I;32N"
# TIFF's tag of how values are meant; Pillow heeds it up to 8 bits.
_PHOTOMETRIC, _LOWEST_IS_WHITE = 262, 0


class NoRangeError(Exception):
    """Values that cannot be made levels of grey, and why."""


def packing(image: ImageFile) -> str:
    """How an opened, not yet loaded image is packed in its file, in Pillow's words ("RGB;16B")."""
    arguments = image.tile[0].args if image.tile else ""
    first = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return first if isinstance(first, str) else ""


def to_rgb(
    image: Image.Image, packed: str = "", region: Box | None = None
) -> tuple[Image.Image, list[str]]:
    """An image of any mode, or a region of it, as RGB.

    Parameters
    ----------
    image : Image
        Loaded, of any of Pillow's modes.
    packed : str, optional
        What :func:`packing` said of it before it was loaded.
    region : tuple, optional
        The part that is wanted.

    Returns
    -------
    Image
        RGB; transparent pixels over the backdrop, as far as they are transparent. Greys of more
        than 8 bits are spread from the lowest to the highest of the whole image.
    list of str
        What was converted, nothing for an opaque RGB image.

    Raises
    ------
    NoRangeError
        For greys of more than 8 bits that are all the same, or not all finite.
    """
    if image.mode.startswith("I") or image.mode == "F":
        return _spread(image, packed, region)
    words = [] if image.mode == "RGB" else [image.mode]
    if image.mode.startswith("RGB") and ";16" in packed:
        # Pillow keeps the upper byte of each value.
        words.append("16 bit")
    key = image.info.get("transparency")
    part = image if region is None else image.crop(region)
    if isinstance(key, tuple) and ";16" in packed:
        part.info["transparency"] = tuple(value >> 8 for value in key)
    elif isinstance(key, int) and packed in _STEP:
        part = part.convert("L")
        part.info["transparency"] = key * _STEP[packed]
    if not part.has_transparency_data:
        # Pillow's conversion of RGB to RGB is a copy, which costs a scan a twentieth of its time.
        return part if part.mode == "RGB" else part.convert("RGB"), words
    if part.mode == "La":
        part = part.convert("LA")
    seen = _over_backdrop(part.convert("RGBA"))
    return seen, words or ["transparent"]


def _over_backdrop(image: Image.Image) -> Image.Image:
    backdrop = Image.new("RGBA", image.size, (*BACKDROP, 255))
    return Image.alpha_composite(backdrop, image).convert("RGB")


def _spread(image: Image.Image, packed: str, region: Box | None) -> tuple[Image.Image, list[str]]:
    values = np.asarray(image)
    if packed == _UNSIGNED:
        values = values.view(np.uint32)
    key = image.info.get("transparency")
    shown = values if key is None else values[values != key]
    low, high = (shown.min(), shown.max()) if shown.size else (0, 0)
    if not np.isfinite([low, high]).all():
        raise NoRangeError(f"{image.mode} with values that are not finite")
    if low == high:
        raise NoRangeError(f"{image.mode} with one value only, {low:g}: no range to spread")
    if region is not None:
        left, upper, right, lower = region
        values = values[upper:lower, left:right]
    levels = (values.astype(np.float64) - float(low)) * (255 / (float(high) - float(low)))
    if isinstance(image, TiffImageFile) and image.tag_v2.get(_PHOTOMETRIC) == _LOWEST_IS_WHITE:
        levels = 255 - levels
    grey = Image.fromarray(np.rint(levels.clip(0, 255)).astype(np.uint8)).convert("RGB")
    if key is not None:
        grey.paste(BACKDROP, mask=Image.fromarray(values == key))
    return grey, [f"{image.mode} spread from {low:g} to {high:g}"]
