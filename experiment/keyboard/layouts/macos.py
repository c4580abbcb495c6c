"""The layout of a Mac's keyboard, through Carbon's text input sources. Not run on macOS so far."""

import ctypes
import ctypes.util
from functools import cache
from typing import Any

# Apple's virtual key codes of the keys that print something (HIToolbox/Events.h), by code.
_BY_CODE = (
    "a s d f h g z x c v less b q w e r y t 1 2 3 4 6 5 equal 9 7 minus 8 0 bracketright o u "
    "bracketleft i p return l j apostrophe k semicolon backslash comma slash n m period tab space "
    "grave"
)
_NO_TEXT = ("return", "tab", "space")
_SHIFT = 2  # shiftKey >> 8
_DISPLAY, _NO_DEAD_KEYS = 3, 1  # kUCKeyActionDisplay, kUCKeyTranslateNoDeadKeysMask


def layouts() -> list[dict[str, tuple[str, str]]]:
    """What each key types, in the present layout alone; see :mod:`.x11`."""
    found = typed()
    return [found] if found else []


def typed() -> dict[str, tuple[str, str]]:
    """What each key types, without and with Shift; empty where the layout has no table."""
    found = {}
    for code, name in enumerate(_BY_CODE.split()):
        if name in _NO_TEXT:
            continue
        both = [translated(code, shift) for shift in (0, _SHIFT)]
        if any(both):
            found[name] = (both[0], both[1])
    return found


def translated(code: int, modifiers: int) -> str:
    """What a virtual key code types: the one call that a test puts something else in place of."""
    carbon, layout = _layout()
    if not layout:
        return ""
    dead, length = ctypes.c_uint32(0), ctypes.c_ulong(0)
    text = (ctypes.c_uint16 * 4)()
    carbon.UCKeyTranslate(
        layout,
        ctypes.c_uint16(code),
        ctypes.c_uint16(_DISPLAY),
        ctypes.c_uint32(modifiers),
        ctypes.c_uint32(carbon.LMGetKbdType()),
        ctypes.c_uint32(_NO_DEAD_KEYS),
        ctypes.byref(dead),
        ctypes.c_ulong(len(text)),
        ctypes.byref(length),
        text,
    )
    return "".join(map(chr, text[: length.value]))[:1]


@cache
def _layout() -> tuple[Any, Any]:
    """Carbon, and the table of the present layout (None where it has none)."""
    carbon = ctypes.CDLL(ctypes.util.find_library("Carbon"))
    core = ctypes.CDLL(ctypes.util.find_library("CoreFoundation"))
    carbon.TISCopyCurrentKeyboardLayoutInputSource.restype = ctypes.c_void_p
    carbon.TISGetInputSourceProperty.restype = ctypes.c_void_p
    carbon.TISGetInputSourceProperty.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    carbon.LMGetKbdType.restype = ctypes.c_uint8
    core.CFDataGetBytePtr.restype = ctypes.c_void_p
    core.CFDataGetBytePtr.argtypes = [ctypes.c_void_p]
    source = carbon.TISCopyCurrentKeyboardLayoutInputSource()
    wanted = ctypes.c_void_p.in_dll(carbon, "kTISPropertyUnicodeKeyLayoutData")
    data = carbon.TISGetInputSourceProperty(source, wanted)
    return carbon, ctypes.c_void_p(core.CFDataGetBytePtr(data)) if data else None
