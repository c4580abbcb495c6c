"""From pixel values of images to levels of the screen: one look-up table a channel.

The table is applied to pixels before they are drawn, instead of a gamma ramp in the graphics card:
a ramp fails silently on second screens, under compositors and through adapters, and cannot be read
back from the frame buffer.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from conditions.rig.luminance import LEVELS, TOP
from conditions.rig.rig import Rig
from conditions.seeds import named_rng
from conditions.study.presentation import Presentation, Transfer

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Correction:
    """What is done to every colour that is drawn.

    Attributes
    ----------
    transfer : str
        How luminance follows pixel values; ``none`` where nothing is done.
    nearest, below : ndarray of uint8, shape (3, 256)
        By channel and pixel value: the level with the luminance nearest to the wanted one, and
        the brightest that is not above it.
    chance : ndarray, shape (3, 256), 0…1
        Share of pixels that take the level after ``below``, so that their mean is as wanted.
    dither : bool
        Whether images get such mixtures; single colours never do.
    seed : int
        Decides, with the name of an image, which of its pixels take which level.
    """

    transfer: Transfer
    nearest: np.ndarray
    below: np.ndarray
    chance: np.ndarray
    dither: bool = False
    seed: int = 0

    def colour(self, wanted: Colour) -> Colour:
        """Levels that show a colour given in pixel values 0…255."""
        red, green, blue = (
            int(table[value]) for table, value in zip(self.nearest, wanted, strict=True)
        )
        return red, green, blue

    def image(self, image: Image.Image, name: str) -> Image.Image:
        """An RGB image in levels of the screen; one of the same name is always dithered alike."""
        if self.transfer == "none":
            return image
        if not self.dither:
            return image.point(self.nearest.ravel().tolist())
        pixels = np.asarray(image)
        channels = np.arange(3)
        draws = named_rng(self.seed, f"dither/{name}").random(pixels.shape, dtype=np.float32)
        levels = self.below[channels, pixels] + (draws < self.chance[channels, pixels])
        return Image.fromarray(levels.astype(np.uint8))

    @property
    def levels_left(self) -> tuple[int, int, int]:
        """How many of the 256 levels of each channel images can still take."""
        red, green, blue = (len(np.unique(table)) for table in self.nearest)
        return red, green, blue


def srgb(value: np.ndarray) -> np.ndarray:
    """Relative luminance 0…1 that sRGB values 0…1 stand for (IEC 61966-2-1)."""
    value = np.asarray(value, dtype=float)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def wanted_share(transfer: Transfer) -> np.ndarray:
    """Share of a channel's range of luminance that each pixel value 0…255 stands for."""
    value = np.arange(LEVELS) / TOP
    return srgb(value) if transfer == "srgb" else value


def correction_for(rig: Rig, presentation: Presentation, seed: int = 0) -> Correction:
    """The correction of a rig for the way in which a study shows its images.

    Each channel's luminance goes from what the channel has at level 0 to what it has at 255:
    wanted = black + transfer(pixel value) · (white − black). A rig that is not calibrated is left
    as it is.
    """
    luminance, transfer = rig.luminance, presentation.transfer
    if luminance is None or transfer == "none":
        return UNCHANGED
    share, tables = wanted_share(transfer), []
    for curve in luminance.curves():
        wanted = curve[0] + share * (curve[-1] - curve[0])
        below = np.clip(np.searchsorted(curve, wanted, side="right") - 1, 0, TOP - 1)
        step = curve[below + 1] - curve[below]
        # Flat pieces of a measured curve have no step to mix over.
        chance = np.divide(wanted - curve[below], step, out=np.zeros(LEVELS), where=step > 0)
        tables.append((below + (chance > 0.5), below, chance))
    nearest, below, chance = (np.array(each) for each in zip(*tables, strict=True))
    return Correction(
        transfer,
        nearest.astype(np.uint8),
        below.astype(np.uint8),
        chance,
        presentation.dither,
        seed,
    )


_SAME = np.tile(np.arange(LEVELS, dtype=np.uint8), (3, 1))
UNCHANGED = Correction("none", _SAME, _SAME, np.zeros((3, LEVELS)))
