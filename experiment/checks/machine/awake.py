"""Keeps the screen on for a session: screen savers and power saving wait until it has ended."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from experiment.checks.check import Check
from experiment.checks.machine.desktop import desktop_awake
from experiment.checks.machine.saver import x_awake

Undo = Callable[[], None]
# Says what it switched off (nothing where there is nothing), and how to put it back.
Switch = Callable[[], tuple[str, Undo]]

_NAME = "screen saver"
# winbase.h and winuser.h.
_CONTINUOUS, _SYSTEM_REQUIRED, _DISPLAY_REQUIRED = 0x80000000, 0x1, 0x2
_GET_SAVER_ACTIVE, _SET_SAVER_ACTIVE = 0x10, 0x11


@contextmanager
def kept_awake(switches: tuple[Switch, ...] | None = None) -> Iterator[Check]:
    """Switch off what would darken the screen, for as long as the context lasts.

    What was switched off is put back however the context ends. A process that is killed puts
    nothing back; X11's settings are noted at the X server then, and the next session does. All
    else ends with the process.

    Parameters
    ----------
    switches : tuple of callable, optional
        By default those of the system. One that fails raises ``OSError``.

    Yields
    ------
    Check
        What was switched off, or what could not be.
    """
    of_system = {"linux": (x_awake, desktop_awake), "win32": (windows_awake,)}
    of_system["darwin"] = (mac_awake,)
    done, trouble = [], []
    with ExitStack() as stack:
        for switch in of_system.get(sys.platform, ()) if switches is None else switches:
            try:
                words, undo = switch()
            except OSError as error:
                trouble.append(error.strerror or str(error))
            else:
                stack.callback(undo)
                done += [words] if words else []
        if trouble:
            found = f"{'; '.join(trouble)}: switch off what darkens the screen in the settings"
            yield Check(_NAME, False, found)
        else:
            off = f"off until the session ends: {', '.join(done)}" if done else "there is none"
            yield Check(_NAME, True, off)


def windows_awake() -> tuple[str, Undo]:
    """Windows: no sleep and no dark screen while the thread lives; the screen saver apart.

    Not run on Windows. ``SetThreadExecutionState`` does not stop a screen saver, says its
    reference; that is a setting of the logged-in user, changed here without being stored.
    """
    windll: Any = ctypes.windll  # type: ignore[attr-defined]
    wanted = _CONTINUOUS | _SYSTEM_REQUIRED | _DISPLAY_REQUIRED
    if not windll.kernel32.SetThreadExecutionState(ctypes.c_uint(wanted)):
        raise OSError(0, "Windows does not let power saving be switched off")
    active = ctypes.c_int()
    windll.user32.SystemParametersInfoW(_GET_SAVER_ACTIVE, 0, ctypes.byref(active), 0)
    if active.value:
        windll.user32.SystemParametersInfoW(_SET_SAVER_ACTIVE, 0, None, 0)

    def undo() -> None:
        windll.kernel32.SetThreadExecutionState(ctypes.c_uint(_CONTINUOUS))
        if active.value:
            windll.user32.SystemParametersInfoW(_SET_SAVER_ACTIVE, 1, None, 0)

    return ("screen saver and " if active.value else "") + "power saving of Windows", undo


def mac_awake() -> tuple[str, Undo]:
    """macOS: no dark screen and no sleep; ``caffeinate`` ends with this process by itself.

    Not run on macOS.
    """
    try:
        process = subprocess.Popen(["caffeinate", "-d", "-i", "-w", str(os.getpid())])
    except OSError as error:
        raise OSError(0, f"caffeinate cannot be run ({error.strerror})") from error

    def undo() -> None:
        process.terminate()
        process.wait()

    return "screen saver and sleep (caffeinate)", undo
