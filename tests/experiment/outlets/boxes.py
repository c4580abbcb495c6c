"""What stands at the other end of an outlet: a box at a pseudo-terminal, a recorder of a stream."""

import contextlib
import os
import select
import termios
import threading
import time
import tty
from pathlib import Path


class PlayedBox:
    """A box that takes bytes at a port, which is a link, as udev makes one for a device."""

    def __init__(self, link: Path, reads: bool = True) -> None:
        self.port, self._reads = link, reads
        self.bytes = bytearray()
        self.times: list[float] = []
        self._end = -1
        self.plug_in()

    @property
    def codes(self) -> list[int]:
        """What came, without the resets."""
        return [byte for byte in self.bytes if byte]

    @property
    def speed(self) -> int:
        """The rate at which the port was opened, as termios names it."""
        return termios.tcgetattr(self._far)[5]

    def plug_in(self) -> None:
        self._end, far = os.openpty()
        tty.setraw(far)
        self.port.unlink(missing_ok=True)
        self.port.symlink_to(os.ttyname(far))
        # A device is there whether or not somebody has it open.
        self._far = far
        self._pulled = threading.Event()
        if self._reads:
            listening = self._end, self._pulled
            self._thread = threading.Thread(target=self._listen, args=listening, daemon=True)
            self._thread.start()

    def pull_out(self) -> None:
        self.port.unlink()
        os.close(self._far)
        self._pulled.set()
        if self._reads:
            self._thread.join(timeout=5)
        os.close(self._end)

    def fill(self) -> None:
        """Let no further byte into the port.

        Byte by byte through an outlet that takes a loaded machine half a minute.
        """
        os.set_blocking(self._far, False)
        rests = 0
        while rests < 5:
            # The system moves on what was written, some time later, and has room again.
            time.sleep(0.01)
            rests += 1
            with contextlib.suppress(BlockingIOError):
                while os.write(self._far, b"\xff"):
                    rests = 0

    def _listen(self, end: int, pulled: threading.Event) -> None:
        # Nothing of it may wait in a read when the end is closed: the system keeps it open then.
        while not pulled.is_set():
            if not select.select([end], [], [], 0.02)[0]:
                continue
            try:
                came = os.read(end, 64)
            except OSError:
                return
            self.times += [time.perf_counter()] * len(came)
            self.bytes += came


class Recorder:
    """Records a stream of the lab streaming layer, as a recorder beside a session does."""

    def __init__(self, stream: str, seconds: float = 20.0) -> None:
        import pylsl

        found = pylsl.resolve_byprop("name", stream, timeout=seconds)
        assert found, f"no stream {stream}"
        self.inlet = pylsl.StreamInlet(found[0], recover=False)
        self.info = self.inlet.info(timeout=seconds)
        self.codes: list[int] = []
        self.times: list[float] = []
        self._lost = pylsl.util.LostError
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._record, daemon=True)
        self.inlet.open_stream(timeout=seconds)
        self._thread.start()

    def _record(self) -> None:
        with contextlib.suppress(self._lost):
            while not self._ended.is_set():
                sample, at = self.inlet.pull_sample(timeout=0.1)
                if sample is not None:
                    self.codes.append(int(sample[0]))
                    self.times.append(at)

    def end(self) -> None:
        self._ended.set()
        self._thread.join(timeout=5)
        self.inlet.close_stream()


def wait_for(condition, seconds: float = 10.0) -> None:
    """Wait until something is so; fail where it never is."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)
