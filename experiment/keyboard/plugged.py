"""Whether keyboards are still plugged in, as Linux tells it."""

import time
from collections.abc import Iterable
from pathlib import Path

from conditions.errors import StudyError

# Linux' list of what is plugged in; elsewhere nobody is asked.
PLUGGED_IN = Path("/proc/bus/input/devices")
ASK_AFTER_S = 1.0


class PlugWatch:
    """Looks once a second whether devices are where they were at first.

    Psychtoolbox looks for keyboards once, when it is loaded: one that is plugged in again is a
    new one, of which no key is heard, Escape included. It has its old name, but another number.
    """

    def __init__(self) -> None:
        self._first, self._asked_at = _places(), time.monotonic()

    def require(self, what: str, names: Iterable[str]) -> None:
        """Stop where one of some devices is gone, or has been gone meanwhile.

        Raises
        ------
        StudyError
            Names it as ``what`` it is.
        """
        now = time.monotonic()
        if not self._first or now - self._asked_at < ASK_AFTER_S:
            return
        self._asked_at = now
        present = _places()
        for name in sorted(names):
            if not self._first.get(name, set()) <= present.get(name, set()):
                raise StudyError(
                    f"{what} {name}: was unplugged, and is not heard any more; plug it in and go "
                    "on with --resume"
                )


def _places() -> dict[str, set[str]]:
    """Where the system has devices, by their names; empty where it does not tell."""
    try:
        listed = PLUGGED_IN.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    found: dict[str, set[str]] = {}
    for device in listed.split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in device.splitlines())
        name = fields.get("N", "").removeprefix("Name=").strip('"')
        found.setdefault(name, set()).add(fields.get("S", ""))
    return found
