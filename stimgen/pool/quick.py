"""Decoding as the scan does it, and the digest by which pixels are known again."""

import hashlib

import numpy as np

from conditions.study.recipes import ImageSize
from stimgen.pool.decode import decode
from stimgen.pool.images import Box


def decode_for_scan(
    content: bytes, size: ImageSize, box: Box | None = None
) -> tuple[np.ndarray, str]:
    """Decode an image for ranking, to the square that :func:`decode` cuts.

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
    image, converted = decode(content, size, box)
    return np.asarray(image), converted


def digest_of(pixels: np.ndarray) -> int:
    """The first 8 bytes of the SHA-256 of pixels, as a whole number."""
    return int.from_bytes(hashlib.sha256(pixels.tobytes()).digest()[:8])
