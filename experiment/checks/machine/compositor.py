"""Whether another program comes between a flip and the screen."""

import sys

from conditions.rig.rig import Rig
from experiment.checks.check import Check
from experiment.checks.machine.x11 import Compositor

_NAME = "compositor"
_SYSTEMS = {"win32": "Windows (DWM)", "darwin": "macOS"}


def compositor_check(rig: Rig, compositor: Compositor | None) -> Check:
    """Whether the window goes to the screen without a compositor.

    A compositor draws the desktop out of all windows, one frame later or more. Full-screen windows
    can go by it: on X11 ours asks for that (``_NET_WM_BYPASS_COMPOSITOR``; pyglet sets it for
    every full-screen window), and a window manager says whether it grants it; Windows and macOS,
    whose compositors are always on, grant it to full-screen windows.

    Parameters
    ----------
    rig : Rig
        Says whether the window fills the screen.
    compositor : Compositor or None
        X11's; None where there is none, and on other systems.
    """
    system = _SYSTEMS.get(sys.platform)
    name = system or (compositor.name if compositor else None)
    if name is None:
        return Check(_NAME, True, "none")
    if not rig.full_screen:
        found = f"{name} draws the desktop; full_screen: false keeps the window behind it: set true"
        return Check(_NAME, False, found)
    if system:
        return Check(_NAME, True, f"{name}, which lets windows by that fill the screen")
    if compositor and compositor.bypassed:
        asked = "which promises to let our window by (_NET_WM_BYPASS_COMPOSITOR)"
        return Check(_NAME, True, f"{name}, {asked}")
    found = (
        f"{name} draws the desktop, and no window manager promises to let our window by: switch "
        "it off (in the desktop's settings of window effects), or end the program"
    )
    return Check(_NAME, False, found)
