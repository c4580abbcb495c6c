"""The same flips with garbage collection held or free, and with priority raised or usual."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import psutil

from conditions.rig.selftest import Section
from experiment.screen.window import Window
from experiment.selftest.flips import WARM_UP, described_flips, record_flips

USUAL = "usual"


def measure_sections(
    window: Window, draw: Callable[[int], object], seconds: float, period: float
) -> list[Section]:
    """Flip for some seconds in each of the four ways, that of sessions first."""
    found = []
    for garbage_held in (True, False):
        for raised in (True, False):
            with (
                held_garbage() if garbage_held else nullcontext(),
                raised_priority() if raised else nullcontext(USUAL) as priority,
            ):
                flips = described_flips(record_flips(window, draw, seconds, WARM_UP), period)
            found.append(
                Section(
                    garbage_held=garbage_held,
                    priority_raised=raised,
                    priority=priority,
                    flips=flips.flips,
                    missed=flips.missed,
                    median_ms=flips.median_ms,
                    longest_ms=flips.longest_ms,
                )
            )
    return found


@contextmanager
def held_garbage() -> Iterator[None]:
    """No garbage collection meanwhile."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def raised_priority() -> Iterator[str]:
    """A raised priority of this process meanwhile; what came of it, in words."""
    process = psutil.Process()
    before = process.nice()
    try:
        process.nice(getattr(psutil, "HIGH_PRIORITY_CLASS", -10))
    except (psutil.AccessDenied, OSError):
        yield "not permitted"
        return
    try:
        yield "raised"
    finally:
        process.nice(before)
