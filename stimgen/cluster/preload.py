"""What a worker on this machine does first: leave Ctrl-C to the command that started it."""

import signal

from distributed import Worker


def dask_setup(worker: Worker) -> None:
    """Called by Dask in the worker's main thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
