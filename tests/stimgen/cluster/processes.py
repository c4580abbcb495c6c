"""A scheduler and workers as processes of their own, to be killed."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

from tests.conftest import ROOT


def start(*arguments: str) -> subprocess.Popen:
    """Run ``python -m ARGUMENTS`` in the background, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Tests that run in a shell's background are deaf to Ctrl-C, and so would their children be.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def wait_until(holds, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


class Cluster:
    """A scheduler and its workers, which have no nannies: what is killed stays dead."""

    def __init__(self, scratch: Path, workers: int) -> None:
        self._scratch, self._count = scratch, workers
        self._processes: list[subprocess.Popen] = []

    def __enter__(self) -> "Cluster":
        file = self._scratch / "scheduler.json"
        self.start(
            "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
            "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(file),
        )  # fmt: skip
        wait_until(lambda: file.exists() and file.read_text(encoding="utf-8").strip())
        self.address = json.loads(file.read_text(encoding="utf-8"))["address"]
        for _ in range(self._count):
            self.start(
                "distributed.cli.dask_worker", self.address, "--no-nanny", "--nthreads", "1",
                "--local-directory", str(self._scratch / "dask"),
            )  # fmt: skip
        return self

    def start(self, *arguments: str) -> subprocess.Popen:
        """One more process, which ends with the cluster."""
        self._processes.append(start(*arguments))
        return self._processes[-1]

    def kill(self, which: Literal["one worker", "workers", "scheduler"]) -> None:
        """Kill some of the processes."""
        workers = self._processes[1 : 1 + self._count]
        chosen = {"one worker": workers[:1], "workers": workers, "scheduler": self._processes[:1]}
        for process in chosen[which]:
            process.kill()

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()
