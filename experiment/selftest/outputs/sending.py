"""Codes sent on flips, through one outlet after the other, and flips without any."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from conditions.rig import markers as models
from conditions.rig.selftest import Output
from conditions.tables.events import HIGHEST_CODE
from experiment.outlets.outlets import Outlets, outlets_of
from experiment.screen.window import Window
from experiment.selftest.flips import WARM_UP, described_flips, described_times, record_flips
from experiment.session.priority import held_garbage, raised_priority, rests

# More often than in any trial, so that there is something to measure.
EVERY_FLIPS = 6
# Without markers, for comparison.
NONE = "none"
WHO = {"participant": 1, "session": 1, "run": 1}

Outlet = models.Outlet


def measure_outputs(
    window: Window,
    draw: Callable[[int], object],
    seconds: float,
    period: float,
    waits: bool,
    listed: Sequence[Outlet],
) -> tuple[list[Output], dict[str, list[float]]]:
    """Flip for some seconds without markers, then with each outlet alone.

    Parameters
    ----------
    window, draw, seconds, period, waits
        As in :func:`experiment.selftest.sections.measure_sections`.
    listed : sequence
        Outlets of the rig; without any, nothing is measured.

    Returns
    -------
    list of Output
        The first without markers, then one an outlet.
    dict
        By outlet, the seconds from each flip until the outlet had taken its code.
    """
    if not listed:
        return [], {}
    at_rest = not waits or rests(window)
    found: list[Output] = []
    taken: dict[str, list[float]] = {}
    for each in [None, *listed]:
        calls: list[float] = []
        with _opened(each) as outlets, held_garbage(), raised_priority(waits, at_rest):
            times = record_flips(window, _sending(window, draw, outlets, calls), seconds, WARM_UP)
        flips = described_flips(times, period)
        name, place, sent, lost = NONE, "", 0, 0
        if each is not None:
            name, place = each.name, each.place
            sent, lost, taken[name] = outlets.served(name)
        found.append(
            Output(
                name=name,
                place=place,
                sent=sent,
                lost=lost,
                call=described_times(calls) if calls else None,
                taken=described_times(taken[name]) if taken.get(name) else None,
                flips=flips.flips,
                missed=flips.missed,
                median_ms=flips.median_ms,
                longest_ms=flips.longest_ms,
            )
        )
    return found, taken


@contextmanager
def _opened(listed: Outlet | None) -> Iterator[Outlets]:
    with tempfile.TemporaryDirectory() as folder:
        outlets = outlets_of([] if listed is None else [listed], {})
        outlets.begin(time.perf_counter, Path(folder), WHO)
        try:
            yield outlets
        finally:
            outlets.close()


def _sending(
    window: Window, draw: Callable[[int], object], outlets: Outlets, calls: list[float]
) -> Callable[[int], object]:
    """What is done for a frame, with a code sent on every few flips."""

    def send() -> None:
        began = time.perf_counter()
        outlets.send(1 + len(calls) % HIGHEST_CODE, None)
        calls.append(time.perf_counter() - began)

    def each_frame(number: int) -> None:
        draw(number)
        if len(outlets) and number % EVERY_FLIPS == 0:
            window.callOnFlip(send)

    return each_frame
