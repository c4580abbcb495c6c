"""A response box, as a rig file names it."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from conditions.rig.key_names import Key
from conditions.yaml.strict import Strict, Text

Button = Annotated[int, Field(ge=1, le=8)]


class KeyboardBox(Strict):
    """A box that the computer takes for a keyboard: MilliKey, BlackBox, Cedrus in keyboard mode.

    ``device`` is (a part of) the name under which the system knows it. ``keys`` says which key of
    a study each key of the box is, both by PsychoPy's names; without it they are what the box
    says that they are, and the box alone gives the answers of a trial. A key that the box gives
    is heard from no other keyboard, unless these count as well (``keyboard_too``).
    """

    kind: Literal["keyboard"]
    device: Text
    keys: dict[Key, Key] = Field(default_factory=dict)
    keyboard_too: bool = False


class CedrusBox(Strict):
    """A Cedrus box of the RB series or Lumina that speaks XID over a serial port.

    ``port`` is the system's name of the port, as in /dev/ttyUSB0 or COM3; without it all ports
    are asked. ``keys`` says which key of a study each button is, by its number.
    """

    kind: Literal["cedrus_xid"]
    port: Text | None = None
    keys: dict[Button, Key] = Field(min_length=1)
    keyboard_too: bool = False

    @field_validator("keys")
    @classmethod
    def _each_once(cls, keys: dict[int, str]) -> dict[int, str]:
        names = list(keys.values())
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice:
            raise ValueError(f"found {', '.join(twice)} twice, wanted another key for each button")
        return keys


ResponseBox = Annotated[KeyboardBox | CedrusBox, Field(discriminator="kind")]
