"""Calibrations of simulated screens, without a window."""

from datetime import date
from pathlib import Path

import numpy as np
import yaml

from conditions.rig.rig import Rig
from experiment.calibration.patches import Patch, Reading, fresh_patches, sweep_patches
from experiment.calibration.photometers.simulated import SimulatedPhotometer, SimulatedScreen
from experiment.calibration.summary import summarise
from experiment.screen.correction import Correction

SIZES = {"resolution": (1920, 1080), "width_cm": 53.1, "distance_cm": 57.0}
CHANNELS = ("red", "green", "blue")


def read_all(meter: SimulatedPhotometer, patches: list[Patch]) -> list[Reading]:
    """Readings of patches that are not drawn: the levels themselves are looked at."""
    return [Reading(p, meter.reading(np.array([p.levels])), meter.seconds()) for p in patches]


def sweep(screen: SimulatedScreen, levels: int = 17, sweeps: int = 2, name: str = "lab"):
    return read_all(SimulatedPhotometer(screen), sweep_patches(levels, sweeps, name))


def verified(screen: SimulatedScreen, correction: Correction, times: int = 2) -> list[Reading]:
    return read_all(SimulatedPhotometer(screen), fresh_patches(correction, times, "lab"))


def rig_of(screen: SimulatedScreen, **changes: object) -> Rig:
    """The rig that a calibration of a simulated screen finds."""
    luminance = summarise(sweep(screen), "simulated", simulated=True, ambient=None)
    content = {"name": "lab", **SIZES, "calibrated_on": date.today(), "luminance": luminance}
    return Rig.model_validate(content | changes)


def write_rig(path: Path, rig: Rig, **luminance: object) -> Path:
    content = rig.model_dump(mode="json", exclude_none=True)
    content["luminance"] |= luminance
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path
