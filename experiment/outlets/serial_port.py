"""An outlet at a serial port: a byte a code."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import Any

from conditions.rig.markers import SerialOutlet
from experiment.outlets.outlet import Clock, Marker

# A port that takes nothing for so long is blocked: by its box, or by a handshake.
PATIENCE_S = 0.5


_WORDS = {
    errno.EACCES: "this account may not (on Linux it needs the group dialout)",
    errno.EAGAIN: "another program has it",
    errno.EBUSY: "another program has it",
    errno.EIO: "it is gone (its cable, its box)",
    errno.ENXIO: "there is no device at it",
    errno.ENOTTY: "it is no serial port",
}


class SerialPort:
    """A box that shows a byte on its lines.

    Parameters
    ----------
    outlet : SerialOutlet
        What the rig says of it.
    """

    kind = "serial"

    def __init__(self, outlet: SerialOutlet) -> None:
        self.name, self.place = outlet.name, outlet.place
        after = outlet.reset_after_ms
        self.pulse_s = None if after == "never" else after / 1000
        self._outlet = outlet
        self._port: Any = None

    def open(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        import serial

        port, baud = self._outlet.port, self._outlet.baud
        try:
            with _in_plain_words():
                self._port = serial.Serial(port, baud, write_timeout=PATIENCE_S, exclusive=True)
        except ValueError as error:
            # A rate that this port does not have.
            raise OSError(str(error)) from error
        if sys.platform == "linux":
            with contextlib.suppress(OSError, ValueError):
                self._port.set_low_latency_mode(True)

    def send(self, marker: Marker) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        with _in_plain_words():
            self._port.write(bytes([marker.code]))

    def send_at_once(self, marker: Marker) -> bool:
        """Write to the port's buffer; on Windows pyserial has no way to do that without waiting."""
        if os.name != "posix":
            return False
        try:
            # The port is open without waiting: where its buffer is full this says so.
            return os.write(self._port.fileno(), bytes([marker.code])) == 1
        except BlockingIOError:
            return False

    def reset(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        with _in_plain_words():
            self._port.write(b"\x00")

    def is_there(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`; what the box answers is thrown away."""
        with _in_plain_words():
            if self._port.in_waiting:
                self._port.reset_input_buffer()

    def told(self) -> str:
        """Nothing: whether a box is at the port is not known."""
        return ""

    def offset(self, clock: Clock) -> tuple[float, float] | None:
        """None: a port has no clock."""
        return None

    def close(self) -> None:
        """See :class:`experiment.outlets.outlet.Outlet`."""
        if self._port is not None:
            with contextlib.suppress(OSError):
                self._port.close()
        self._port = None


@contextlib.contextmanager
def _in_plain_words() -> Iterator[None]:
    """Say what pyserial says of a port without its numbers, and the port's name once."""
    try:
        yield
    except OSError as error:
        number: object = error.errno
        if not number and error.__context__ is not None:
            # Often pyserial tells the number in words alone.
            number = next(iter(error.__context__.args), None)
        if not isinstance(number, int):
            raise
        raise OSError(number, _WORDS.get(number) or os.strerror(number)) from error
