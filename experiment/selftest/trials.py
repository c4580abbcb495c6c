"""Trials one after the other, as a session shows them: decoding, uploading, and the gap between."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from conditions.rig.selftest import Trials
from conditions.study.answering import Timing
from experiment.keyboard.watched import WatchedKeyboard
from experiment.plan import Trial
from experiment.screen.pages import EscapedError
from experiment.screen.trials.images import decode
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.selftest.flips import described_times, late, record_flips, rounded


@dataclass
class TrialTimes:
    """What trials took, in seconds; ``intervals`` are those of the flips that show them."""

    decoded: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    uploaded: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    intervals: list[float] = field(default_factory=list)


def measure_trials(
    screen: TrialScreen,
    keyboard: WatchedKeyboard,
    encoded: Mapping[str, bytes],
    rows: list[Trial],
    timing: Timing,
    period: float,
    shown: float,
    ahead: bool = True,
) -> TrialTimes:
    """Show trials for some seconds each, with blank and fixation cross before them.

    Parameters
    ----------
    screen, keyboard, timing, period
        As in a session.
    encoded : mapping
        Content of the image files by path.
    rows : list
        Rows of the condition file.
    shown : float
        Seconds for which each trial is shown.
    ahead : bool
        Whether the images of a trial are decoded while the one before is shown, as sessions do it.

    Raises
    ------
    EscapedError
        On Escape.
    """
    found, clock = TrialTimes(), time.perf_counter

    def decoded(row: Trial) -> dict[str, Image.Image]:
        began = clock()
        images = decode(encoded, row, screen.image, screen.window.correction)
        found.decoded.append(clock() - began)
        return images

    def each_frame(number: int) -> None:
        keyboard.presses()
        if keyboard.escaped:
            raise EscapedError
        screen.draw()

    with ThreadPoolExecutor(max_workers=1) as decoder:

        def coming(row: Trial) -> Callable[[], dict[str, Any]]:
            return decoder.submit(decoded, row).result if ahead else lambda: decoded(row)

        def load(row: Trial, images: Callable[[], dict[str, Any]]) -> None:
            began = clock()
            there = images()
            arrived = clock()
            screen.load(row, there, 0.5)
            found.waited.append(arrived - began)
            found.uploaded.append(clock() - arrived)

        images = coming(rows[0])
        for row, following in zip(rows, [*rows[1:], None], strict=True):
            ended = clock()
            screen.blank(keyboard, timing.blank, period, partial(load, row, images))
            screen.fixate(keyboard, timing.fixation, period)
            screen.ask_choice(row)
            screen.mark(on=True)
            screen.draw()
            screen.window.flip()
            found.gaps.append(clock() - ended)
            if following is not None:
                images = coming(following)
            times = record_flips(screen.window, each_frame, shown)
            found.intervals += np.diff(times).tolist()
            screen.mark(on=False)
    return found


def described_trials(found: TrialTimes, timing: Timing, period: float) -> Trials:
    """Sum up what trials took."""
    return Trials(
        decode=described_times(found.decoded),
        waited=described_times(found.waited),
        upload=described_times(found.uploaded),
        gap=described_times(found.gaps),
        gap_asked_ms=rounded(1000 * (timing.blank + timing.fixation)),
        flips=len(found.intervals),
        missed=int(late(found.intervals, period).sum()),
    )
