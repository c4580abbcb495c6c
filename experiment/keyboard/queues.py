"""Psychtoolbox's queues of key events, one a keyboard: times do not depend on our polling."""

import os
import sys
from dataclasses import dataclass
from typing import Any

from conditions.errors import StudyError
from experiment.keyboard.positions import canonical

BACKEND = "ptb"
# What is said of the device where the system tells keyboards not apart.
ANY_KEYBOARD = "any keyboard"
# What asks PsychHID how many events wait, as PsychoPy asks it.
_FLUSH_TYPE = 0 if sys.platform == "win32" else 1


@dataclass(frozen=True)
class KeyEvent:
    """A key that went down or up, ``at`` seconds of Psychtoolbox's clock, on a device."""

    key: str
    down: bool
    at: float
    device: str


class Keyboards:
    """All keyboards of the computer.

    Raises
    ------
    StudyError
        Where psychtoolbox, its real time or a keyboard is missing, or the system does not let us
        listen.
    """

    def __init__(self) -> None:
        hid, self._clock = _psychtoolbox()
        require_real_time()
        indices, names, _ = hid.get_keyboard_indices()
        if not indices:
            raise StudyError("keyboard: none found; connect one")
        from psychopy.hardware.keyboard import keyNames

        self._names: dict[int, str] = {code: canonical(name) for code, name in keyNames.items()}
        self.devices = [str(name) for name in names]
        self._queues: list[tuple[str, Any]] = []
        try:
            if sys.platform == "win32":
                # Windows does not tell them apart.
                self._queues.append((ANY_KEYBOARD, hid.Keyboard()))
            else:
                self._queues += [
                    (str(name), hid.Keyboard(index))
                    for index, name in zip(indices, names, strict=True)
                ]
            for _, queue in self._queues:
                queue.queue_start()
        except Exception as error:  # PsychHID raises what its platform knows.
            hint = "; let this program monitor input: System Settings, Privacy & Security"
            where = hint if sys.platform == "darwin" else ""
            raise StudyError(f"keyboard: cannot be listened to: {error}{where}") from error

    @property
    def known(self) -> frozenset[str]:
        """Names of all keys that can be heard on this system."""
        return frozenset(self._names.values())

    @property
    def told_apart(self) -> bool:
        """Whether it is known which keyboard a press came from."""
        return sys.platform != "win32"

    def time(self) -> float:
        """Psychtoolbox's clock, in seconds."""
        return float(self._clock())

    def events(self) -> list[KeyEvent]:
        """What happened since the last call, in order."""
        found = []
        for device, queue in self._queues:
            while queue.flush(_FLUSH_TYPE):
                event, _ = queue.queue_get_event()
                key = self._name(int(event["Keycode"]))
                found.append(KeyEvent(key, bool(event["Pressed"]), float(event["Time"]), device))
        return sorted(found, key=lambda event: event.at)

    def _name(self, code: int) -> str:
        if sys.platform == "win32":
            from experiment.keyboard.layouts.windows import position_of

            return position_of(code) or self._names.get(code, "unknown")
        return self._names.get(code, "unknown")


def require_real_time() -> None:
    """Make sure that psychtoolbox may run its listening thread in real time.

    On Linux it asks for the second priority of that. Refused, the thread complains through Python
    without holding its lock, and most often the whole process crashes (psychtoolbox 3.0.22).

    Raises
    ------
    StudyError
        Where it may not.
    """
    if sys.platform != "linux":
        return
    policy, before = os.sched_getscheduler(0), os.sched_getparam(0)
    wanted = os.sched_param(os.sched_get_priority_min(os.SCHED_RR) + 1)
    try:
        os.sched_setscheduler(0, os.SCHED_RR, wanted)
    except OSError as error:
        raise StudyError(
            "keyboard: this user may not have real-time priority, without which psychtoolbox "
            "crashes: for this terminal alone, `sudo prlimit --pid $$ --rtprio=10`; for good, as "
            "administrator put the line `* - rtprio 10` into /etc/security/limits.d/99-lab.conf, "
            "then log out and in again"
        ) from error
    os.sched_setscheduler(0, policy, before)


def _psychtoolbox() -> tuple[Any, Any]:
    """Its module of input devices and its clock.

    Raises
    ------
    StudyError
        Where it is not there, or a library that it needs.
    """
    try:
        from psychtoolbox import GetSecs, hid
    except (ImportError, OSError) as error:
        raise StudyError(
            f"keyboard: psychtoolbox cannot be loaded ({error}); wanted for the times of presses: "
            "pip install psychtoolbox, and on Linux the package libportaudio2"
        ) from error
    return hid, GetSecs
