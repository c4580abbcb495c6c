"""Outlets for markers, as a rig file lists them: what goes beside a session, and how it is told."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from conditions.yaml.strict import Strict, Text

# A line, for it stands in the data's table of events.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=40)]
# Longer than a sample of any amplifier. A code waits for the pulse of the one before.
PulseMs = Annotated[float, Field(ge=1, le=100)]
# I/O addresses of PC ports; below them are those of the board itself.
Address = Annotated[int, Field(ge=0x100, le=0xFFFF)]


def _number(value: object) -> object:
    # In quotes, as rig files want numbers that are not decimal.
    if isinstance(value, str) and value.lower().startswith("0x"):
        try:
            return int(value, 16)
        except ValueError as error:
            raise ValueError(f"found {value!r}, wanted an address, as in '0x378'") from error
    return value


class LslOutlet(Strict):
    """A stream of the lab streaming layer, of type Markers, with the codes as text.

    Each marker has the time of the flip (or of the key) by the stream's own clock. ``stream`` is
    the name of the stream, ``source_id`` what a recorder finds it by again after an interruption;
    by default the computer's name is in it.
    """

    kind: Literal["lsl"]
    name: Name = "lsl"
    stream: Text = "reference_images"
    source_id: Text | None = None

    @property
    def place(self) -> str:
        """What no two outlets may have in common."""
        return f"the stream {self.stream}"


class SerialOutlet(Strict):
    """A box at a serial port that takes a code as one byte.

    ``port`` is the system's name of the port, as in /dev/ttyUSB0 or COM3. After
    ``reset_after_ms`` a 0 is sent, for boxes that hold their lines until the next byte; never for
    those that make pulses themselves.
    """

    kind: Literal["serial"]
    name: Name = "serial"
    port: Text
    baud: Annotated[int, Field(ge=300, le=4_000_000)] = 115_200
    reset_after_ms: PulseMs | Literal["never"] = 5.0

    @property
    def place(self) -> str:
        """What no two outlets may have in common."""
        return f"the port {self.port}"


class ParallelOutlet(Strict):
    """A parallel port, whose eight data lines show a code until the reset.

    ``address`` is the port's device (Linux: /dev/parport0) or its I/O address (Windows: "0x378").
    """

    kind: Literal["parallel"]
    name: Name = "parallel"
    address: Annotated[Address | Text, BeforeValidator(_number)]
    reset_after_ms: PulseMs = 5.0

    @property
    def place(self) -> str:
        """What no two outlets may have in common."""
        where = f"{self.address:#x}" if isinstance(self.address, int) else self.address
        return f"the parallel port {where}"


class FileOutlet(Strict):
    """The table ``markers.csv`` among the session's data: when each code was sent."""

    kind: Literal["file"]
    name: Name = "file"

    @property
    def place(self) -> str:
        """What no two outlets may have in common."""
        return "the file markers.csv"


Outlet = Annotated[
    LslOutlet | SerialOutlet | ParallelOutlet | FileOutlet, Field(discriminator="kind")
]


def check_outlets(outlets: Sequence[Outlet]) -> None:
    """Check that outlets are told apart, and that no two want the same.

    Raises
    ------
    ValueError
        Names the field, what was found and what is wanted.
    """
    for i, outlet in enumerate(outlets):
        for j, other in enumerate(outlets[:i]):
            if outlet.name == other.name:
                raise ValueError(
                    f"markers.{i}.name: found {outlet.name}, which markers.{j} has already: wanted "
                    "another name for each outlet"
                )
            if outlet.place == other.place:
                raise ValueError(
                    f"markers.{i}: found {outlet.place}, to which {other.name} sends already: "
                    "wanted another one, or one outlet"
                )
