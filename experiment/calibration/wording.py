"""A calibration in words, for the operator."""

from conditions.rig.luminance import CHANNELS, Estimate, Luminance, Verification
from conditions.rig.rig import Rig
from conditions.study.presentation import Presentation
from experiment.screen.correction import correction_for

# A screen that is farther off after correction than this is to be looked at.
WORST_PERCENT = 3.0


def report_lines(rig: Rig, luminance: Luminance, screen: tuple[int, int]) -> list[str]:
    """What was found, a line each: a rig, its luminance, and its screen in pixels."""
    width, height = screen
    black, white = luminance.limits
    left = ", ".join(map(str, correction_for(rig, Presentation()).levels_left))
    return [
        f"{rig.width_cm:g} cm at {rig.distance_cm:g} cm, {width} × {height} px: "
        f"{rig.pixels(1, width):.2f} pixels per degree at the centre",
        f"refresh {rig.refresh_hz:g} Hz",
        f"luminance {black:.3g} to {white:.4g} cd/m², room light "
        + ("not measured" if luminance.ambient is None else f"{luminance.ambient:g} cd/m² of this"),
        *(_channel(luminance, name) for name in CHANNELS),
        f"the correction inverts {_curve(luminance)}",
        f"{luminance.readings_in_all} readings, which scatter by {luminance.noise_percent:.2g} %; "
        + _repeat(luminance),
        f"drift over the sweeps: {_percent(luminance.drift_percent)}",
        f"white is {luminance.additivity_percent:+.2g} % of the sum of the channels",
        f"of 256 levels, {left} are left in red, green, blue",
        _verified(luminance.verification),
    ]


def _channel(luminance: Luminance, name: str) -> str:
    fit = getattr(luminance, name).fit
    values = ", ".join(
        f"{what} {_interval(estimate)}"
        for what, estimate in (("gamma", fit.gamma), ("gain", fit.gain), ("offset", fit.offset))
    )
    return f"{name}: {values}"


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.4g} [{estimate.low:.4g}, {estimate.high:.4g}]"


def _percent(estimate: Estimate | None) -> str:
    if estimate is None:
        return "not estimated"
    return f"{estimate.value:+.2g} % [{estimate.low:+.2g}, {estimate.high:+.2g}]"


def _curve(luminance: Luminance) -> str:
    misfit = f"{luminance.misfit_percent:.2g} % of the range"
    if luminance.curve == "fit":
        return f"the fitted power law (readings are at most {misfit} away)"
    return f"a curve through the readings, for the power law misses them by {misfit}"


def _repeat(luminance: Luminance) -> str:
    if luminance.repeat_percent is None:
        return "the sweep was not repeated"
    return (
        f"{luminance.sweeps} sweeps, the last differs from the first by "
        f"{luminance.repeat_percent:.2g} %"
    )


def _verified(found: Verification | None) -> str:
    if found is None:
        return "the correction was not verified"
    line = (
        f"after correction, {found.readings} readings of fresh levels are at most "
        f"{found.worst_percent:.2g} % of the range off ({found.worst_at}), "
        f"{found.rms_percent:.2g} % on average"
    )
    if found.worst_percent > WORST_PERCENT:
        line += f": more than {WORST_PERCENT:g} %, look at the picture before you go on"
    return line
