"""Another program's window that takes the keyboard (X11)."""

from typing import Any


class Thief:
    """A small window in the corner; the process needs a DISPLAY."""

    def __init__(self) -> None:
        from Xlib import X, display

        self.display = display.Display()
        root = self.display.screen().root
        self.window = root.create_window(
            0, 0, 200, 100, 0, X.CopyFromParent, override_redirect=True
        )
        self.window.map()
        self.display.sync()

    def steal(self) -> None:
        """Take the keyboard."""
        from Xlib import X

        self.window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self.display.sync()

    def give(self, owner: Any) -> None:
        """Give the keyboard to a window, by its number."""
        from Xlib import X

        window = self.display.create_resource_object("window", owner)
        window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self.display.sync()

    def grab(self, on: bool) -> None:
        """Grab the keyboard without its focus, as a locked screen does, or let go of it."""
        from Xlib import X

        if on:
            self.window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        else:
            self.display.ungrab_keyboard(X.CurrentTime)
        self.display.sync()

    def show(self, owner: Any, on: bool) -> None:
        """Map a window, or unmap it as minimising does."""
        window = self.display.create_resource_object("window", owner)
        window.map() if on else window.unmap()
        self.display.sync()
