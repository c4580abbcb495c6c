"""The layout of a Windows keyboard, through user32. Not run on Windows so far.

Psychtoolbox names keys there by virtual key codes, which follow the layout: what PsychoPy calls
``q`` is the key with that cap, wherever it is. Here they are led back to the key's place.
"""

import ctypes
from functools import cache
from typing import Any

from experiment.keyboard.positions import NAMES_BY_SCAN_CODE, SCAN_CODES

_CODE_TO_SCAN_CODE, _SCAN_CODE_TO_CODE = 0, 1  # MAPVK_VK_TO_VSC, MAPVK_VSC_TO_VK
_SHIFT, _NUM_LOCK = 0x10, 0x90  # VK_SHIFT, VK_NUMLOCK
# ToUnicodeEx is not to change the state of dead keys.
_LEAVE_STATE = 4


@cache
def user32() -> Any:
    """Windows' own library; the one call that a test puts something else in place of."""
    return ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]


def position_of(code: int) -> str | None:
    """The place of the key with a virtual key code; None where it is not among those that print."""
    # Arrows and the number pad share scan codes with none of these, but their codes are fixed.
    if not (0x30 <= code <= 0x5A or code >= 0xBA):
        return None
    layout = user32().GetKeyboardLayout(0)
    scan_code = user32().MapVirtualKeyExW(code, _CODE_TO_SCAN_CODE, layout)
    return NAMES_BY_SCAN_CODE.get(scan_code)


def layouts() -> list[dict[str, tuple[str, str]]]:
    """What each key types, in the present layout alone; see :mod:`.x11`."""
    found = typed()
    return [found] if found else []


def typed() -> dict[str, tuple[str, str]]:
    """What each key types, without and with Shift."""
    layout = user32().GetKeyboardLayout(0)
    found = {}
    for name, scan_code in SCAN_CODES.items():
        code = user32().MapVirtualKeyExW(scan_code, _SCAN_CODE_TO_CODE, layout)
        if code:
            both = [_character(code, scan_code, shift, layout) for shift in (False, True)]
            found[name] = (both[0], both[1])
    return found


def num_lock() -> bool:
    """Whether NumLock is on."""
    return bool(user32().GetKeyState(_NUM_LOCK) & 1)


def _character(code: int, scan_code: int, shift: bool, layout: Any) -> str:
    state = (ctypes.c_ubyte * 256)()
    state[_SHIFT] = 0x80 if shift else 0
    typed = ctypes.create_unicode_buffer(8)
    # A negative length is that of a dead key.
    n = user32().ToUnicodeEx(code, scan_code, state, typed, len(typed), _LEAVE_STATE, layout)
    return typed.value[:1] if n else ""
