"""What an outlet is to the thread that serves it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Clock = Callable[[], float]


@dataclass(frozen=True)
class Marker:
    """A code, and when what it marks happened.

    Attributes
    ----------
    code : int
        From 1 to 255.
    at : float
        By the session's clock, in seconds since its start.
    moment : float
        The same moment by the process's own clock (``time.perf_counter``).
    given : float
        When it was given to the outlets, by that clock.
    """

    code: int
    at: float
    moment: float
    given: float


class Outlet(Protocol):
    """A place that codes go to; one thread at a time calls it.

    All its methods but ``send_at_once`` may block. ``kind``, ``name`` and ``place`` are those of
    the rig file. ``pulse_s`` are the seconds after which a code is taken back, None where it is
    not. Where a method raises, the outlet is lost.
    """

    kind: str
    name: str
    place: str
    pulse_s: float | None

    def open(self) -> None:
        """Open it, also anew after it was lost."""

    def send(self, marker: Marker) -> None:
        """Send a code."""

    def send_at_once(self, marker: Marker) -> bool:
        """Send a code without waiting for anything; False where that cannot be, or not now."""

    def reset(self) -> None:
        """Take back the code that stands."""

    def is_there(self) -> None:
        """Raise an OSError where it is seen, without sending, to be gone."""

    def told(self) -> str:
        """What the operator is to know of it while it is open; mostly nothing."""

    def offset(self, clock: Clock) -> tuple[float, float] | None:
        """The outlet's own clock less another, and how far that is off at most; in seconds.

        None where it has no clock.
        """

    def close(self) -> None:
        """End; what was sent is on its way then."""
