"""The colours of all that is drawn, derived from the background so that everything can be read.

Contrast is that of the Web Content Accessibility Guidelines 2.2: (lighter + 0.05) / (darker + 0.05)
of relative luminances 0…1. They want 4.5 of text (1.4.3) and 3 of what shows something by its form
(1.4.11). On any grey either black or white reaches 4.58, so that there is always such a colour.
"""

import colorsys
from collections.abc import Sequence
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
# Degrees of green and reddish purple, which people of all kinds of colour vision tell apart.
_GREEN, _PURPLE = 130, 315
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


def luminance(colour: Colour, shares: np.ndarray) -> float:
    """Relative luminance 0…1 of a colour on a screen, see :func:`shares_of`."""
    return float(_WEIGHTS @ shares[list(colour)])


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
    contrast lets them be.

    Parameters
    ----------
    background : tuple of int
        In pixel values 0…255.
    shares : ndarray, shape (256,)
        See :func:`shares_of`.
    """
    ground = luminance(background, shares)

    def seen(colour: Colour) -> float:
        return contrast(luminance(colour, shares), ground)

    def first(colours: Sequence[Colour], least: float) -> Colour:
        return next((each for each in colours if seen(each) >= least * _MARGIN), colours[-1])

    # From the background to black, and to white.
    darker = [_grey(level) for level in range(background[0], -1, -1)]
    lighter = [_grey(level) for level in range(background[0], LEVELS)]
    sides = sorted((darker, lighter), key=lambda side: seen(side[-1]))
    other, words = sides
    return Inks(
        background=background,
        foreground=first(words, _AMPLE),
        quiet=first(words, TEXT_CONTRAST),
        line=first(words, SHAPE_CONTRAST),
        chosen=(other if seen(other[-1]) >= SHAPE_CONTRAST * _MARGIN else words)[-1],
        correct=first(_tones(_GREEN), SHAPE_CONTRAST),
        wrong=first(_tones(_PURPLE), SHAPE_CONTRAST),
    )


def _grey(level: int) -> Colour:
    return level, level, level


def _tones(degrees: float) -> list[Colour]:
    """The tones of a hue, the most vivid first, up to white and down to black."""
    lightness = sorted(np.linspace(0, 1, LEVELS), key=lambda light: abs(light - 0.5))
    values = [colorsys.hls_to_rgb(degrees / 360, light, 1) for light in lightness]
    return [
        (round(TOP * red), round(TOP * green), round(TOP * blue)) for red, green, blue in values
    ]
