"""The operator's view in a terminal of its own."""

import os
import pty
import select
import signal
import subprocess
import sys
import time

from conditions.tables.sessions import TRIALS
from experiment.records.recorder import lines
from tests.conftest import ROOT
from tests.experiment.monitor.watched import answer, session


def test_in_a_terminal_it_goes_on_until_it_is_interrupted(folder):
    data = session(folder, 1, [answer(0)])
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "experiment", "monitor", str(folder.path), "--every", "0.2"]
    # Whatever runs in a shell's background is started with interrupts ignored, tests too.
    monitor = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    os.close(theirs)
    seen = _until(ours, b"1 of 17 trials")
    with (data / "trials.csv").open("a") as stream:
        stream.write(lines(TRIALS, answer(1)))
    seen += _until(ours, b"2 of 17 trials")
    monitor.send_signal(signal.SIGINT)
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:
        # The other end is closed.
        pass
    os.close(ours)
    assert monitor.wait(timeout=60) == 0
    assert b"Traceback" not in seen


def _until(terminal: int, wanted: bytes) -> bytes:
    seen, end = b"", time.monotonic() + 60
    while wanted not in seen:
        assert time.monotonic() < end, seen
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 65536)
    return seen
