"""The square that is shown of an image: its middle, with the short side resized."""

import math

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import interpolate

from conditions.study.recipes import ImageSize
from stimgen.pool.images import Box

# An image longer than so many times its short side is not resized as a whole, only what is shown.
MOST_ELONGATED = 8
# Numbers up to this make a simple ratio.
SIMPLE = 20

Sides = tuple[float, float, float, float]

RESAMPLING = Image.Resampling.BILINEAR


def is_strip(image: Image.Image) -> bool:
    """Whether an image is so long that most of it would be resized for nothing."""
    return max(image.size) > MOST_ELONGATED * min(image.size)


def is_resized_evenly(image: Image.Image, size: ImageSize) -> bool:
    """Whether an image's resized pixels are often halfway between two levels.

    They are where the short side is resized by a ratio of small numbers, as 320 to 256 px by 5:4.
    The last digits of the weights then decide, which differ between libraries.
    """
    short = min(image.size)
    return short // math.gcd(short, size.resize) <= SIMPLE


def middle(whole: Image.Image, size: ImageSize) -> Image.Image:
    """The square of an RGB image, resized by Pillow (bilinear, antialiased)."""
    width, height, left, upper = _resized(whole, size)
    resized = whole.resize((width, height), RESAMPLING)
    return resized.crop((left, upper, left + size.crop, upper + size.crop))


def quick_middle(whole: Image.Image, size: ImageSize) -> np.ndarray:
    """The square of an RGB image, resized by torch in a quarter of the time.

    Its weights are rounded to 16 bits, Pillow's to 22: of a thousand values two or three differ,
    by one level, but see :func:`is_resized_evenly`. They are the same for any number of threads
    and on any processor.

    Returns
    -------
    ndarray
        crop × crop × 3, uint8.
    """
    width, height, left, upper = _resized(whole, size)
    # Height × width × channels in memory, and known to be so: torch resizes it as it lies.
    pixels = torch.from_numpy(np.array(whole))[None].permute(0, 3, 1, 2)
    resized = interpolate(pixels, (height, width), mode="bilinear", antialias=True)
    # Cut by numpy, in this thread: torch would start a team of threads to copy 150 kB.
    rows = resized.permute(0, 2, 3, 1)[0].numpy()
    return rows[upper : upper + size.crop, left : left + size.crop].copy()


def middle_region(image: Image.Image, size: ImageSize) -> tuple[Box, Sides]:
    """Where the square lies in an image.

    Returns
    -------
    tuple of int
        The region of the image that the square is made of, with what the filter reaches beyond.
    tuple of float
        The square within that region: left, upper, right, lower.
    """
    width, height, left, upper = _resized(image, size)
    across, down = image.width / width, image.height / height
    seen = (left * across, upper * down, (left + size.crop) * across, (upper + size.crop) * down)
    reach = math.ceil(max(across, down, 1)) + 1
    region = (
        max(0, math.floor(seen[0]) - reach),
        max(0, math.floor(seen[1]) - reach),
        min(image.width, math.ceil(seen[2]) + reach),
        min(image.height, math.ceil(seen[3]) + reach),
    )
    return region, (
        seen[0] - region[0],
        seen[1] - region[1],
        seen[2] - region[0],
        seen[3] - region[1],
    )


def resized_part(part: Image.Image, size: ImageSize, box: Sides) -> Image.Image:
    """A part of an RGB image that fills the square."""
    return part.resize((size.crop, size.crop), RESAMPLING, box=box)


def _resized(image: Image.Image, size: ImageSize) -> tuple[int, int, int, int]:
    """Width and height when the short side is the study's; left and upper side of the square."""
    scale = size.resize / min(image.size)
    width, height = (max(size.resize, round(side * scale)) for side in image.size)
    return width, height, (width - size.crop) // 2, (height - size.crop) // 2
