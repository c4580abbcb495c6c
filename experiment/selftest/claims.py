"""What may be claimed of a machine's timing, and the reasons why nothing may be."""

from collections.abc import Iterable

from conditions.rig.selftest import Flips, Presses
from experiment.checks.check import Check
from experiment.checks.preflight import REFRESH_TOLERANCE

# More than one flip in a thousand missed: of the 600 onsets of a long session one would then be
# late by a refresh.
MOST_MISSED = 0.001
# Precision of visual onsets that all programs recommended for laboratories reached on hardware of
# 2020: a standard deviation under 1 ms (Bridges, Pitiot, MacAskill & Peirce 2020,
# doi:10.7717/peerj.9414).
MOST_SD_MS = 1.0
# Psychtoolbox takes no fewer valid samples of the refresh as a measurement (its SyncTrouble page).
FEWEST_FLIPS = 50


def reasons_against(
    checks: Iterable[Check], period: float | None, flips: Flips, keys: Presses
) -> list[str]:
    """Why nothing may be claimed, a sentence each; empty where something may be.

    Parameters
    ----------
    checks : iterable of Check
        Of the screen, its refreshes and the machine; a failed one is a reason.
    period : float or None
        Seconds between two refreshes as measured; None where they were not, and flips say nothing.
    flips, keys
        What was found.
    """
    failed = [f"{check.name}: {check.found}" for check in checks if check.failed]
    return [*failed, *(_of_flips(flips, period) if period else []), *_of_keys(keys)]


def claim_of(period: float, flips: Flips) -> str:
    """What may be claimed of onsets, in a sentence."""
    return (
        f"onsets are within one frame of {1000 * period:.1f} ms in "
        f"{_percent(flips.flips - flips.missed, flips.flips)} % of {flips.flips:,} flips; "
        f"{flips.missed} missed"
    )


def _of_flips(flips: Flips, period: float) -> list[str]:
    reasons = []
    if flips.flips < FEWEST_FLIPS:
        reasons.append(f"flips: found {flips.flips}, wanted at least {FEWEST_FLIPS}")
    if flips.median_ms < 1000 * period * (1 - REFRESH_TOLERANCE):
        reasons.append(
            f"flips: one in {flips.median_ms:.2f} ms (median), refreshes in {1000 * period:.2f} "
            "ms: flips do not wait for the screen"
        )
    if flips.missed > MOST_MISSED * flips.flips:
        share = f"{100 * flips.missed / flips.flips:.2g} %"
        reasons.append(
            f"flips: {flips.missed:,} of {flips.flips:,} missed ({share}), wanted at most "
            f"{100 * MOST_MISSED:g} %"
        )
    if flips.sd_ms > MOST_SD_MS:
        reasons.append(
            f"flips: intervals scatter by {flips.sd_ms:.2f} ms (standard deviation, missed ones "
            f"left out), wanted at most {MOST_SD_MS:g} ms"
        )
    return reasons


def _of_keys(keys: Presses) -> list[str]:
    reasons = []
    if keys.heard < keys.wanted:
        reasons.append(f"keys: {keys.heard} of {keys.wanted} presses heard")
    if keys.pressed_by == "script":
        reasons.append("keys: pressed by a script, not on the participant's keyboard")
    return reasons


def _percent(part: int, whole: int) -> str:
    """A share in percent, never rounded up to a hundred."""
    share = 100 * part / whole
    return "100" if part == whole else f"{min(share, 99.99):.4g}"
