"""The layout of an X11 server's keyboard, through libX11 (XKB), and its NumLock."""

import ctypes
import ctypes.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from experiment.keyboard.positions import SCAN_CODES, X_OFFSET

_CORE_KEYBOARD = 0x0100  # XkbUseCoreKbd
_NUM_LOCK = 0xFF7F  # XK_Num_Lock
_DEAD = {0xFE50: "`", 0xFE51: "´", 0xFE52: "^", 0xFE53: "~", 0xFE57: "¨"}
_UNICODE = 0x01000000
# XkbNumKbdGroups
_GROUPS = 4


class _State(ctypes.Structure):
    """XkbStateRec."""

    _fields_ = (
        ("group", ctypes.c_ubyte),
        ("locked_group", ctypes.c_ubyte),
        ("base_group", ctypes.c_ushort),
        ("latched_group", ctypes.c_ushort),
        ("mods", ctypes.c_ubyte),
        ("base_mods", ctypes.c_ubyte),
        ("latched_mods", ctypes.c_ubyte),
        ("locked_mods", ctypes.c_ubyte),
        ("rest", ctypes.c_ubyte * 8),
    )


def layouts() -> list[dict[str, tuple[str, str]]]:
    """What each key types without and with Shift, in all groups; empty without a server.

    Groups are the layouts that a keyboard can be switched between; the present one comes first.
    """
    with _display() as display:
        if display is None:
            return []
        present = _state(display).group
        others = [group for group in range(_GROUPS) if group != present]
        found = [_typed(display, group) for group in (present, *others)]
        # A key with fewer groups than there are has the first in all.
        whole = _typed(display, 0) | found[0]
        return [whole, *(layout for layout in found[1:] if layout)] if whole else []


def num_lock() -> bool:
    """Whether NumLock is on; False without a server."""
    with _display() as display:
        if display is None:
            return False
        mask = _library().XkbKeysymToModifiers(display, _NUM_LOCK)
        return bool(_state(display).locked_mods & mask)


def _typed(display: Any, group: int) -> dict[str, tuple[str, str]]:
    found = {}
    for name, scan_code in SCAN_CODES.items():
        code = scan_code + X_OFFSET
        both = [
            character(_library().XkbKeycodeToKeysym(display, code, group, level))
            for level in (0, 1)
        ]
        if any(both):
            found[name] = (both[0], both[1])
    return found


def character(keysym: int) -> str:
    """What a symbol of X11 types; empty where it types nothing."""
    if keysym in _DEAD:
        return _DEAD[keysym]
    if 0x20 <= keysym <= 0x7E or 0xA0 <= keysym <= 0xFF:
        return chr(keysym)
    if keysym >= _UNICODE:
        return chr(keysym - _UNICODE)
    names = _keysym_names()
    code = names.xkb_keysym_to_utf32(keysym) if names is not None else 0
    # Below are Tab, Return and their like.
    return chr(code) if code > 0x20 else ""


@cache
def _library() -> Any:
    """The functions of libX11 that are used here."""
    x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    x11.XkbGetState.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(_State)]
    x11.XkbKeycodeToKeysym.restype = ctypes.c_ulong
    x11.XkbKeycodeToKeysym.argtypes = [ctypes.c_void_p, *[ctypes.c_uint] * 3]
    x11.XkbKeysymToModifiers.restype = ctypes.c_uint
    x11.XkbKeysymToModifiers.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    return x11


@cache
def _keysym_names() -> Any:
    """Libxkbcommon, which knows older symbols (Cyrillic, Greek and others); None without it."""
    try:
        found = ctypes.CDLL(ctypes.util.find_library("xkbcommon") or "libxkbcommon.so.0")
    except OSError:
        return None
    found.xkb_keysym_to_utf32.restype = ctypes.c_uint32
    found.xkb_keysym_to_utf32.argtypes = [ctypes.c_uint32]
    return found


@contextmanager
def _display() -> Iterator[Any]:
    """A connection of its own to the server: what it knows of the keyboard is never old."""
    try:
        display = _library().XOpenDisplay(None)
    except OSError:
        display = None
    try:
        yield display
    finally:
        if display is not None:
            _library().XCloseDisplay(display)


def _state(display: Any) -> _State:
    state = _State()
    _library().XkbGetState(display, _CORE_KEYBOARD, ctypes.byref(state))
    return state
