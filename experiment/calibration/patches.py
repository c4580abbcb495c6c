"""Which patches are measured, and in what order."""

from dataclasses import dataclass

import numpy as np

from conditions.rig.luminance import CHANNELS, TOP
from conditions.seeds import named_rng
from experiment.screen.correction import Colour, Correction

GREY = "grey"
SHOWN = (*CHANNELS, GREY)
# Halfway between levels of a sweep of 17, and between those of 9: none of these was measured.
FRESH_VALUES = (24, 56, 88, 136, 168, 200, 232)


@dataclass(frozen=True)
class Patch:
    """A patch to be measured: pixel value 0…255 of one channel (or grey), and levels drawn."""

    stage: str
    repetition: int
    channel: str
    value: int
    levels: Colour


@dataclass(frozen=True)
class Reading:
    """Luminance of a patch in cd/m², so many seconds after the first reading."""

    patch: Patch
    luminance: float
    seconds: float

    def row(self, number: int) -> dict:
        """Row of the rig's table of readings, of which it is the ``number``-th."""
        red, green, blue = self.patch.levels
        return {
            "reading": number,
            "stage": self.patch.stage,
            "repetition": self.patch.repetition,
            "channel": self.patch.channel,
            "value": self.patch.value,
            "red_level": red,
            "green_level": green,
            "blue_level": blue,
            "luminance": self.luminance,
            "seconds": round(self.seconds, 3),
        }


def sweep_patches(n_levels: int, sweeps: int, name: str) -> list[Patch]:
    """The patches from which a screen's curves are fitted.

    Every sweep goes once through all levels of the channels and of grey, in an order of its own
    (drawn by the rig's name), so that drift over time is not mistaken for a change with level.
    White comes first, for photometers that want a bright first reading, and last.

    Parameters
    ----------
    n_levels : int
        Levels of a channel, evenly spaced, from 0 to 255.
    sweeps : int
        How often all are gone through.
    name : str
        The rig's.
    """
    levels = np.round(np.linspace(0, TOP, n_levels)).astype(int)
    white = (GREY, TOP)
    patches = []
    for sweep in range(1, sweeps + 1):
        asked = [(channel, int(level)) for channel in SHOWN for level in levels]
        order = named_rng(0, f"calibration/{name}/sweep-{sweep}").permutation(len(asked))
        shuffled = [asked[i] for i in order if asked[i] != white]
        patches += [_patch("sweep", sweep, *each) for each in (white, *shuffled)]
    return [*patches, _patch("sweep", sweeps, *white)]


def fresh_patches(correction: Correction, repetitions: int, name: str) -> list[Patch]:
    """Patches to verify a correction with: pixel values that were not measured, corrected."""
    patches = []
    for repetition in range(1, repetitions + 1):
        asked = [(channel, value) for channel in SHOWN for value in FRESH_VALUES]
        order = named_rng(0, f"calibration/{name}/verify-{repetition}").permutation(len(asked))
        for channel, value in (asked[i] for i in order):
            patches.append(_patch("verification", repetition, channel, value, correction))
    return patches


def _patch(
    stage: str, repetition: int, channel: str, value: int, correction: Correction | None = None
) -> Patch:
    red, green, blue = (value if channel in (GREY, name) else 0 for name in CHANNELS)
    colour = red, green, blue
    if correction is not None:
        colour = correction.colour(colour)
    return Patch(stage, repetition, channel, value, colour)
