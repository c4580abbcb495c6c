"""Luminance of a screen by level, as it was measured and as it was fitted."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, NonNegativeFloat, model_validator

from conditions.yaml.strict import Some, Strict, Text

LEVELS = 256
TOP = LEVELS - 1
CHANNELS = ("red", "green", "blue")
# Of any screen, in cd/m²; photometers end there too.
Candelas = Annotated[float, Field(ge=0, le=100_000)]
Readings = Annotated[int, Field(ge=1, le=1_000_000)]
# In quotes, as programs write them that know text alone for names, it is the same level.
Level = Annotated[int, Field(strict=False, ge=0, le=TOP)]
# Readings scatter: only a fall of more than this share of a reading counts as one.
FALL = 0.05


class Estimate(Strict):
    """A fitted value with its 95 % interval."""

    value: float
    low: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> "Estimate":
        if not self.low <= self.value <= self.high:
            raise ValueError(f"found {self.low:g}, {self.value:g}, {self.high:g}: wanted rising")
        return self


class PowerLaw(Strict):
    """Luminance = offset + gain · (level / 255) ^ gamma, in cd/m².

    The model of Brainard, Pelli & Robson (2002), Display characterization, without its level of
    onset, which flat panels do not have.
    """

    offset: Estimate
    gain: Estimate
    gamma: Estimate

    def luminance(self, levels: np.ndarray) -> np.ndarray:
        """Luminance in cd/m² of levels 0…255, any shape."""
        relative = np.asarray(levels, dtype=float) / TOP
        return self.offset.value + self.gain.value * relative**self.gamma.value


class Channel(Strict):
    """Luminance of one channel, the others at 0: cd/m² by level, and the curve through them."""

    readings: dict[Level, Candelas] = Field(
        description="Mean luminance in cd/m² by level, from 0 to 255, at least five."
    )
    fit: PowerLaw | None = None

    @property
    def levels(self) -> np.ndarray:
        """The levels that were measured, rising."""
        return np.array(sorted(self.readings))

    @property
    def measured(self) -> np.ndarray:
        """Luminance in cd/m² of these levels."""
        return np.array([self.readings[level] for level in sorted(self.readings)])

    def interpolated(self) -> np.ndarray:
        """Luminance of all 256 levels: a rising curve through the readings.

        Isotonic regression takes away what falls by scatter; between readings a monotone cubic
        (Fritsch & Carlson 1980) overshoots nowhere.
        """
        # Most of what reads a rig needs no curve, and scipy takes longer to load than all else.
        from scipy.interpolate import PchipInterpolator
        from scipy.optimize import isotonic_regression

        rising = isotonic_regression(self.measured).x
        return PchipInterpolator(self.levels, rising)(np.arange(LEVELS))

    @model_validator(mode="after")
    def _rising(self) -> "Channel":
        levels = sorted(self.readings)
        if len(levels) < 5 or levels[0] != 0 or levels[-1] != TOP:
            found = ", ".join(map(str, levels)) or "none"
            raise ValueError(f"readings: found levels {found}; wanted 0, 255 and three between")
        before = levels[0]
        for level in levels[1:]:
            if self.readings[level] < self.readings[before] * (1 - FALL):
                raise ValueError(
                    f"readings: level {level} has {self.readings[level]:g} cd/m², less than level "
                    f"{before} with {self.readings[before]:g} cd/m²: wanted rising luminance"
                )
            before = max(before, level, key=lambda each: self.readings[each])
        if self.readings[TOP] <= self.readings[0]:
            raise ValueError(
                f"readings: level 255 is no brighter than level 0 ({self.readings[0]:g} cd/m²)"
            )
        return self


class Verification(Strict):
    """How far luminance was off after correction, at fresh levels: % of a channel's range."""

    worst_percent: NonNegativeFloat
    rms_percent: NonNegativeFloat
    worst_at: str
    readings: Readings


class Luminance(Strict):
    """What a photometer said about a screen; all luminance in cd/m², room light included.

    ``curve`` says which curve the correction inverts: the fitted power law, or the readings
    themselves (``table``), for screens that no power law describes. ``ambient`` is the luminance
    of the screen when it is switched off. ``drift_percent`` is the change over all sweeps, at
    whose end the other values hold.
    """

    photometer: Text
    simulated: bool = False
    ambient: Candelas | None = None
    curve: Literal["fit", "table"] = "table"
    sweeps: Some = 1
    readings_in_all: Readings | None = None
    noise_percent: NonNegativeFloat | None = None
    repeat_percent: NonNegativeFloat | None = None
    drift_percent: Estimate | None = None
    additivity_percent: float | None = Field(
        None, description="White, less the sum of the three channels, in % of this sum."
    )
    misfit_percent: NonNegativeFloat | None = Field(
        None, description="Farthest a mean reading lies from the power law, in % of the range."
    )
    verification: Verification | None = None
    red: Channel
    green: Channel
    blue: Channel
    grey: Channel | None = None

    @property
    def channels(self) -> tuple[Channel, Channel, Channel]:
        """Red, green and blue."""
        return self.red, self.green, self.blue

    def curves(self) -> np.ndarray:
        """Luminance of all levels of the three channels, in cd/m²: shape (3, 256), rising."""
        return np.array([self.curve_of(channel) for channel in self.channels])

    def curve_of(self, channel: Channel) -> np.ndarray:
        """Luminance of all 256 levels of a channel (or of grey, which may lack a fit), in cd/m²."""
        if self.curve == "table" or channel.fit is None:
            return channel.interpolated()
        return channel.fit.luminance(np.arange(LEVELS))

    @property
    def limits(self) -> tuple[float, float]:
        """Luminance of black and of white in cd/m², read from grey or summed over channels."""
        if self.grey is not None:
            return self.grey.readings[0], self.grey.readings[TOP]
        black = float(np.mean([channel.readings[0] for channel in self.channels]))
        above = sum(channel.readings[TOP] - channel.readings[0] for channel in self.channels)
        return black, black + above

    @model_validator(mode="after")
    def _can_be_inverted(self) -> "Luminance":
        if self.curve == "table":
            return self
        for name in CHANNELS:
            fit = getattr(self, name).fit
            if fit is None:
                raise ValueError(f"curve fit, but {name} has no fit")
            if fit.gain.value <= 0 or fit.gamma.value <= 0:
                raise ValueError(
                    f"{name}.fit: found gain {fit.gain.value:g} and gamma {fit.gamma.value:g}, "
                    "wanted both above 0"
                )
        return self
