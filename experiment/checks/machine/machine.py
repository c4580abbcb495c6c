"""All checks of the computer that need no window of ours."""

import importlib
import sys
from collections.abc import Iterator

import psutil

from conditions.errors import StudyError
from conditions.rig.rig import Rig
from experiment.checks.check import Check, excuse
from experiment.checks.machine.compositor import compositor_check
from experiment.checks.machine.display import near_check, window_system_check, x_screens_check
from experiment.checks.machine.scaling import scaling_check
from experiment.checks.machine.x11 import compositor_of
from experiment.keyboard.queues import require_real_time
from experiment.records.home import settle_home
from experiment.records.store import rescue_places
from experiment.screen.window import require_display
from experiment.screen.x_server import x_display


def machine_checks(rig: Rig, excused: str) -> list[Check]:
    """Checks of the computer, before PsychoPy is loaded and a window is opened.

    Parameters
    ----------
    rig : Rig
        The screen of the session.
    excused : str
        Why what spoils a person's data alone need not stop it
        (:func:`experiment.checks.rehearsals.excuse_for`); empty where it must.

    Raises
    ------
    StudyError
        Where there is no display, or neither the home folder nor a temporary one can be written.
    """
    require_display()
    checks = [home_check(), psychtoolbox_check(), excuse(power_check(), excused)]
    of_display = _on_x(rig, excused) if sys.platform == "linux" else _elsewhere(rig, excused)
    return [*checks, *of_display]


def home_check() -> Check:
    """Where PsychoPy's settings are, and where answers are rescued; settles both."""
    home = settle_home()
    if not home.trouble:
        return Check("home folder", True, f"{home.settings} can be written")
    places = ", or else to ".join(str(place) for place in rescue_places())
    found = f"{home.trouble}; answers that the study's disk refuses go to {places}"
    return Check("home folder", True, found)


def power_check() -> Check:
    """Whether the computer runs on the mains: on battery it saves power, and ends."""
    # Some systems have no way to ask, and some batteries an answer that cannot be read.
    ask = getattr(psutil, "sensors_battery", None)
    try:
        battery = ask() if ask else None
    except (OSError, ValueError, RuntimeError) as error:
        return Check("power", True, f"not told by the system ({error})")
    if battery is None:
        return Check("power", True, "no battery")
    percent = f"battery at {battery.percent:.0f} %"
    if battery.power_plugged is False:
        found = f"the computer runs on its {percent}, and may save power: plug it in"
        return Check("power", False, found)
    plugged = "plugged in" if battery.power_plugged else "whether it is plugged in is not told"
    return Check("power", True, f"{plugged}, {percent}")


def psychtoolbox_check() -> Check:
    """Whether what hears keys is there and can be loaded."""
    try:
        importlib.import_module("psychtoolbox")
    except ImportError as error:
        lacks = "Install what requirements-lab.txt lists"
        lacks += ", and on Linux libportaudio2" if sys.platform == "linux" else ""
        found = f"psychtoolbox, which hears the keys, cannot be loaded ({error}). {lacks}."
        return Check("psychtoolbox", False, found, vital=True)
    try:
        require_real_time()
    except StudyError as error:
        return Check("psychtoolbox", False, str(error), vital=True)
    return Check("psychtoolbox", True, "can be loaded")


def _on_x(rig: Rig, excused: str) -> Iterator[Check]:
    with x_display() as display:
        yield window_system_check(display)
        yield excuse(near_check(), excused)
        yield x_screens_check(display)
        yield excuse(compositor_check(rig, compositor_of(display)), excused)
        yield excuse(scaling_check(rig.screen, display), excused)


def _elsewhere(rig: Rig, excused: str) -> Iterator[Check]:
    yield excuse(compositor_check(rig, None), excused)
    yield excuse(scaling_check(rig.screen), excused)
