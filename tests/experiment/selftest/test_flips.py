"""Flips: what is recorded, which are missed, and what may be claimed of them."""

import pytest

from experiment.checks.check import Check
from experiment.selftest.claims import claim_of, reasons_against
from experiment.selftest.flips import WARM_UP, described_flips, record_flips
from tests.experiment.selftest.samples import PERIOD, PacedWindow, flip_times, keys


@pytest.mark.parametrize("stalls", [range(0), range(29, 4000, 30), range(0, 4000, 7), range(1)])
def test_every_stall_is_a_missed_flip_and_nothing_else_is(stalls):
    window = PacedWindow(stalls)
    times = record_flips(window, lambda number: None, 60, WARM_UP, clock=lambda: window.now)
    found = described_flips(times, PERIOD)
    late = [at - times[0] for at in window.late() if at > times[0]]
    injected = [number for number in stalls if WARM_UP <= number < WARM_UP + found.flips]
    assert found.missed == len(late) == len(injected)
    assert found.missed_at_s == pytest.approx(late, abs=0.001)
    assert sum(count for _, count in found.histogram) == found.flips
    assert found.sd_ms == 0


def test_frames_are_drawn_once_a_flip_and_those_of_the_warm_up_do_not_count():
    window, drawn = PacedWindow(), []
    times = record_flips(window, drawn.append, 0.5, 5, clock=lambda: window.now)
    assert drawn == list(range(5 + 30)) or drawn == list(range(5 + 31))
    assert len(times) == len(drawn) - 5 + 1


def test_the_claim_counts_flips_and_never_rounds_up_to_a_hundred():
    good = described_flips(flip_times(3600), PERIOD)
    assert claim_of(PERIOD, good) == (
        "onsets are within one frame of 16.7 ms in 100 % of 3,600 flips; 0 missed"
    )
    one = described_flips(flip_times(36000, missed=(100,)), PERIOD)
    assert claim_of(PERIOD, one) == (
        "onsets are within one frame of 16.7 ms in 99.99 % of 36,000 flips; 1 missed"
    )
    many = described_flips(flip_times(3600, missed=(5, 100, 1000)), PERIOD)
    assert "in 99.92 % of 3,600 flips; 3 missed" in claim_of(PERIOD, many)


def test_a_good_machine_has_nothing_against_it():
    flips = described_flips(flip_times(3600, missed=(5, 100, 1000)), PERIOD)
    checks = [Check("screen", True, "good"), Check("refresh", False, "bad", excused="a rehearsal")]
    assert reasons_against(checks, PERIOD, flips, keys()) == []


@pytest.mark.parametrize(
    ("flips", "pressed", "reason"),
    [
        (flip_times(3600, (5, 100, 1000, 2000)), keys(), "4 of 3,600 missed (0.11 %), wanted at"),
        (flip_times(49), keys(), "flips: found 49, wanted at least 50"),
        (
            [number * PERIOD + (0.002 if number % 2 else 0) for number in range(600)],
            keys(),
            "flips: intervals scatter by 2.00 ms",
        ),
        ([number / 144 for number in range(600)], keys(), "one in 6.94 ms (median), refreshes in"),
        (flip_times(), keys(3), "keys: 3 of 20 presses heard"),
        (flip_times(), keys(0), "keys: 0 of 20 presses heard"),
        (flip_times(), keys(pressed_by="script"), "keys: pressed by a script"),
    ],
)
def test_what_spoils_the_claim_is_a_reason(flips, pressed, reason):
    found = reasons_against([], PERIOD, described_flips(flips, PERIOD), pressed)
    assert len(found) == 1
    assert reason in found[0]


def test_flips_are_not_judged_by_a_refresh_that_nobody_measured():
    bad = Check("refresh", False, "not measured: drawn by a program")
    flips = described_flips([number / 31 for number in range(600)], PERIOD)
    assert reasons_against([bad], None, flips, keys()) == [
        "refresh: not measured: drawn by a program"
    ]
