"""Key events that the window system takes for a keyboard's (X11's XTEST extension)."""

import os
import time

from PIL import Image

from conditions.errors import StudyError
from experiment.keyboard.positions import SCAN_CODES, X_OFFSET, canonical

# Names that differ between PsychoPy and X11; others are the same.
_X_NAMES = {"up": "Up", "down": "Down", "left": "Left", "right": "Right", "return": "Return"}
_X_NAMES |= {"escape": "Escape", "space": "space", "num_enter": "KP_Enter", "numlock": "Num_Lock"}
_X_NAMES |= {"backspace": "BackSpace", "tab": "Tab", "pageup": "Prior", "pagedown": "Next"}
_X_NAMES |= {name: name.capitalize() for name in ("home", "end", "insert", "delete", "menu")}
_X_NAMES |= {
    f"{side}{key}": f"{symbol}_{side.upper()}"
    for side in "lr"
    for key, symbol in (("shift", "Shift"), ("ctrl", "Control"), ("alt", "Alt"))
}
_X_NAMES |= {
    f"num_{name}": f"KP_{name.capitalize()}" for name in ("add", "subtract", "multiply", "divide")
}
_X_NAMES |= {f"f{number}": f"F{number}" for number in range(1, 13)}
_X_NAMES |= {f"num_{digit}": f"KP_{digit}" for digit in range(10)}


class FakeKeyboard:
    """A keyboard played by a program.

    Raises
    ------
    StudyError
        Where there is no X11 display, or it lacks the XTEST extension.
    """

    def __init__(self) -> None:
        from Xlib import display, error

        try:
            self._display = display.Display()
        except (error.DisplayError, OSError) as problem:
            raise StudyError(
                "the scripted observer needs an X11 display (a Linux desktop or xvfb-run); "
                f"DISPLAY is {os.environ.get('DISPLAY')!r}"
            ) from problem
        if not self._display.has_extension("XTEST"):
            raise StudyError("the scripted observer needs the XTEST extension of the X11 server")

        self._release_all()

    def press(self, key: str, seconds: float) -> None:
        """Press a key by PsychoPy's name, and release it after some seconds."""
        self.down(key)
        time.sleep(seconds)
        self.up(key)

    def down(self, key: str) -> None:
        """Press a key and keep it down."""
        from Xlib import X

        self._send(X.KeyPress, key)

    def up(self, key: str) -> None:
        """Release a key."""
        from Xlib import X

        self._send(X.KeyRelease, key)

    def click(self) -> None:
        """Click with the mouse in the middle of the screen."""
        from Xlib import X
        from Xlib.ext import xtest

        screen = self._display.screen()
        middle = screen.width_in_pixels // 2, screen.height_in_pixels // 2
        xtest.fake_input(self._display, X.MotionNotify, x=middle[0], y=middle[1])
        for event in (X.ButtonPress, X.ButtonRelease):
            xtest.fake_input(self._display, event, 1)
        self._display.sync()

    def picture(self) -> Image.Image:
        """What the whole screen shows."""
        from Xlib import X

        root = self._display.screen().root
        size = root.get_geometry()
        raw = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
        return Image.frombytes("RGB", (size.width, size.height), raw.data, "raw", "BGRX")

    def _release_all(self) -> None:
        """Let go of keys that a program left down when it was killed: they could not go down."""
        from Xlib import X
        from Xlib.ext import xtest

        keymap = self._display.query_keymap()
        for code in range(8 * len(keymap)):
            if keymap[code // 8] >> code % 8 & 1:
                xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()

    def _send(self, event: int, key: str) -> None:
        from Xlib import XK
        from Xlib.ext import xtest

        # What has another cap on other keyboards is known by its place, as PsychoPy knows it.
        if canonical(key) in SCAN_CODES:
            code = SCAN_CODES[canonical(key)] + X_OFFSET
        else:
            symbol = XK.string_to_keysym(_X_NAMES.get(key, key))
            code = self._display.keysym_to_keycode(symbol)
        if not code:
            raise StudyError(f"key {key!r}: the X11 server's keyboard has no such key")
        xtest.fake_input(self._display, event, code)
        self._display.sync()
