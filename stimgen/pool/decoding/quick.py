"""Decoding as the scan does it, and the digest by which pixels are known again."""

import hashlib

import numpy as np

from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.decode import cut, misfits_named, open_upright
from stimgen.pool.decoding.square import is_resized_evenly, is_strip, quick_middle
from stimgen.pool.images import Box


def decode_for_scan(
    content: bytes, size: ImageSize, box: Box | None = None
) -> tuple[np.ndarray, str]:
    """Decode an image for ranking, to the square that ``decode`` cuts.

    Whole photographs (JPEG) are resized the quick way, all other images, and those of which that
    would change more than a few pixels, as :func:`decode` does it. The pixels depend on the
    content alone: not on threads, workers or the processor. Images that are shown are decoded by
    :func:`decode`, always.

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
        by_pillow = is_strip(opened.image) or is_resized_evenly(opened.image, size)
        if not opened.is_photograph or box is not None or by_pillow:
            image, converted = cut(opened, size, box)
            return np.asarray(image), converted
        whole, converted = opened.rgb()
        return quick_middle(whole, size), converted


def digest_of(pixels: np.ndarray) -> int:
    """The first 8 bytes of the SHA-256 of pixels, as a whole number."""
    return int.from_bytes(hashlib.sha256(pixels.tobytes()).digest()[:8], "big")
