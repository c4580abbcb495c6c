"""Names of keys, as PsychoPy reports them, on any of its systems."""

import difflib
from string import ascii_lowercase, digits
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer
from pydantic_core import PydanticKnownError

# The operator's: the first asks whether to stop, the second then stops.
STOP_KEY = "escape"
CONFIRM_KEY = "return"

# psychopy.hardware.keyboard.keyNamesWin, keyNamesMac and keyNamesLinux (PsychoPy 2026.2.5).
_NAMES = """
    num_add num_decimal num_divide num_enter num_equal num_multiply num_subtract
    up down left right home end pageup pagedown insert delete backspace
    space tab return escape menu pause capslock numlock scrolllock function
    lshift rshift lctrl rctrl lalt ralt lwindows rwindows lcommand rcommand loption roption
    apostrophe backslash bracketleft bracketright comma equal grave less minus
    period pound quoteleft semicolon slash
"""
KEY_NAMES = frozenset(
    [
        *ascii_lowercase,
        *digits,
        *(f"num_{digit}" for digit in digits),
        *(f"f{number}" for number in range(1, 20)),
        *_NAMES.split(),
    ]
)
# What people call keys that PsychoPy calls otherwise.
_SYNONYMS = {
    "enter": "return",
    "esc": "escape",
    " ": "space",
    "spacebar": "space",
    ",": "comma",
    ".": "period",
    "-": "minus",
    "=": "equal",
    "/": "slash",
    ";": "semicolon",
    "'": "apostrophe",
    "`": "grave",
    "[": "bracketleft",
    "]": "bracketright",
    "<": "less",
    "\\": "backslash",
}


def _known(name: str) -> str:
    if name in KEY_NAMES:
        return name
    meant = name.lower().removeprefix("arrow_").removeprefix("arrow").removesuffix("_arrow")
    near = [_SYNONYMS[meant]] if meant in _SYNONYMS else []
    near = near or difflib.get_close_matches(meant, sorted(KEY_NAMES), n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ", as in up, space, 1, num_1, comma"
    raise ValueError(f"found {name!r}, wanted PsychoPy's name of a key{hint}")


def _names(value: object) -> object:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list | tuple) or not all(isinstance(name, str) for name in found):
        # Also of what stands in a list, for it is most likely a digit without quotes.
        raise PydanticKnownError("string_type")
    names = tuple(_known(name) for name in found)
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice or not names:
        what = f"{', '.join(twice)} twice" if twice else "an empty list"
        raise ValueError(f"found {what}, wanted PsychoPy's names of keys, each once")
    return names


Key = Annotated[str, AfterValidator(_known)]
# One or several keys with the same meaning. A single one is written down as it always was.
AnswerKeys = Annotated[
    tuple[str, ...],
    BeforeValidator(_names),
    PlainSerializer(lambda names: names[0] if len(names) == 1 else list(names)),
]
