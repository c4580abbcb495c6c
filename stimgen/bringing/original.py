"""An image as its tool left it, and the square of it that is shown."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from conditions.errors import StudyError
from conditions.study.recipes import ImageSize
from stimgen.activations import read_image
from stimgen.pool.decoding.decode import (
    Opened,
    Status,
    UnusableImageError,
    cut,
    misfits_named,
    open_upright,
)


class UnfitError(Exception):
    """Why a file is not shown: what was found, and what is wanted."""


@dataclass(frozen=True)
class Original:
    """What is known of an image that has been opened.

    Attributes
    ----------
    width, height : int
        Pixels of the upright image.
    changed : str
        What was done to show it, as "CMYK, resized and cropped"; empty where nothing was.
    as_it_is : bool
        Whether it had the size that is shown: its pixels stand.
    pixels : str
        SHA-256 of the square's pixels.
    file_sha256 : str
        SHA-256 of the file.
    """

    width: int
    height: int
    changed: str
    as_it_is: bool
    pixels: str
    file_sha256: str

    @property
    def sides(self) -> str:
        """Its size in words."""
        return f"{self.width} × {self.height} px"


def open_original(path: Path, size: ImageSize, exact: bool) -> tuple[Original, Image.Image]:
    """Open an image and cut the square that is shown.

    An image of the square's own size is taken pixel by pixel: another tool has made it to be seen
    whole. Of any other, the short side is resized and the middle cropped as the pool's
    photographs are, which loses a border of squares too.

    Parameters
    ----------
    path : Path
        The file; it is read and nothing else.
    size : ImageSize
        The study's.
    exact : bool
        Whether another size is refused.

    Returns
    -------
    Original
        What is known of it.
    Image
        RGB, crop × crop pixels.

    Raises
    ------
    UnfitError
        Where it is no image that can be shown, too small, or of another size with ``exact``.
    """
    try:
        content = path.read_bytes()
        with misfits_named():
            opened = open_upright(content, size)
            as_it_is = opened.image.size == (size.crop, size.crop)
            square, changed = opened.rgb() if as_it_is else cut(opened, size, None)
    except UnusableImageError as error:
        raise UnfitError(_in_words(error)) from error
    except OSError as error:
        raise UnfitError(f"found a file that cannot be read: {error.strerror or error}") from error
    if exact and not as_it_is:
        raise UnfitError(
            f"found {_sides(opened)}, wanted {size.crop} × {size.crop} px (fit: exact)"
        )
    words = [changed] if changed else []
    words += [] if as_it_is else ["resized and cropped"]
    pixels = hashlib.sha256(np.asarray(square).tobytes()).hexdigest()
    sha256 = hashlib.sha256(content).hexdigest()
    return Original(*opened.image.size, ", ".join(words), as_it_is, pixels, sha256), square


def pixels_of(path: Path) -> str | None:
    """SHA-256 of the pixels of an image that is in the study, or None where it cannot be read."""
    try:
        return hashlib.sha256(np.asarray(read_image(path)).tobytes()).hexdigest()
    except StudyError:
        return None


def _in_words(error: UnusableImageError) -> str:
    if error.status is Status.TOO_SMALL:
        return f"found {error.detail} px or more a side"
    found = "a broken file" if error.status is Status.BROKEN else "a file that cannot be decoded"
    return f"found {found} ({error.detail}), wanted an image"


def _sides(opened: Opened) -> str:
    return f"{opened.image.width} × {opened.image.height} px"
