"""Whether the session's window has the keyboard before the first page is shown."""

from experiment.checks.check import Check
from experiment.keyboard.watched import Focus
from experiment.screen.focus import focus_of
from experiment.screen.window import Window

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
    focus = focus or focus_of(window)
    focus.kept()
    if not focus.kept():
        focus.take()
        for _ in range(_FLIPS):
            window.flip()
            if focus.kept():
                break
        else:
            found = (
                "another window or a locked screen holds the keyboard, and does not give it to the "
                "session's window: end that program, then run the command again"
            )
            return Check("focus", False, found)
    return Check("focus", True, "the session's window has the keyboard")
