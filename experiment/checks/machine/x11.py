"""What an X server says of itself; asked for on Linux alone."""

from dataclasses import dataclass
from typing import Any

from experiment.screen.x_server import Display

Properties = Any  # An Xlib window.


@dataclass(frozen=True)
class Compositor:
    """A program that draws the desktop out of all windows.

    ``bypassed``: whether the window manager promises to let full-screen windows by that ask for it.
    """

    name: str
    bypassed: bool


def compositor_of(display: Display) -> Compositor | None:
    """The compositor of an X screen, None where there is none.

    It owns a selection, as the window manager's specification (EWMH 1.5, _NET_WM_CM_Sn) says.
    """
    number = display.get_default_screen()
    owner = display.get_selection_owner(display.intern_atom(f"_NET_WM_CM_S{number}"))
    if not owner:
        return None
    root = display.screen().root
    supported = _values(display, root, "_NET_SUPPORTED")
    manager = _values(display, root, "_NET_SUPPORTING_WM_CHECK")
    windows = [owner, *(display.create_resource_object("window", each) for each in manager[:1])]
    names = (name for each in windows if (name := _name(display, each)))
    bypass = display.intern_atom("_NET_WM_BYPASS_COMPOSITOR")
    return Compositor(next(names, "a program without a name"), bypass in supported)


def is_xwayland(display: Display) -> bool:
    """Whether the X server is a guest of a Wayland session."""
    if display.has_extension("XWAYLAND"):
        return True
    # Before version 23.1 only its outputs tell.
    return any(name.startswith("XWAYLAND") for name in _outputs(display))


def scaled_to(display: Display, screen: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Width and height in pixels of what is drawn and of what a screen shows, where they differ.

    Parameters
    ----------
    screen : int
        Which one, counted from 0 as Xinerama does (and PsychoPy).
    """
    from Xlib.ext import randr

    resources = _resources(display)
    if resources is None:
        return None
    shown = {mode.id: (mode.width, mode.height) for mode in resources.modes}
    place = _place(display, screen)
    for number in resources.crtcs:
        crtc = display.xrandr_get_crtc_info(number, resources.config_timestamp)
        if crtc.mode not in shown or place not in (None, (crtc.x, crtc.y)):
            continue
        width, height = shown[crtc.mode]
        turned = crtc.rotation & (randr.Rotate_90 | randr.Rotate_270)
        pixels = (height, width) if turned else (width, height)
        if (crtc.width, crtc.height) != pixels:
            return (crtc.width, crtc.height), pixels
    return None


def text_dpi(display: Display) -> float | None:
    """Dots per inch that the desktop asks programs to draw their texts for; 96 is 100 %."""
    from Xlib import Xatom

    found = display.screen().root.get_full_property(Xatom.RESOURCE_MANAGER, Xatom.STRING)
    lines = bytes(found.value).decode("latin-1").splitlines() if found else []
    values = [line.partition(":")[2] for line in lines if line.startswith("Xft.dpi:")]
    try:
        return float(values[-1]) if values else None
    except ValueError:
        return None


def _place(display: Display, screen: int) -> tuple[int, int] | None:
    if not display.has_extension("XINERAMA"):
        return None
    there = display.xinerama_query_screens().screens
    return (there[screen].x, there[screen].y) if screen < len(there) else None


def _resources(display: Display) -> Any | None:
    """What RANDR says of modes and outputs; None where the server has none of it, or an old one."""
    from Xlib import error

    if not display.has_extension("RANDR"):
        return None
    try:
        return display.screen().root.xrandr_get_screen_resources()
    except error.XError:
        return None


def _outputs(display: Display) -> list[str]:
    resources = _resources(display)
    if resources is None:
        return []
    return [
        display.xrandr_get_output_info(each, resources.config_timestamp).name
        for each in resources.outputs
    ]


def _values(display: Display, window: Properties, name: str) -> list[int]:
    found = _property(display, window, name)
    return [] if found is None else list(found)


def _name(display: Display, window: Properties) -> str:
    for name in ("_NET_WM_NAME", "WM_NAME"):
        found = _property(display, window, name)
        if found is not None and len(found):
            words = found if isinstance(found, str) else bytes(found).decode(errors="replace")
            return words.strip()
    return ""


def _property(display: Display, window: Properties, name: str) -> Any:
    from Xlib import X, error

    try:
        found = window.get_full_property(display.intern_atom(name), X.AnyPropertyType)
    except error.XError:
        # The window has gone meanwhile.
        return None
    return None if found is None else found.value
