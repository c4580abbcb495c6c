"""What a response box is to the listener."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from experiment.keyboard.queues import KeyEvent


class Box(Protocol):
    """A response box, whose presses join those of the keyboards."""

    name: str

    def joined(self, events: Sequence[KeyEvent]) -> list[KeyEvent]:
        """Events of the keyboards as they count beside the box, and those of the box.

        Raises
        ------
        StudyError
            Where the box is gone.
        """

    def heard(self, key: str, device: str) -> bool:
        """Whether a key counts that was pressed on a device."""

    def close(self) -> None:
        """End."""


@dataclass(frozen=True)
class Gate:
    """Which presses count beside a box: what it gives itself, keyboards give only if they may.

    ``given`` are the keys of a study that the box has, ``devices`` the names of the box. Escape
    is never among them, for the operator has no box.
    """

    given: frozenset[str]
    devices: frozenset[str]
    keyboard_too: bool

    def heard(self, key: str, device: str) -> bool:
        """Whether a key counts that was pressed on a device."""
        return self.keyboard_too or device in self.devices or key not in self.given
