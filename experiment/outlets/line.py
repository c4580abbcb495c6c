"""The thread that serves an outlet: what blocks there, blocks no trial."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from experiment.outlets.outlet import Marker, Outlet

# More codes than a minute of any session has; what comes when so many wait is lost.
MOST_WAITING = 1000
# A lost outlet is tried again after so long, then after twice that, up to the longest.
FIRST_AGAIN_S, LONGEST_AGAIN_S = 0.5, 8.0
# How often an outlet that has nothing to send is looked at.
LOOKED_AT_S = 1.0
# Between the reset and the next code, so that a recording sees both.
REST_S = 0.001
# How long the last codes may take.
LAST_WORDS_S = 3.0


class _Given(NamedTuple):
    """A code for the thread, and when it was sent already, if it was."""

    marker: Marker
    taken: float | None


class Line:
    """An outlet and its thread: codes are sent in the order in which they are given.

    An outlet that can take a code without waiting gets it from the caller, when nothing waits and
    no pulse lasts; all else is the thread's: what may block, the ends of pulses, losses.

    An outlet that fails is closed and opened again, after longer and longer. Codes that come
    meanwhile are counted and never sent: later they would mark the wrong moment.

    Parameters
    ----------
    outlet : Outlet
        Where the codes go.
    happened : callable
        Told what became of the outlet (opened, lost and why, back, closed), also from the thread.

    Attributes
    ----------
    trouble : str or None
        Why it is not open.
    sent : int
        Codes that the outlet took.
    seconds : list of float
        How long each took from being given to having been taken.
    """

    def __init__(self, outlet: Outlet, happened: Callable[[str], None]) -> None:
        self.outlet, self.sent = outlet, 0
        self.trouble: str | None = "not opened yet"
        self.seconds: list[float] = []
        self._happened = happened
        self._waiting: queue.SimpleQueue[_Given | None] = queue.SimpleQueue()
        # Whoever calls the outlet holds it; the caller of a session never waits for it.
        self._calling = threading.Lock()
        # Each is counted by one thread alone: the first two by the caller's.
        self._given, self._turned_away, self._done, self._not_sent = 0, 0, 0, 0
        self._told_lost = 0
        self._again_s, self._again_at = FIRST_AGAIN_S, 0.0
        self._thread = threading.Thread(target=self._serve, name=outlet.name, daemon=True)

    @property
    def lost(self) -> int:
        """Codes that were given and did not go out."""
        return self._turned_away + self._not_sent

    def open(self) -> None:
        """Open the outlet, in the caller's thread; ``trouble`` says why it could not be."""
        try:
            self.outlet.open()
            self.trouble = None
        except Exception as error:  # Drivers raise what they like.
            self.trouble = _reason(error)
            self._again_at = time.monotonic() + self._again_s

    def start(self) -> None:
        """Begin to serve; an outlet that could not be opened is tried again."""
        self._happened("opened" if self.trouble is None else f"lost: {self.trouble}")
        self._thread.start()

    def give(self, marker: Marker) -> None:
        """Hand over a code; does not wait and raises nothing."""
        if self._waiting.qsize() >= MOST_WAITING:
            self._turned_away += 1
            return
        taken = self._sent_at_once(marker)
        self._given += 1
        self._waiting.put(_Given(marker, taken))

    def end(self) -> None:
        """Send what waits, within some seconds, and close the outlet."""
        if not self._thread.is_alive():
            self._close()
            return
        self._waiting.put(None)
        self._thread.join(timeout=LAST_WORDS_S)
        if self._thread.is_alive():
            self._happened(f"blocked at the end{self._lost_in_words()}")

    def _serve(self) -> None:
        while True:
            wait = LOOKED_AT_S
            if self.trouble is not None:
                wait = max(0.001, min(wait, self._again_at - time.monotonic()))
            try:
                given = self._waiting.get(timeout=wait)
            except queue.Empty:
                self._look()
                continue
            if given is None:
                break
            if self.trouble is None or given.taken is not None:
                self._send(given)
            else:
                self._not_sent += 1
                self._look()
            self._done += 1
        words = "closed" if self.trouble is None else "closed while lost"
        self._close()
        self._happened(words + self._lost_in_words())

    def _sent_at_once(self, marker: Marker) -> float | None:
        """Send a code in the caller's thread; when that was done, None where it could not be."""
        rests = self._given == self._done and self.trouble is None
        if not rests or not self._calling.acquire(blocking=False):
            return None
        try:
            return time.perf_counter() if self.outlet.send_at_once(marker) else None
        except Exception:  # The thread tries it again, and says so where it fails.
            return None
        finally:
            self._calling.release()

    def _send(self, given: _Given) -> None:
        taken = given.taken
        if taken is None:
            try:
                with self._calling:
                    self.outlet.send(given.marker)
            except Exception as error:
                self._not_sent += 1
                self._lose(error)
                return
            taken = time.perf_counter()
        self.seconds.append(taken - given.marker.given)
        self.sent += 1
        if self.outlet.pulse_s is None or self.trouble is not None:
            return
        time.sleep(max(0.0, taken + self.outlet.pulse_s - time.perf_counter()))
        try:
            with self._calling:
                self.outlet.reset()
        except Exception as error:
            self._lose(error)
        time.sleep(REST_S)

    def _look(self) -> None:
        """See whether the outlet is there, and open it where it was lost and its time has come."""
        if self.trouble is None:
            try:
                with self._calling:
                    self.outlet.is_there()
            except Exception as error:
                self._lose(error)
        elif time.monotonic() >= self._again_at:
            self._reopen()

    def _lose(self, error: Exception) -> None:
        self.trouble = _reason(error)
        self._close()
        self._again_s = FIRST_AGAIN_S
        self._again_at = time.monotonic() + self._again_s
        self._happened(f"lost: {self.trouble}")

    def _reopen(self) -> None:
        self._close()
        self.open()
        if self.trouble is not None:
            self._again_s = min(2 * self._again_s, LONGEST_AGAIN_S)
            self._again_at = time.monotonic() + self._again_s
            return
        with contextlib.suppress(queue.Empty):
            # What came while it opened is of moments that are over.
            while (given := self._waiting.get_nowait()) is not None:
                if given.taken is None:
                    self._not_sent += 1
                else:
                    self._send(given)
                self._done += 1
            self._waiting.put(None)
        self._happened(f"back{self._lost_in_words()}")

    def _close(self) -> None:
        with contextlib.suppress(Exception), self._calling:
            self.outlet.close()

    def _lost_in_words(self) -> str:
        """How many codes were lost since that was last told; nothing where none was."""
        lost, self._told_lost = self.lost - self._told_lost, self.lost
        return f", {lost} code{'s' if lost > 1 else ''} lost" if lost else ""


def _reason(error: Exception) -> str:
    """An error in a line."""
    told = getattr(error, "strerror", None) or str(error).strip().partition("\n")[0]
    return told or type(error).__name__
