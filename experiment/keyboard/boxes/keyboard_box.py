"""A response box that the computer takes for a keyboard."""

from collections.abc import Sequence
from dataclasses import replace

from conditions.errors import StudyError
from conditions.rig.key_names import STOP_KEY
from conditions.rig.response_box import KeyboardBox
from experiment.keyboard.boxes.box import Gate
from experiment.keyboard.plugged import PlugWatch
from experiment.keyboard.positions import canonical
from experiment.keyboard.queues import ANY_KEYBOARD, Keyboards, KeyEvent


class KeyboardResponseBox:
    """Translates the keys of a box, and keeps other keyboards from answering in its place.

    Parameters
    ----------
    box : KeyboardBox
        What the rig says of it.
    keyboards : Keyboards
        Where it is looked for by its name.
    answers : sequence of str
        Keys that answer a trial: what the box gives where the rig names no keys.

    Raises
    ------
    StudyError
        Where there is no such keyboard (names those that are there), or the system does not tell
        which keyboard a key was pressed on.
    """

    def __init__(self, box: KeyboardBox, keyboards: Keyboards, answers: Sequence[str]) -> None:
        there = list(dict.fromkeys(keyboards.devices))
        found = [name for name in there if box.device.casefold() in name.casefold()]
        if not found:
            names = "; ".join(there)
            raise StudyError(
                f"response_box.device: found no {box.device!r}, wanted one of the keyboards that "
                f"are there: {names}"
            )
        if not keyboards.told_apart and not box.keyboard_too:
            raise StudyError(
                "response_box.keyboard_too: found false, wanted true: Windows does not tell which "
                "keyboard a key was pressed on"
            )
        self.name = found[0]
        self._keys = {canonical(key): name for key, name in box.keys.items()}
        self._devices = frozenset(found if keyboards.told_apart else [ANY_KEYBOARD])
        given = frozenset(box.keys.values() or answers) - {STOP_KEY}
        self._gate = Gate(given, self._devices, box.keyboard_too)
        self._plugs, self._plugged = PlugWatch(), frozenset(found)

    def joined(self, events: Sequence[KeyEvent]) -> list[KeyEvent]:
        """See :class:`experiment.keyboard.boxes.box.Box`."""
        self._plugs.require("response box", self._plugged)
        translated = [
            replace(event, key=self._keys.get(event.key, event.key))
            if event.device in self._devices
            else event
            for event in events
        ]
        return [event for event in translated if self.heard(event.key, event.device)]

    def heard(self, key: str, device: str) -> bool:
        """Whether a key counts that was pressed on a device."""
        return self._gate.heard(key, device)

    def close(self) -> None:
        """Do nothing."""
