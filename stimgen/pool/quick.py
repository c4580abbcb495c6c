"""Decoding as the scan does it, and the digest by which pixels are known again."""

import hashlib

import numpy as np

from conditions.study.recipes import ImageSize
from stimgen.pool.decode import cut, misfits_named, open_upright
from stimgen.pool.images import Box
from stimgen.pool.square import is_strip, quick_middle


def decode_for_scan(
    content: bytes, size: ImageSize, box: Box | None = None
) -> tuple[np.ndarray, str]:
    """Decode an image for ranking, to the square that :func:`stimgen.pool.decode.decode` cuts.

    Whole photographs (JPEG) are resized the quick way, all others as :func:`decode` does it. The
    pixels depend on the content alone: not on threads, workers or the processor. Images that are
    shown are decoded by :func:`decode`, always.

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
        As from :func:`decode`, for the same files.
    """
    with misfits_named():
        opened = open_upright(content, size)
        if opened.is_photograph and box is None and not is_strip(opened.image):
            whole, converted = opened.rgb()
            return quick_middle(whole, size), converted
        image, converted = cut(opened, size, box)
        return np.asarray(image), converted


def digest_of(pixels: np.ndarray) -> int:
    """The first 8 bytes of the SHA-256 of pixels, as a whole number."""
    return int.from_bytes(hashlib.sha256(pixels.tobytes()).digest()[:8])
