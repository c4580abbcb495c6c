"""Whether the desktop is enlarged: then pixels of images are not pixels of the screen."""

import ctypes
import os
import sys
from typing import Any

from experiment.checks.check import Check
from experiment.checks.machine.x11 import scaled_to, text_dpi
from experiment.screen.x_server import Display

_NAME = "desktop scaling"
# What toolkits of Linux enlarge their own windows by; ours is none of theirs.
_HINTS = ("GDK_SCALE", "GDK_DPI_SCALE", "QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS")
_USUAL_DPI = 96
_PER_MONITOR_AWARE, _EFFECTIVE_DPI = -3, 0


def scaling_check(screen: int, display: Display | None = None) -> Check:
    """Whether the screen is at 100 %.

    Parameters
    ----------
    screen : int
        Which one, counted from 0.
    display : Xlib.display.Display, optional
        On Linux: the X server. There a scaled mode (xrandr's ``--scale``, fractional scaling) is
        what spoils images. What enlarges texts and dialogs alone is named, and nothing else.
    """
    if display is not None:
        return _of_x(display, screen)
    asked = {"win32": windows_scaling, "darwin": mac_scaling}.get(sys.platform)
    percent = asked(screen) if asked else None
    if percent is None:
        return Check(_NAME, True, "not told by the system")
    if percent == 100:
        return Check(_NAME, True, "100 %")
    found = f"screen {screen} is at {percent:g} %, wanted 100 %: set it in the system's settings"
    return Check(_NAME, False, f"{found} of the display, then log out and in again")


def _of_x(display: Display, screen: int) -> Check:
    scaled = scaled_to(display, screen)
    if scaled:
        (width, height), (shown_width, shown_height) = scaled
        found = (
            f"{width} × {height} px of the desktop are scaled to the {shown_width} × "
            f"{shown_height} px of screen {screen}, wanted 100 %: switch fractional scaling off "
            "in the settings of the display (or xrandr --scale 1x1)"
        )
        return Check(_NAME, False, found)
    dpi = text_dpi(display)
    hints = [] if dpi in (None, _USUAL_DPI) else [f"Xft.dpi: {dpi:g}"]
    hints += [f"{name}={os.environ[name]}" for name in _HINTS if os.environ.get(name, "1") != "1"]
    more = f"; dialogs alone are enlarged ({', '.join(hints)})" if hints else ""
    return Check(_NAME, True, f"100 %{more}")


def windows_scaling(screen: int) -> float | None:
    """Scaling of a screen of Windows in percent; None where it cannot be told (Windows 8.1 can).

    Not run on Windows. A process that knows nothing of scaling is told 100 % whatever it is, so
    this thread claims to know for as long as it asks. Screens are counted as pyglet counts them.
    """
    windll: Any = ctypes.windll  # type: ignore[attr-defined]
    try:
        claim = windll.user32.SetThreadDpiAwarenessContext
        dpi_of = windll.shcore.GetDpiForMonitor
    except (AttributeError, OSError):
        return None
    claim.restype, claim.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    before = claim(_PER_MONITOR_AWARE)
    try:
        monitors = _windows_monitors(windll.user32)
        if screen >= len(monitors):
            return None
        x, y = ctypes.c_uint(), ctypes.c_uint()
        handle = ctypes.c_void_p(monitors[screen])
        failed = dpi_of(handle, _EFFECTIVE_DPI, ctypes.byref(x), ctypes.byref(y))
        return None if failed else 100 * x.value / _USUAL_DPI
    finally:
        claim(before)


def _windows_monitors(user32: Any) -> list[int]:
    found: list[int] = []
    kind = ctypes.WINFUNCTYPE(  # type: ignore[attr-defined]
        ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p
    )

    def take(monitor: int, *_: object) -> int:
        found.append(monitor)
        return 1

    user32.EnumDisplayMonitors(None, None, kind(take), 0)
    return found


def mac_scaling(screen: int) -> float | None:
    """Scaling of a screen of macOS in percent: pixels a point; None where it cannot be told.

    Not run on macOS; AppKit comes with PsychoPy there.
    """
    try:
        from AppKit import NSScreen
    except ImportError:
        return None
    screens = NSScreen.screens()
    return 100 * float(screens[screen].backingScaleFactor()) if screen < len(screens) else None
