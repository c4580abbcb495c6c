"""Decoding as the scan does it, and the digest by which pixels are known again.

Most of a scan's decoding is that of ordinary JPEG photographs. Those are resized by torch, whose
weights are rounded to 16 bits and Pillow's to 22: of a thousand values three differ, by one level.
Images that are shown are decoded by :func:`stimgen.pool.decode.decode`, always.
"""

import hashlib
import io

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch.nn.functional import interpolate
from torchvision.io import ImageReadMode, decode_jpeg

from conditions.study.recipes import ImageSize
from stimgen.pool.decode import MOST_ELONGATED, decode, resized, smallest_side
from stimgen.pool.images import Box
from stimgen.pool.orientation import orientation

_END_OF_IMAGE = b"\xff\xd9"


def decode_for_scan(
    content: bytes, size: ImageSize, box: Box | None = None
) -> tuple[np.ndarray, str]:
    """Decode an image for ranking, to the square that :func:`decode` cuts.

    Whole upright RGB photographs in JPEG go the fast way, all others through :func:`decode`. The
    pixels depend on the content alone: not on threads, workers or what a processor can.

    Parameters
    ----------
    content, size, box
        As those of :func:`decode`.

    Returns
    -------
    ndarray
        crop × crop × 3, uint8.
    str
        What was converted, as from :func:`decode`.

    Raises
    ------
    UnusableImageError
        As from :func:`decode`.
    """
    if box is None and _is_plain_photograph(content, size):
        pixels = _from_jpeg(content, size)
        if pixels is not None:
            return pixels, ""
    image, converted = decode(content, size, box)
    return np.asarray(image), converted


def digest_of(pixels: np.ndarray) -> int:
    """The first 8 bytes of the SHA-256 of pixels, as a whole number."""
    return int.from_bytes(hashlib.sha256(pixels.tobytes()).digest()[:8])


def _is_plain_photograph(content: bytes, size: ImageSize) -> bool:
    # Where the end is missing Pillow decides whether the image is whole enough.
    if not content.endswith(_END_OF_IMAGE):
        return False
    try:
        image = Image.open(io.BytesIO(content), formats=("JPEG",))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError):
        return False
    return (
        (image.format, image.mode) == ("JPEG", "RGB")
        and smallest_side(size) <= min(image.size)
        and max(image.size) <= MOST_ELONGATED * min(image.size)
        and orientation(image) == 1
    )


def _from_jpeg(content: bytes, size: ImageSize) -> np.ndarray | None:
    try:
        decoded = decode_jpeg(
            torch.frombuffer(bytearray(content), dtype=torch.uint8), ImageReadMode.RGB
        )
    except RuntimeError:
        # Damaged, or of a kind that torchvision's libjpeg does not know.
        return None
    width, height = resized(decoded.shape[2], decoded.shape[1], size)
    # The decoder's memory is height × width × 3; said so, torch resizes it as it lies.
    image = decoded.permute(1, 2, 0)[None].permute(0, 3, 1, 2)
    square = interpolate(image, (height, width), mode="bilinear", antialias=True)
    left, upper = (width - size.crop) // 2, (height - size.crop) // 2
    # Cut by numpy, in this thread: torch would start a team of threads to copy 150 kB.
    whole = square.permute(0, 2, 3, 1)[0].numpy()
    return whole[upper : upper + size.crop, left : left + size.crop].copy()
