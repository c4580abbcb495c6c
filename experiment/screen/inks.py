"""The colours of all that is drawn, derived from the background so that everything can be read.

Contrast is that of the Web Content Accessibility Guidelines 2.2: (lighter + 0.05) / (darker + 0.05)
of relative luminances 0…1. They want 4.5 of text (1.4.3) and 3 of what shows something by its form
(1.4.11). On any grey either black or white reaches 4.58, so that there is always such a colour.
"""

import colorsys
from dataclasses import dataclass
from typing import Literal

import numpy as np

from conditions.rig.luminance import LEVELS, TOP
from conditions.rig.rig import Rig
from experiment.screen.correction import Colour, Correction, wanted_share

# What a colour is for: a field of Inks.
Ink = Literal["background", "foreground", "quiet", "line", "chosen", "correct", "wrong"]

TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0
# A calibrated screen rounds to its levels: a little more is aimed at.
_MARGIN = 1.04
# More is not needed for words, and glares on a dark background.
_AMPLE = 12.0
# By how much the channels of a tone differ at least: a share of the brightest, or of what counts
# as dark.
_TINT, _DARK = 0.25, 0.2
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722])  # Of red, green and blue: IEC 61966-2-1.


@dataclass(frozen=True)
class Inks:
    """Colours in pixel values 0…255 by what they are for."""

    background: Colour
    foreground: Colour
    quiet: Colour
    line: Colour
    chosen: Colour
    correct: Colour
    wrong: Colour

    def of(self, ink: Ink) -> Colour:
        """The colour of what is drawn for a purpose."""
        colour: Colour = getattr(self, ink)
        return colour


def shares_of(rig: Rig, correction: Correction) -> np.ndarray:
    """Luminance 0…1 of all pixel values as a screen shows them: shape (256,), rising.

    With a correction it is what that aims at. Without one it is the mean of the channels that was
    measured or, where nothing was, sRGB.
    """
    if correction.transfer != "none":
        return wanted_share(correction.transfer)
    if rig.luminance is None:
        return wanted_share("srgb")
    curves = rig.luminance.curves()
    black, white = curves[:, :1], curves[:, -1:]
    return np.asarray(((curves - black) / (white - black)).mean(axis=0))


def luminance(colour: Colour | np.ndarray, shares: np.ndarray) -> float:
    """Relative luminance 0…1 of a colour on a screen, see :func:`shares_of`."""
    return float(shares[np.asarray(colour)] @ _WEIGHTS)


def contrast(one: float, other: float) -> float:
    """Contrast 1…21 of two relative luminances.

    >>> contrast(0, 1)
    21.0
    """
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def inks_on(background: Colour, shares: np.ndarray) -> Inks:
    """The colours to draw with on a grey background.

    Words are black or white, whichever contrasts more, and greys on that side; the frame of a
    choice is the other one where it can be seen as well. Green and purple are as vivid as the
    contrast lets them be; one is lighter and one darker than the background where that can be.

    Parameters
    ----------
    background : tuple of int
        In pixel values 0…255.
    shares : ndarray, shape (256,)
        See :func:`shares_of`.
    """
    ground = luminance(background, shares)

    def enough(colours: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray]:
        """Those that contrast enough, or else the last; and whether they are lighter."""
        lights = shares[colours] @ _WEIGHTS
        ratios = (np.maximum(lights, ground) + 0.05) / (np.minimum(lights, ground) + 0.05)
        good = ratios >= least * _MARGIN
        good[-1] |= not good.any()
        return colours[good], lights[good] > ground

    # From the background to black, and to white.
    sides = _GREYS[background[0] :: -1], _GREYS[background[0] :]
    other, words = sorted(sides, key=lambda side: contrast(luminance(side[-1], shares), ground))
    can_be_other = contrast(luminance(other[-1], shares), ground) >= SHAPE_CONTRAST * _MARGIN
    greens, green_lighter = enough(_tinted(_TONES["green"], shares), SHAPE_CONTRAST)
    purples, purple_lighter = enough(_tinted(_TONES["purple"], shares), SHAPE_CONTRAST)
    on_other_side = purples[purple_lighter != green_lighter[0]]
    return Inks(
        background=background,
        foreground=_colour(enough(words, _AMPLE)[0][0]),
        quiet=_colour(enough(words, TEXT_CONTRAST)[0][0]),
        line=_colour(enough(words, SHAPE_CONTRAST)[0][0]),
        chosen=_colour((other if can_be_other else words)[-1]),
        correct=_colour(greens[0]),
        wrong=_colour((on_other_side if len(on_other_side) else purples)[0]),
    )


def _colour(values: np.ndarray) -> Colour:
    red, green, blue = values.tolist()
    return red, green, blue


def _tones(degrees: float) -> np.ndarray:
    """The tones of a hue, the most vivid first, up to white and down to black: shape (256, 3)."""
    lightness = sorted(np.linspace(0, 1, LEVELS), key=lambda light: abs(light - 0.5))
    tones = [colorsys.hls_to_rgb(degrees / 360, light, 1) for light in lightness]
    return np.round(TOP * np.array(tones)).astype(int)


def _tinted(tones: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Those that are neither nearly white nor nearly black."""
    brightest = np.maximum(shares[tones].max(axis=1), _DARK)
    return tones[np.ptp(shares[tones], axis=1) >= _TINT * brightest]


_GREYS = np.repeat(np.arange(LEVELS)[:, None], 3, axis=1)
# Hues that people of all kinds of colour vision tell apart.
_TONES = {"green": _tones(130), "purple": _tones(315)}
