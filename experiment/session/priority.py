"""What else the computer does waits for a session, and Python's garbage for the gap between trials.

A garbage collection takes some tens of milliseconds in a session's process: several refreshes.
"""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from experiment.checks.check import Check
from experiment.screen.window import Window

REAL_TIME, HIGH, USUAL = "real time", "high", "usual"
NICE = -10
# Flips in which it is seen whether the processor rests, and the share of it that is too much: Linux
# stops threads in real time that take more than 95 % of it, for the rest of each second (kernel
# documentation, sched-rt-group: sched_rt_runtime_us).
FLIPS, BUSY = 30, 0.85
HELD = "held in trials"


@dataclass(frozen=True)
class Priority:
    """The priority that a session wanted and the one that it got, and the reason for either."""

    wanted: str
    got: str
    reason: str = ""


def priority_check(priority: Priority) -> Check:
    """What is said of it beforehand: a session without it goes on, and its data say so."""
    good = priority.got == priority.wanted
    because = f" ({priority.reason})" if priority.reason else ""
    wanted = "" if good else f", wanted {priority.wanted}"
    excused = "" if good else "frames that are missed are counted"
    return Check("priority", good, f"{priority.got}{wanted}{because}", excused=excused)


def rests(window: Window) -> bool:
    """Whether the processor rests while flips wait for the screen: some drivers keep it busy."""
    window.flip()
    worked, began = time.thread_time(), time.perf_counter()
    for _ in range(FLIPS):
        window.flip()
    return time.thread_time() - worked < BUSY * (time.perf_counter() - began)


@contextmanager
def raised_priority(waits: bool, at_rest: bool = True) -> Iterator[Priority]:
    """Raise the priority of this thread (of the process on Windows); at the end it is as before.

    Real time where that is permitted (Linux: round robin, at its lowest level, as PsychoPy has it;
    macOS: PsychoPy's time constraint), else high. That of Windows is high: with real time the
    system would no longer read the keyboard in time.

    Parameters
    ----------
    waits : bool
        Whether flips wait for the screen. Where they do not, the session never rests, and would
        take the processor from the window system as well: nothing is raised then.
    at_rest : bool
        Whether the processor rests meanwhile, see :func:`rests`. If not, high is wanted, for a
        thread in real time would be stopped for 50 ms of each second.

    Yields
    ------
    Priority
        What came of it. Nothing is raised where it is not permitted.
    """
    if not waits:
        yield Priority(USUAL, USUAL, "flips do not wait for the screen")
        return
    wanted = HIGH if sys.platform == "win32" or not at_rest else REAL_TIME
    got, reasons = USUAL, [] if at_rest else ["flips keep the processor busy"]
    undo: Callable[[], object] = lambda: None  # noqa: E731
    for level in dict.fromkeys((wanted, HIGH)):
        try:
            undo = _in_real_time() if level == REAL_TIME else _high()
            got = level
            break
        except (OSError, psutil.AccessDenied) as error:
            reasons.append(f"{level}: {getattr(error, 'strerror', None) or 'not permitted'}")
    try:
        yield Priority(wanted, got, "; ".join(reasons))
    finally:
        undo()


def _in_real_time() -> Callable[[], object]:
    """Real time for this thread; gives back what undoes it."""
    if sys.platform == "darwin":
        return _time_constraint()
    policy, before = os.sched_getscheduler(0), os.sched_getparam(0)
    lowest = os.sched_param(os.sched_get_priority_min(os.SCHED_RR))
    os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, lowest)

    def undo() -> None:
        try:
            os.sched_setscheduler(0, policy, before)
        except PermissionError:
            # Who may raise it within limits may lower it, but that of new threads stays usual.
            os.sched_setscheduler(0, policy | os.SCHED_RESET_ON_FORK, before)

    return undo


def _time_constraint() -> Callable[[], object]:
    """MacOS's real time (not run there)."""
    from psychopy.core import rush

    if not rush(True):
        raise PermissionError(None, "macOS refused a time constraint")
    return lambda: rush(False)


def _high() -> Callable[[], object]:
    """High priority (Windows: its class of that name; not run there); gives back what undoes it."""
    process = psutil.Process()
    before = process.nice()
    process.nice(getattr(psutil, "HIGH_PRIORITY_CLASS", NICE))
    return lambda: process.nice(before)


@contextmanager
def held_garbage() -> Iterator[None]:
    """Collect no garbage but by :func:`collect_garbage`; at the end it is as before.

    What is there already is not looked at again: a collection then takes a millisecond or less.
    """
    before = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if before:
            gc.enable()


def collect_garbage() -> None:
    """Collect what has become garbage; to be called where nobody waits."""
    gc.collect()
