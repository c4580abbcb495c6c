"""What events are told to beside the file: outlets for markers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Note:
    """What befell an outlet: when (seconds since the session's start), and in a few words."""

    at: float
    words: str


class Outlets(Protocol):
    """Where markers go; none of it waits, and none of it raises."""

    def send(self, code: int, at: float | None) -> None:
        """Send a code for what happened at a time, in seconds since the session's start."""

    def happened(self) -> Sequence[Note]:
        """What befell the outlets since this was last asked."""


class NoOutlets:
    """A rig without outlets."""

    def send(self, code: int, at: float | None) -> None:
        """Do nothing."""

    def happened(self) -> Sequence[Note]:
        """Nothing."""
        return ()


@dataclass(frozen=True)
class Markers:
    """Outlets, and the codes that are sent to them by the word of the event.

    Without outlets no code is sent, and none stands in the file.
    """

    outlets: Outlets = field(default_factory=NoOutlets)
    codes: Mapping[str, int] = field(default_factory=dict)

    def send(self, word: str, at: float) -> int | None:
        """Send the code of an event; None where it has none."""
        code = self.codes.get(word)
        if code is not None:
            self.outlets.send(code, at)
        return code
