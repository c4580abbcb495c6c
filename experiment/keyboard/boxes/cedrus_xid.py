"""Cedrus response boxes at a serial port: the XID protocol.

Sources: Cedrus' pages of the XID protocols, timing features and commands
(www.cedrus.com/xid/protocols.htm, timing.htm; www.cedrus.com/support/xid/commands.htm).
"""

import contextlib
import math
import queue
import struct
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from conditions.errors import StudyError
from conditions.rig.key_names import STOP_KEY
from conditions.rig.response_box import CedrusBox
from experiment.keyboard.boxes.box import Gate
from experiment.keyboard.queues import KeyEvent

# The one the maker recommends first; boxes have switches for the others.
BAUD_RATES = (115_200, 19_200, 9_600, 57_600, 38_400)
ASK_PROTOCOL, TAKE_XID, ASK_NAME, RESET_TIMER = b"_c1", b"c10", b"_d1", b"e5"
SPEAKS_XID = b"_xid0"
# A press: 'k'; bits 0–3 port, bit 4 down or up, bits 5–7 button; ms since the timer's reset.
PACKET = struct.Struct("<cBI")
BUTTONS_PORT = 0
# Older boxes lose what comes faster.
BETWEEN_BYTES_S = 0.001
ANSWER_S = 0.1
# Quartzes differ by some 50 ppm: after so long by 0.1 ms.
RESET_AFTER_S = 2.0
# A press cannot come before it was made, but for the milliseconds that the box counts in.
EARLIEST_S = -0.005


@dataclass(frozen=True)
class Packet:
    """A button that went down or up so many seconds after the box's timer was reset."""

    button: int
    down: bool
    seconds: float


def packets_of(buffer: bytearray, longest: float = math.inf, over: bool = False) -> list[Packet]:
    """Whole packets at the beginning of what came, which is taken out; other bytes are skipped.

    A ``k`` may be noise on the line: what follows it is no press of a button then, or one of a
    time that cannot be, and the packet begins at a later ``k``.

    Parameters
    ----------
    buffer : bytearray
        What came; the beginning of a packet is left in it.
    longest : float, optional
        The most seconds that the box's timer can have counted.
    over : bool, optional
        Whether nothing follows: what may be a packet is one then.
    """
    found = []
    while len(buffer) >= PACKET.size:
        if not buffer.startswith(b"k"):
            del buffer[0]
            continue
        starts = [i for i in range(PACKET.size) if buffer[i] == ord("k")]
        whole = [i for i in starts if len(buffer) >= i + PACKET.size]
        begins = next((i for i in whole if _may_be(buffer[i:], longest)), None)
        if begins is None and whole != starts and not over:
            break
        del buffer[: begins or 0]
        _, what, milliseconds = PACKET.unpack_from(buffer)
        del buffer[: PACKET.size]
        if what & 0x0F == BUTTONS_PORT:
            # Three bits count to seven: the eighth button is 0.
            found.append(Packet(what >> 5 or 8, bool(what & 0x10), milliseconds / 1000))
    return found


def _may_be(packet: bytearray, longest: float) -> bool:
    """Whether bytes are those of a button's packet, as far as its time tells."""
    _, what, milliseconds = PACKET.unpack_from(packet)
    return what & 0x0F == BUTTONS_PORT and milliseconds / 1000 <= longest


def moment_of(packet: Packet, resets: Sequence[float], arrived: float) -> float:
    """When a press was made, by the computer's clock.

    The box counts from its last reset. A packet that was on its way while the timer was reset
    counts from the one before: of the last two, the one that makes its way the shorter is right,
    for resets are seconds apart.
    """
    ways = [arrived - (reset + packet.seconds) for reset in resets[-2:]]
    possible = [way for way in ways if way >= EARLIEST_S]
    return arrived - min(possible) if possible else arrived


