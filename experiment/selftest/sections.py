"""The same flips with garbage collection held or free, and with priority raised or usual."""

from collections.abc import Callable
from contextlib import nullcontext

from conditions.rig.selftest import Section
from experiment.screen.window import Window
from experiment.selftest.flips import WARM_UP, described_flips, record_flips
from experiment.session.priority import USUAL, Priority, held_garbage, raised_priority, rests

NOT_RAISED = Priority(USUAL, USUAL)


def measure_sections(
    window: Window, draw: Callable[[int], object], seconds: float, period: float, waits: bool
) -> list[Section]:
    """Flip for some seconds in each of the four ways, that of sessions first.

    ``waits`` tells whether flips wait for the screen: priority is not raised where they do not.
    """
    found, at_rest = [], not waits or rests(window)
    for garbage_held in (True, False):
        for raised in (True, False):
            with (
                held_garbage() if garbage_held else nullcontext(),
                raised_priority(waits, at_rest) if raised else nullcontext(NOT_RAISED) as priority,
            ):
                flips = described_flips(record_flips(window, draw, seconds, WARM_UP), period)
            found.append(
                Section(
                    garbage_held=garbage_held,
                    priority_raised=raised,
                    priority=_in_words(priority),
                    flips=flips.flips,
                    missed=flips.missed,
                    median_ms=flips.median_ms,
                    longest_ms=flips.longest_ms,
                )
            )
    return found


def _in_words(priority: Priority) -> str:
    return f"{priority.got} ({priority.reason})" if priority.reason else priority.got
