"""Whether a window has the keyboard: asked of the window system, whose answer is of this moment."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from experiment.keyboard.listener import Heard, KeyListener
from experiment.keyboard.watched import Focus, WatchedKeyboard
from experiment.screen.window import Window

Handle = Any  # pyglet's window, which differs between systems.


def watched(
    listener: KeyListener,
    window: Window,
    clock: Callable[[], float] = time.monotonic,
    on_change: Callable[[], None] = lambda: None,
    on_look: Callable[[Sequence[Heard], bool], None] = lambda heard, ignored: None,
) -> WatchedKeyboard:
    """A listener whose presses count only while a window has the keyboard."""
    return WatchedKeyboard(listener, focus_of(window), clock, on_change, on_look)


def focus_of(window: Window) -> Focus:
    """What watches the keyboard focus of a session's window."""
    if sys.platform == "linux":
        return X11Focus(window)
    return SystemFocus(window, {"win32": _in_front, "darwin": _is_key}[sys.platform])


class Clicks:
    """Counts clicks into a window, also one that begins and ends between two flips."""

    def __init__(self, window: Window) -> None:
        self._clicks = 0
        window.winHandle.push_handlers(on_mouse_press=self._click)

    def clicked(self) -> bool:
        """Whether the mouse was pressed in the window since this was last asked."""
        clicks, self._clicks = self._clicks, 0
        return clicks > 0

    def _click(self, *_: object) -> None:
        self._clicks += 1


class SystemFocus(Clicks):
    """The focus on Windows and macOS (not run there; tested with a stand-in for ``has_it``).

    Parameters
    ----------
    window : psychopy.visual.Window
    has_it : callable
        Asks the system whether pyglet's window has the keyboard.
    """

    def __init__(self, window: Window, has_it: Callable[[Handle], bool]) -> None:
        super().__init__(window)
        self._handle, self._has_it, self._left = window.winHandle, has_it, False
        self._handle.push_handlers(on_deactivate=self._leave)

    def kept(self, surely: bool = True) -> bool:
        """Whether the window has the keyboard now, and has had it since this was last asked."""
        left, self._left = self._left, False
        return self._has_it(self._handle) and not left

    def take(self) -> None:
        """Bring the window to the front; a minimised one stays as it is."""
        self._handle.activate()

    def _leave(self) -> None:
        self._left = True


class X11Focus(Clicks):
    """The focus under X11, through a connection of its own.

    One question and its answer (some 0.05 ms, more where the server is busy) say who has the
    keyboard now; all that happened to the window before has come when the answer comes. What has
    come by itself is read without a question: that will do for frames without a press. Where
    nobody has the keyboard, as without a window manager, the window takes it at first; later on
    keys are taken for ours then.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        from Xlib import X, display, error

        self._display = display.Display()
        handle = window.winHandle
        self._ours = {handle._window, handle._view}
        self._nobodys = {X.NONE, X.PointerRoot, self._display.screen().root.id}
        self._window = self._display.create_resource_object("window", handle._window)
        self._window.change_attributes(event_mask=X.FocusChangeMask | X.StructureNotifyMask)
        self._seen = self._window.get_attributes().map_state == X.IsViewable
        self._has_it = False
        self._grabbed, self._refused = False, error.CatchError(error.BadMatch)
        if self._owner() in self._nobodys:
            # Without a window manager keys go to whichever window the mouse is in.
            self._window.set_input_focus(X.RevertToParent, X.CurrentTime, onerror=self._refused)

    def kept(self, surely: bool = True) -> bool:
        """Whether the window has the keyboard now, and has had it since this was last asked.

        A minimised window has it not, nor has one while another program grabs the keyboard, as a
        locked screen does.
        """
        if surely or not self._has_it:
            self._has_it = self._owner() in self._ours | self._nobodys
        left = False
        while self._display.pending_events():
            left |= self._leaves(self._display.next_event())
        self._has_it &= self._seen and not self._grabbed and not left
        return self._has_it

    def take(self) -> None:
        """Ask the window manager for the keyboard, and where there is none, take it."""
        from Xlib import X
        from Xlib.protocol import event

        root, now = self._display.screen().root, X.CurrentTime
        active = self._display.intern_atom("_NET_ACTIVE_WINDOW")
        # 2: on behalf of the user, who clicked. Window managers refuse programs (1) at times.
        wish = event.ClientMessage(
            window=self._window, client_type=active, data=(32, [2, now, 0, 0, 0])
        )
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        root.send_event(wish, event_mask=mask)
        self._window.set_input_focus(X.RevertToParent, now, onerror=self._refused)
        self._display.sync()

    def _owner(self) -> int:
        focus = self._display.get_input_focus().focus
        return focus if isinstance(focus, int) else int(focus.id)

    def _leaves(self, event: Any) -> bool:
        """Take note of what happened to the window; whether it was without the keyboard then."""
        from Xlib import X

        if event.type in (X.MapNotify, X.UnmapNotify):
            self._seen = event.type == X.MapNotify
            return not self._seen
        # Within our window, or as the mouse moves while nobody has the keyboard: nothing to us.
        is_ours = event.type in (X.FocusIn, X.FocusOut)
        if not is_ours or event.detail in (X.NotifyInferior, X.NotifyPointer):
            return False
        self._grabbed = event.mode in (X.NotifyGrab, X.NotifyWhileGrabbed)
        return event.type == X.FocusOut


def _in_front(handle: Handle) -> bool:
    """Windows: whether the window is the one in the foreground, and not minimised."""
    import ctypes

    user = ctypes.windll.user32  # type: ignore[attr-defined]
    return bool(user.GetForegroundWindow() == handle._hwnd and not user.IsIconic(handle._hwnd))


def _is_key(handle: Handle) -> bool:
    """MacOS: whether the window is the key window."""
    return bool(handle._nswindow.isKeyWindow())