class CedrusXidBox:
    """A box that is read by a thread of its own, with the box's own times of presses.

    Parameters
    ----------
    box : CedrusBox
        What the rig says of it.
    clock : callable
        Psychtoolbox's clock, in seconds.

    Raises
    ------
    StudyError
        Where no box answers.
    """

    def __init__(self, box: CedrusBox, clock: Callable[[], float]) -> None:
        self._serial, self.name = _find(box.port)
        self._keys, self._clock = dict(box.keys), clock
        given = frozenset(box.keys.values()) - {STOP_KEY}
        self._gate = Gate(given, frozenset([self.name]), box.keyboard_too)
        self._events: queue.SimpleQueue[KeyEvent] = queue.SimpleQueue()
        self._resets: list[float] = []
        self._gone: str | None = None
        self._closed = threading.Event()
        self._reset()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def joined(self, events: Sequence[KeyEvent]) -> list[KeyEvent]:
        """See :class:`experiment.keyboard.boxes.box.Box`."""
        found = [event for event in events if self.heard(event.key, event.device)]
        while not self._events.empty():
            found.append(self._events.get())
        if self._gone is not None:
            raise StudyError(
                f"response box {self.name}: no longer answers ({self._gone}); plug it in and go "
                "on with --resume"
            )
        return found

    def heard(self, key: str, device: str) -> bool:
        """Whether a key counts that was pressed on a device."""
        return self._gate.heard(key, device)

    def close(self) -> None:
        """Stop listening."""
        self._closed.set()
        self._thread.join(timeout=2)
        self._serial.close()

    def _listen(self) -> None:
        buffer = bytearray()
        try:
            while not self._closed.is_set():
                # What is there, or the first byte that comes within the port's timeout.
                came = self._serial.read(max(1, self._serial.in_waiting))
                buffer += came
                arrived = self._clock()
                longest = arrived - self._resets[0] - EARLIEST_S
                for packet in packets_of(buffer, longest, over=not came):
                    self._note(packet, arrived)
                if not came:
                    # No packet takes so long: what began one was noise.
                    buffer.clear()
                if not buffer and arrived - self._resets[-1] > RESET_AFTER_S:
                    self._reset()
        # pyserial's own errors are of the first kind; a port that is closed under it makes others.
        except (OSError, TypeError) as error:
            if not self._closed.is_set():
                self._gone = str(error)

    def _note(self, packet: Packet, arrived: float) -> None:
        key = self._keys.get(packet.button)
        if key is not None:
            at = moment_of(packet, self._resets, arrived)
            self._events.put(KeyEvent(key, packet.down, at, self.name))

    def _reset(self) -> None:
        _send(self._serial, RESET_TIMER)
        self._resets = [*self._resets[-1:], self._clock()]


def _find(port: str | None) -> tuple[Any, str]:
    """An open port with a box that speaks XID, and the box's name."""
    import serial
    from serial.tools import list_ports

    ports = [port] if port is not None else [found.device for found in list_ports.comports()]
    if not ports:
        raise StudyError("response_box.port: found no serial port, wanted that of a Cedrus box")
    tried = []
    for each in ports:
        try:
            line = serial.Serial(each, BAUD_RATES[0], timeout=ANSWER_S, write_timeout=1)
        except (OSError, ValueError) as error:
            tried.append(f"{each} ({error})")
            continue
        if sys.platform == "linux":
            # What comes is handed on at once, not every 16 ms, by drivers that know how.
            with contextlib.suppress(OSError, ValueError):
                line.set_low_latency_mode(True)
        try:
            if _speaks_xid(line):
                name = _ask(line, ASK_NAME, 80).decode("ascii", errors="ignore").strip()
                return line, f"{name} at {each}"
            tried.append(f"{each} (no answer by the XID protocol)")
        except OSError as error:
            tried.append(f"{each} ({error})")
        line.close()
    raise StudyError(f"response_box.port: found {'; '.join(tried)}, wanted a Cedrus box")


def _speaks_xid(line: Any) -> bool:
    for rate in BAUD_RATES:
        line.baudrate = rate
        if _ask(line, ASK_PROTOCOL, len(SPEAKS_XID)) == SPEAKS_XID:
            return True
        # It may be set to another protocol.
        _send(line, TAKE_XID)
        if _ask(line, ASK_PROTOCOL, len(SPEAKS_XID)) == SPEAKS_XID:
            return True
    return False


def _ask(line: Any, command: bytes, length: int) -> bytes:
    """The answer to a command, which ends after so many bytes or when no more come."""
    line.reset_input_buffer()
    _send(line, command)
    return bytes(line.read(length))


def _send(line: Any, command: bytes) -> None:
    for i, byte in enumerate(command):
        if i:
            time.sleep(BETWEEN_BYTES_S)
        line.write(bytes([byte]))
    line.flush()
