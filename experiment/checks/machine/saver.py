"""X11's screen saver and power saving (DPMS), switched off and put back."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from conditions.errors import StudyError
from experiment.screen.x_server import Display, x_display

# A property of the root window, which lives as long as the settings do: as the X server.
_NOTE = "_SCREEN_SAVER_BEFORE_SESSION"


@dataclass(frozen=True)
class Saver:
    """Settings of the X server; ``timeout`` and ``interval`` in seconds, 0 for off."""

    timeout: int
    interval: int
    prefer_blanking: int
    allow_exposures: int
    dpms: bool


def x_awake() -> tuple[str, Callable[[], None]]:
    """Switch both off, and say what was on.

    What was before is noted at the X server until it is put back: where a session was killed in
    between, the next one finds the note and puts back what stands there.

    Returns
    -------
    str
        What was switched off; empty where nothing was on.
    callable
        Puts it back.

    Raises
    ------
    OSError
        Where the X server does not obey, or cannot be reached.
    """
    try:
        with x_display() as display:
            before = _noted(display) or _saver(display)
            _note(display, before)
            _set(display, Saver(0, before.interval, 0, before.allow_exposures, False))
            now = _saver(display)
    except StudyError as error:
        raise OSError(0, str(error)) from error
    if now.timeout or now.dpms:
        raise OSError(0, "the X server does not let its screen saver be switched off")
    words = [f"that of X11 (after {before.timeout} s)"] if before.timeout else []
    words += ["power saving of the screen (DPMS)"] if before.dpms else []
    return " and ".join(words), lambda: _put_back(before)


def _put_back(before: Saver) -> None:
    try:
        with x_display() as display:
            _set(display, before)
            display.screen().root.delete_property(display.intern_atom(_NOTE))
            display.sync()
    except StudyError:
        # The X server is gone, and its settings with it.
        return


def _saver(display: Display) -> Saver:
    x = display.get_screen_saver()
    dpms = bool(display.dpms_info().state) if _has_dpms(display) else False
    return Saver(x.timeout, x.interval, x.prefer_blanking, x.allow_exposures, dpms)


def _set(display: Display, saver: Saver) -> None:
    from Xlib import X
    from Xlib.ext import dpms

    display.set_screen_saver(
        saver.timeout, saver.interval, saver.prefer_blanking, saver.allow_exposures
    )
    if saver.timeout == 0:
        # It may be on already.
        display.force_screen_saver(X.ScreenSaverReset)
    if _has_dpms(display) and saver.dpms:
        display.dpms_enable()
    elif _has_dpms(display) and display.dpms_info().state:
        display.dpms_force_level(dpms.DPMSModeOn)
        display.dpms_disable()
    display.sync()


def _has_dpms(display: Display) -> bool:
    return bool(display.has_extension("DPMS")) and bool(display.dpms_capable().capable)


def _note(display: Display, saver: Saver) -> None:
    from Xlib import Xatom

    words = json.dumps(asdict(saver)).encode()
    root = display.screen().root
    root.change_property(display.intern_atom(_NOTE), Xatom.STRING, 8, words)


def _noted(display: Display) -> Saver | None:
    from Xlib import Xatom

    found = display.screen().root.get_full_property(display.intern_atom(_NOTE), Xatom.STRING)
    return Saver(**json.loads(bytes(found.value))) if found else None
