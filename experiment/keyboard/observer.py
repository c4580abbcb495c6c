"""What a session tells its observer, and the observer that needs no telling: a person."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Kind = Literal[
    "page",
    "keys",
    "ready",
    "consent",
    "focus",
    "example",
    "choice",
    "confidence",
    "combined",
    "rating",
    "feedback",
]


@dataclass(frozen=True)
class Question:
    """What is asked on the screen just now.

    ``kind`` is ``page`` (a text, gone on from with the first key, or by itself without any),
    ``keys`` (each is to be pressed once, in any order, the one that goes on last),
    ``ready`` and ``consent`` (like pages, before any file is written), ``focus`` (another window
    has or had the keyboard: a click into ours is wanted), ``example`` (of the instructions: its
    first key is correct, or the lowest confidence), ``choice`` (keys: upper, lower),
    ``confidence`` (keys: low to high), ``combined`` (one key says both: upper query, low to high
    confidence, then the lower query), ``rating`` (keys: left, right, confirm) or ``feedback``,
    which is only to be looked at; ``trial`` is the row of the condition file, or
    None on a page.
    """

    kind: Kind
    keys: tuple[str, ...]
    trial: dict[str, Any] | None = None


class Observer(Protocol):
    """Someone who answers with the keyboard; who ``reads`` sees pages for their least time."""

    name: str
    reads: bool

    def asked(self, question: Question) -> None:
        """Take note of a question, right after the flip that shows it; must return at once."""

    def close(self) -> None:
        """End."""


class HumanObserver:
    """A person at the keyboard: sees the question, and needs no telling."""

    name = "human"
    reads = True

    def asked(self, question: Question) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
