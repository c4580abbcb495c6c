"""Waiting for tasks only as long as there are workers to do them."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, wait
from contextlib import suppress
from queue import Empty, Queue
from typing import Any, cast

from distributed import Client, Future
from tornado.platform.asyncio import BaseAsyncIOLoop

from conditions.commands.command_line import console
from conditions.errors import StudyError

# How often the workers are counted at most, in seconds.
LOOK_S = 1.0
_LOST = "cluster: the scheduler has ended or has lost this command"
_KEPT = "what is done is kept, and the next run does the rest"


class NoWorkersError(StudyError):
    """There is nobody to do the tasks, and nobody has come for a while."""


class RollCall:
    """Counts the workers while a command waits, and ends the waiting where none is left.

    Dask by itself waits for ever: a task without a worker waits for one that may come.

    Parameters
    ----------
    client : distributed.Client
        Connected to the scheduler.
    patience_s : float
        How long to wait while there is no worker, in seconds.
    replace : callable, optional
        Starts workers, or asks for jobs, in the place of those that are gone for good. (A nanny
        that once fails to start its worker again, on a busy machine, does not try any more.)

    Attributes
    ----------
    resource : str or None
        What a worker must offer to count, as ``GPU``.
    """

    def __init__(
        self, client: Client, patience_s: float, replace: Callable[[], None] = lambda: None
    ) -> None:
        self._client, self._patience_s, self._replace = client, patience_s, replace
        self.resource: str | None = None
        self._present: int | None = None
        self._most = 0
        self._none_since = 0.0
        self._looked_at = float("-inf")

    def infos(self) -> list[dict]:
        """What the scheduler knows of each worker; nothing while it does not answer."""
        if self._client.status != "running":
            return []
        try:
            return list(self._client.scheduler_info(n_workers=-1)["workers"].values())
        except OSError:
            # The connection is being lost.
            return []

    def count(self) -> int:
        """Workers that can do the tasks, at the moment."""
        infos = self.infos()
        if self.resource is None:
            return len(infos)
        return sum(bool(info.get("resources", {}).get(self.resource)) for info in infos)

    def look(self) -> None:
        """Count the workers, and say so where they have become fewer or more.

        Raises
        ------
        NoWorkersError
            Where there has been none for longer than the patience.
        """
        now = time.monotonic()
        if now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        before, count = self._present, self.count()
        self._present = count
        self._most = max(self._most, count)
        if count < self._most:
            self._replace()
        if count:
            if before is not None and count != before:
                workers = f"{count} worker" + ("" if count == 1 else "s")
                console.print(f"cluster: {workers}{' left' if count < before else ''}")
            return
        if before != 0:
            self._none_since = now
            console.print(
                f"cluster: no worker{'' if before is None else ' left'}; waiting "
                f"{_spoken(self._patience_s)} for one"
            )
        elif now - self._none_since > self._patience_s:
            raise NoWorkersError(
                f"cluster: no worker for {_spoken(self._patience_s)} (--patience); {_KEPT}"
            )

    def wait_for_one(self) -> None:
        """Wait until there is a worker."""
        self.look()
        while not self._present:
            time.sleep(LOOK_S / 10)
            self.look()

    def result(self, future: Future) -> Any:
        """A task's result; raises what the task raised, or ``NoWorkersError``."""
        for _ in Completed(self, [future]):
            if future.cancelled():
                raise NoWorkersError(f"{_LOST}; {_KEPT}")
        # One fetch, which the looking does not interrupt: Dask hands a fetch that was given up to
        # whoever fetches next, and a large result takes its time.
        loop = cast(BaseAsyncIOLoop, self._client.loop).asyncio_loop
        fetch = asyncio.run_coroutine_threadsafe(
            self._client.gather(future, asynchronous=True), loop
        )
        try:
            while not wait([fetch], timeout=LOOK_S).done:
                self.look()
            return fetch.result()
        except CancelledError as error:
            raise NoWorkersError(f"{_LOST}; {_KEPT}") from error
        finally:
            fetch.cancel()


class Completed:
    """Futures as they end, in any order; more may be added on the way.

    Parameters
    ----------
    roll_call : RollCall
        Ends the waiting where no worker is left.
    futures : iterable of distributed.Future
        The first ones.
    """

    def __init__(self, roll_call: RollCall, futures: Iterable[Future] = ()) -> None:
        self._roll_call = roll_call
        self._ended: Queue[Future] = Queue()
        self._waiting = 0
        for future in futures:
            self.add(future)

    def add(self, future: Future) -> None:
        """Wait for one more."""
        self._waiting += 1
        future.add_done_callback(self._ended.put)

    def __iter__(self) -> Iterator[Future]:
        while self._waiting:
            # Also while others go on: who is gone is replaced and told at once.
            self._roll_call.look()
            with suppress(Empty):
                future = self._ended.get(timeout=LOOK_S)
                self._waiting -= 1
                yield future


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"
