"""Checks of the window system: a Wayland session, a display far away, several X screens."""

import os

from experiment.checks.check import Check
from experiment.checks.machine.x11 import is_xwayland
from experiment.screen.x_server import Display

# What comes before the colon of a DISPLAY on this computer.
_HERE = ("", "unix")


def window_system_check(display: Display) -> Check:
    """Whether the session is one of X, where flips wait for the screen and keys are heard.

    PsychoPy's windows are X windows; in a Wayland session a guest server (XWayland) draws them,
    its compositor decides when they are seen, and keys that go elsewhere cannot be heard.
    """
    told = ["the X server is XWayland"] if is_xwayland(display) else []
    if os.environ.get("XDG_SESSION_TYPE", "").lower() == "wayland":
        told.append("XDG_SESSION_TYPE=wayland")
    if os.environ.get("WAYLAND_DISPLAY"):
        told.append(f"WAYLAND_DISPLAY={os.environ['WAYLAND_DISPLAY']}")
    if not told:
        return Check("window system", True, "X11")
    found = (
        f"a Wayland session ({', '.join(told)}): onsets and keys cannot be trusted there; log out "
        "and choose one with Xorg (X11) at the login screen (where there is none, install Xfce)"
    )
    return Check("window system", False, found)


def near_check() -> Check:
    """Whether the display is this computer's own."""
    name = os.environ.get("DISPLAY", "")
    host = name.rpartition(":")[0]
    if host in _HERE:
        return Check("display", True, f"{name}, of this computer")
    found = (
        f"DISPLAY={name} is reached over a network ({host}; as by ssh -X): pictures come late and "
        "at unknown times; sit down at the computer itself"
    )
    return Check("display", False, found)


def x_screens_check(display: Display) -> Check:
    """Whether all monitors are one X screen: keys are heard on one alone."""
    there = display.screen_count()
    if there == 1:
        return Check("X screens", True, "1")
    server = display.get_display_name().rpartition(".")[0] or display.get_display_name()
    names = ", ".join(f"{server}.{number}" for number in range(there))
    found = (
        f"the X server has {there} X screens ({names}), wanted 1: join the monitors to one "
        "desktop (in the driver's settings; no ZaphodHeads and no second Screen in xorg.conf)"
    )
    return Check("X screens", False, found)
