"""The caps of this keyboard: what each key prints, and which key prints something."""

import sys
from collections.abc import Mapping, Sequence
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
    others : sequence of mapping
        The same in further layouts that this keyboard can be switched to: their letters are
        printed beside, as Latin ones are where the present layout is Russian.
    """

    typed: Typed
    others: Sequence[Typed] = ()

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
        for typed in (self.typed, *self.others):
            layout = Caps(typed)
            places = [p for p in typed if layout.cap(p) == wanted]
            places += [p for p, both in typed.items() if wanted in both]
            if places:
                return places[0]
        return None

    def labels(self) -> dict[str, str]:
        """Texts that name keys, by their keys among the texts of a language."""
        caps = {position: self.cap(position) for position in self.typed}
        return {f"key_{position}": cap for position, cap in caps.items() if cap.strip()}


def prints(name: str) -> bool:
    """Whether a key has another cap on other keyboards."""
    return canonical(name) in SCAN_CODES or name in SYMBOLS


def read_caps() -> Caps | None:
    """The caps of this keyboard by the system's layouts; None where it does not tell.

    Windows and macOS are asked for the present one alone.
    """
    if sys.platform == "win32":
        from experiment.keyboard.layouts.windows import layouts
    elif sys.platform == "darwin":
        from experiment.keyboard.layouts.macos import layouts
    else:
        from experiment.keyboard.layouts.x11 import layouts
    found = layouts()
    return Caps(found[0], found[1:]) if found else None


def num_lock_is_on() -> bool:
    """Whether keys of the number pad are digits; always on macOS, which knows no NumLock."""
    if sys.platform == "win32":
        from experiment.keyboard.layouts.windows import num_lock

        return num_lock()
    if sys.platform == "darwin":
        return True
    from experiment.keyboard.layouts.x11 import num_lock

    return num_lock()
