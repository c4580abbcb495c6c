"""Who reads luminance: an instrument that PsychoPy has a driver for, or the operator."""

import importlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from conditions.errors import StudyError
from experiment.calibration.patches import Patch
from experiment.calibration.screen import PatchScreen

# A screen needs some refreshes until its new luminance is there, an instrument to range.
SETTLE_SECONDS = 0.5
ATTEMPTS = 3


class Photometer(Protocol):
    """Whatever says how bright a patch is."""

    name: str
    simulated: bool

    def seconds(self) -> float:
        """Seconds by the clock of the readings."""

    def read(self, screen: PatchScreen, patch: Patch) -> float:
        """Luminance in cd/m² of the patch that is shown.

        Raises
        ------
        StudyError
            Where the instrument does not answer.
        StoppedError
            Where the operator stops.
        """


@dataclass(frozen=True)
class Driver:
    """Where PsychoPy's driver of an instrument is: a plug-in package, module, class."""

    package: str
    module: str
    instrument: str


# PsychoPy's own look-up by name (getPhotometerByName) finds nothing in release 2026.2, and only
# one of these packages registers itself as a plug-in; their classes are the same to use. Left out
# are PR-650 and OptiCAL, whose drivers call what Python 3 no longer has.
DRIVERS = {
    "LS100": Driver("psychopy-minolta", "psychopy_minolta.minolta", "Minolta LS-100, LS-110"),
    "CS100A": Driver("psychopy-minolta", "psychopy_minolta.minolta", "Minolta CS-100A"),
    "PR655": Driver(
        "psychopy-photoresearch", "psychopy_photoresearch.pr", "Photo Research PR-655, PR-670"
    ),
    "ColorCAL": Driver("psychopy-crs", "psychopy_crs.colorcal", "CRS ColorCAL, ColorCAL MKII"),
    "S470": Driver("psychopy-gammasci", "psychopy_gammasci.gammasci", "Gamma Scientific S470"),
}


class Instrument:
    """A photometer on a serial port, through its PsychoPy driver.

    Parameters
    ----------
    name : str
        One of :data:`DRIVERS`, in any case.
    port : str
        Serial port: ``/dev/ttyUSB0``, ``COM3``.

    Raises
    ------
    StudyError
        Where there is no such driver, its package is missing, or nothing answers at the port.
    """

    simulated = False

    def __init__(self, name: str, port: str) -> None:
        known = {driver.lower(): driver for driver in DRIVERS}
        if name.lower() not in known:
            raise StudyError(f"--photometer: found {name!r}, wanted one of {', '.join(DRIVERS)}")
        driver = DRIVERS[known[name.lower()]]
        try:
            kind = getattr(importlib.import_module(driver.module), known[name.lower()])
        except ImportError as error:
            raise StudyError(
                f"--photometer {name}: its driver is missing; `pip install {driver.package}`"
            ) from error
        self.name, self._port = driver.instrument, port
        self._check_port()
        self._device = self._call(lambda: kind(port))
        if not getattr(self._device, "OK", True):
            raise self._trouble("it does not answer; is it switched on, and in its remote mode?")
        self._prepare()

    def seconds(self) -> float:
        """Seconds of this computer's clock."""
        return time.monotonic()

    def read(self, screen: PatchScreen, patch: Patch) -> float:
        """A reading in cd/m², after the screen has settled."""
        screen.wait(SETTLE_SECONDS)
        for _ in range(ATTEMPTS):
            luminance = self._call(self._device.getLum)
            # Drivers answer a failed reading with None or −1.
            if luminance is not None and math.isfinite(luminance) and luminance >= 0:
                return float(luminance)
        raise self._trouble(f"found {luminance!r} cd/m² {ATTEMPTS} times, wanted 0 or more")

    def _check_port(self) -> None:
        """Drivers fail each in its own way where there is no such port."""
        import serial

        try:
            serial.Serial(self._port).close()
        except (serial.SerialException, ValueError) as error:
            raise self._trouble(f"the port cannot be opened: {error}") from error

    def _prepare(self) -> None:
        """Let an early ColorCAL take its zero; the operator has covered it."""
        needs = getattr(self._device, "getNeedsCalibrateZero", None)
        if needs is None or not self._call(needs):
            return
        if not self._call(self._device.calibrateZero):
            raise self._trouble("its zero was not taken: cover its window and begin anew")

    def _call(self, ask: Callable[[], Any]) -> Any:
        # Drivers raise whatever their serial port or their parsing does.
        try:
            return ask()
        except Exception as error:
            raise self._trouble(f"{type(error).__name__}: {error}") from error

    def _trouble(self, what: str) -> StudyError:
        return StudyError(f"photometer {self.name} at {self._port}: {what}")
