"""Options of a command line that take one of a few words."""

from enum import Enum


class Words(str, Enum):
    """Members are texts, and are written as these.

    As :class:`enum.StrEnum`, which Python 3.10 lacks; text with another type mixed in is written
    with its class's name by some releases and without by others.
    """

    __str__ = str.__str__

    def __format__(self, how: str) -> str:
        """As its text."""
        return str.__format__(self, how)
