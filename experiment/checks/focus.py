"""Whether the session's window has the keyboard before the first page is shown."""

import sys

from experiment.checks.check import Check
from experiment.keyboard.watched import Focus
from experiment.screen.focus import focus_of
from experiment.screen.window import Window
from experiment.screen.x_server import x_display

# A window manager takes a moment to hand it over.
_FLIPS = 30


def focus_check(window: Window, focus: Focus | None = None) -> Check:
    """Whether a window has the keyboard, or gets it when it asks.

    Parameters
    ----------
    window : psychopy.visual.Window
        Is flipped while it waits.
    focus : Focus, optional
        By default the window system's.
    """
    if sys.platform == "linux" and _is_grabbed():
        found = "another program keeps all keys for itself (a locked screen, an open menu?): end it"
        return Check("focus", False, found)
    focus = focus or focus_of(window)
    # What happened to the window while it opened is of no matter.
    focus.kept()
    if focus.kept():
        return Check("focus", True, "the session's window has the keyboard")
    focus.take()
    for _ in range(_FLIPS):
        window.flip()
        if focus.kept():
            return Check("focus", True, "the session's window has the keyboard, having asked")
    found = (
        "another window has the keyboard, and does not give it to the session's window: end that "
        "program, then run the command again"
    )
    return Check("focus", False, found)


def _is_grabbed() -> bool:
    """Whether an X client has grabbed the keyboard: then nobody else can."""
    from Xlib import X

    with x_display() as display:
        root = display.screen().root
        status = root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        if status == X.GrabSuccess:
            display.ungrab_keyboard(X.CurrentTime)
            display.sync()
        return bool(status == X.AlreadyGrabbed)
