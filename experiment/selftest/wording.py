"""A self-test in words, for the operator."""

from conditions.rig.selftest import Presses, SelfTest, Times, Trials
from experiment.selftest.outputs.wording import output_lines

BEFORE = """
Leave the computer as it is in sessions: the same programs closed, the same cables.
Trials are shown for about {minutes}; then you press any key {presses} times
on the keyboard (or response box) of the participants.

Escape stops it, and nothing is written.
"""
KEYBOARD = "the participant's keyboard"
PRESS = "Press any key, {wanted} times, on {where}.\n\n{heard}"


def report_lines(test: SelfTest) -> list[str]:
    """What was found, a line each."""
    flips, width, height = test.flips, *test.screen_px
    measured = "measured" if test.refresh_measured else "not measured"
    return [
        f"{test.host}: {test.renderer}, {width} × {height} px, {test.refresh_hz:.2f} Hz "
        f"({measured})",
        f"flips: {flips.flips:,} with {test.images} images of {test.image_px} px in "
        f"{flips.seconds:.1f} s, {flips.missed:,} missed; median {flips.median_ms:.2f} ms, "
        f"standard deviation {flips.sd_ms:.2f} ms, longest {flips.longest_ms:.1f} ms",
        _trials(test.trials),
        *(
            f"flips with garbage collection {'held' if each.garbage_held else 'free'}, priority "
            f"{each.priority}: {each.missed:,} of {each.flips:,} missed, median "
            f"{each.median_ms:.2f} ms, longest {each.longest_ms:.1f} ms"
            for each in test.sections
        ),
        *output_lines(test.outputs),
        _keys(test.keys),
    ]


def conclusions(test: SelfTest) -> list[str]:
    """What may be claimed, or why nothing may be, a line each."""
    if test.claim is not None:
        return [f"claim: {test.claim}"]
    return [f"no claim: {reason}" for reason in test.reasons]


def _trials(trials: Trials) -> str:
    return (
        f"trials: decoding {_times(trials.decode)}, waited for it {_times(trials.waited)}, upload "
        f"{_times(trials.upload)}; from a trial's end to the next onset {_times(trials.gap)}, of "
        f"which {trials.gap_asked_ms:.0f} ms are asked for; {trials.missed:,} of {trials.flips:,} "
        "flips missed while the next trial is decoded"
    )


def _keys(keys: Presses) -> str:
    line = f"keys: {keys.heard} of {keys.wanted} presses heard"
    if keys.devices:
        line += ", from " + ", ".join(f"{name} ({n})" for name, n in keys.devices.items())
    if keys.to_program:
        line += f"; from time stamp to program {_times(keys.to_program)}"
    if keys.stamp_error:
        return f"{line}; time stamps {_times(keys.stamp_error)} after the script's press"
    return f"{line}; from finger to time stamp is not measured"


def _times(times: Times) -> str:
    return f"{times.median_ms:.1f} ms (at most {times.longest_ms:.1f})"
