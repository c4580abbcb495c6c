"""Self-tests of machines that are not there: good ones, and ones with a fault."""

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from conditions.rig.selftest import Presses, SelfTest
from conditions.study.answering import Timing
from experiment.keyboard.listener import Press
from experiment.selftest.claims import claim_of
from experiment.selftest.flips import described_flips
from experiment.selftest.presses import Heard, described_presses
from experiment.selftest.trials import TrialTimes, described_trials

PERIOD = 1 / 60
MEASURED_AT = datetime.fromisoformat("2026-11-20T10:00:00+01:00")


class PacedWindow:
    """A window in a time of its own: each flip returns with the next refresh that is to come.

    ``stalls`` are the numbers of the flips (from 0) whose drawing takes a refresh too long.
    """

    def __init__(self, stalls: range = range(0)) -> None:
        self.now, self.returned = 0.0, [0.0]
        self._stalls, self._refreshes = stalls, 0

    def flip(self) -> None:
        self._refreshes += 2 if len(self.returned) - 1 in self._stalls else 1
        self.now = self._refreshes * PERIOD
        self.returned.append(self.now)

    def late(self) -> list[float]:
        """When the flips returned that were late, found without the code under test."""
        return [after for before, after in pairwise(self.returned) if after - before > 0.025]


def flip_times(flips: int = 3600, missed: tuple[int, ...] = ()) -> list[float]:
    """Times of flips with a little scatter; those of some numbers (from 1) a refresh late."""
    rng = np.random.default_rng(1)
    late = np.cumsum([number in missed for number in range(flips + 1)])
    return ((np.arange(flips + 1) + late) * PERIOD + rng.normal(0, 5e-5, flips + 1)).tolist()


def trial_times(trials: int = 20) -> TrialTimes:
    rng = np.random.default_rng(2)
    return TrialTimes(
        *(rng.uniform(low, high, trials).tolist() for low, high in ((0.02, 0.03), (0, 0.001))),
        rng.uniform(0.015, 0.02, trials).tolist(),
        rng.uniform(0.598, 0.601, trials).tolist(),
        [PERIOD] * 24 * trials,
    )


def heard(presses: int = 20) -> list[Heard]:
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.uniform(0.2, 0.4, presses))
    return [Heard(Press("space", float(t)), float(t + rng.uniform(0, PERIOD))) for t in times]


def keys(presses: int = 20, wanted: int = 20, **changes: object) -> Presses:
    found = described_presses(heard(presses), wanted)
    return found.model_copy(update=changes)


def selftest(flips: list[float] | None = None, **changes: object) -> SelfTest:
    """A self-test of a good machine, with changes."""
    found = described_flips(flips or flip_times(), PERIOD)
    timing = Timing(blank=0.1, fixation=0.5)
    section = {"flips": 300, "missed": 0, "median_ms": 16.7, "longest_ms": 17.2}
    content = {
        "measured_at": MEASURED_AT,
        "host": "lab-2",
        "system": "Linux",
        "renderer": "Mesa Intel(R) UHD Graphics 770",
        "rig": "lab",
        "rig_sha256": "0" * 64,
        "screen": 0,
        "screen_px": (1920, 1080),
        "refresh_hz": 60.0,
        "refresh_measured": True,
        "patch": False,
        "study": "experiment_1",
        "images": 20,
        "image_px": 224,
        "flips": found,
        "trials": described_trials(trial_times(), timing, PERIOD),
        "keys": keys(),
        "sections": [
            {
                "garbage_held": held,
                "priority_raised": raised,
                "priority": "raised" if raised else "usual",
            }
            | section
            for held in (True, False)
            for raised in (True, False)
        ],
        "versions": {"psychopy": "2026.2.5"},
        "claim": claim_of(PERIOD, found),
        "reasons": [],
    }
    return SelfTest.model_validate(content | changes)


def days_later(days: float) -> datetime:
    return MEASURED_AT + timedelta(days=days)
