"""The caps of this keyboard: what each key prints, and which key prints something."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from experiment.keyboard.positions import SCAN_CODES, SYMBOLS, canonical

# What a key types, without and with Shift, by its name; "" where it types nothing.
Typed = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Caps:
    """What the keys that print something have on their caps.

    Parameters
    ----------
    typed : mapping
        What each types without and with Shift, by the name of its position.
    """

    typed: Typed

    def cap(self, position: str) -> str:
        """What a key is known by: its digit if it has one, else what it types without Shift.

        >>> Caps({"1": ("&", "1"), "q": ("a", "A")}).cap("1")
        '1'
        """
        plain, shifted = self.typed.get(position, ("", ""))
        return shifted if shifted.isdigit() and not plain.isdigit() else plain

    def position(self, name: str) -> str | None:
        """The position of the key with a cap, by PsychoPy's name of that; None if there is none.

        >>> Caps({"1": ("&", "1"), "q": ("a", "A")}).position("a")
        'q'
        """
        wanted = SYMBOLS.get(canonical(name), name)
        for position in self.typed:
            if self.cap(position) == wanted:
                return position
        return next((p for p, both in self.typed.items() if wanted in both), None)

    def labels(self) -> dict[str, str]:
        """Texts that name keys, by their keys among the texts of a language."""
        caps = {position: self.cap(position) for position in self.typed}
        return {f"key_{position}": cap for position, cap in caps.items() if cap.strip()}


def prints(name: str) -> bool:
    """Whether a key has another cap on other keyboards."""
    return canonical(name) in SCAN_CODES or name in SYMBOLS


def read_caps() -> Caps | None:
    """The caps of the system's present layout; None where it does not tell."""
    if sys.platform == "win32":
        from experiment.keyboard.layouts.windows import typed
    elif sys.platform == "darwin":
        from experiment.keyboard.layouts.macos import typed
    else:
        from experiment.keyboard.layouts.x11 import typed
    found = typed()
    return Caps(found) if found else None


def num_lock_is_on() -> bool:
    """Whether keys of the number pad are digits; always on macOS, which knows no NumLock."""
    if sys.platform == "win32":
        from experiment.keyboard.layouts.windows import num_lock

        return num_lock()
    if sys.platform == "darwin":
        return True
    from experiment.keyboard.layouts.x11 import num_lock

    return num_lock()
