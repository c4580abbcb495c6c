"""Flips: their times, the intervals between them, and which were missed."""

import time
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from conditions.rig.selftest import Flips, Times
from experiment.screen.window import Window

# An interval of more refreshes than this is that of a missed flip, here as in sessions.
LATE = 1.5
BIN_MS = 0.2
# The first flips make what is used ever after, such as the glyphs of texts.
WARM_UP = 5

Clock = Callable[[], float]


def record_flips(
    window: Window,
    draw: Callable[[int], object],
    seconds: float,
    warm_up: int = 0,
    clock: Clock = time.perf_counter,
) -> list[float]:
    """Flip for some seconds, as fast as the window will.

    Parameters
    ----------
    window : psychopy.visual.Window
    draw : callable
        Draws, and does whatever else is done for a frame; is given the frame's number, from 0.
    seconds : float
        How long, from when this is called or from the last flip of the warm-up.
    warm_up : int
        Flips that go before and do not count.
    clock : callable
        Tells the time in seconds.

    Returns
    -------
    list of float
        When it began, and when each flip returned; two at least.
    """
    for number in range(warm_up):
        draw(number)
        window.flip()
    times = [clock()]
    while len(times) < 2 or times[-1] - times[0] < seconds:
        draw(warm_up + len(times) - 1)
        window.flip()
        times.append(clock())
    return times


def late(intervals: Sequence[float] | np.ndarray, period: float) -> np.ndarray:
    """Which intervals are those of missed flips; all in seconds."""
    return np.asarray(intervals) > LATE * period


def described_flips(times: Sequence[float], period: float) -> Flips:
    """Sum up recorded flips (two at least), given the seconds between two refreshes."""
    intervals = np.diff(times)
    missed, ms = late(intervals, period), 1000 * intervals
    in_time = ms[~missed]
    bins = Counter(np.round(np.round(ms / BIN_MS) * BIN_MS, 1).tolist())
    ended = np.asarray(times[1:]) - times[0]
    return Flips(
        seconds=rounded(times[-1] - times[0]),
        flips=len(intervals),
        missed=int(missed.sum()),
        median_ms=rounded(np.median(ms)),
        sd_ms=rounded(in_time.std(ddof=1)) if len(in_time) > 1 else 0.0,
        longest_ms=rounded(ms.max()),
        bin_ms=BIN_MS,
        histogram=sorted(bins.items()),
        missed_at_s=[rounded(at) for at in ended[missed]],
    )


def described_times(seconds: Sequence[float]) -> Times:
    """Sum up durations (one at least), given in seconds."""
    ms = 1000 * np.asarray(seconds)
    return Times(
        n=len(ms),
        median_ms=rounded(np.median(ms)),
        p95_ms=rounded(np.percentile(ms, 95)),
        longest_ms=rounded(ms.max()),
    )


def rounded(value: float | np.floating) -> float:
    """To three digits after the point: milliseconds to the microsecond."""
    return round(float(value), 3)
