"""Keys by their place: PsychoPy's names on a US keyboard, and what systems call these places."""

# Rows of the main block by the scan code of their first key (set 1, as Windows and Linux number
# keys; an X11 server adds 8). The last key is the one beside the left Shift that US keyboards lack.
_ROWS = {
    0x02: "1 2 3 4 5 6 7 8 9 0 minus equal",
    0x10: "q w e r t y u i o p bracketleft bracketright",
    0x1E: "a s d f g h j k l semicolon apostrophe grave",
    0x2B: "backslash z x c v b n m comma period slash",
    0x56: "less",
}
X_OFFSET = 8
# Scan code by name, of the keys that print something.
SCAN_CODES = {name: first + i for first, row in _ROWS.items() for i, name in enumerate(row.split())}
NAMES_BY_SCAN_CODE = {code: name for name, code in SCAN_CODES.items()}

# What the names of keys that are no letters and digits stand for.
SYMBOLS = {
    "minus": "-",
    "equal": "=",
    "bracketleft": "[",
    "bracketright": "]",
    "semicolon": ";",
    "apostrophe": "'",
    "grave": "`",
    "backslash": "\\",
    "comma": ",",
    "period": ".",
    "slash": "/",
    "less": "<",
    "pound": "#",
}
# PsychoPy's table for Linux calls one key by another name than that for macOS.
_CANONICAL = {"quoteleft": "grave"}


def canonical(name: str) -> str:
    """One name for a key that has several."""
    return _CANONICAL.get(name, name)
