"""What is kept of a calibration: tables, curves, and how good they are."""

from collections import defaultdict

import numpy as np
from pydantic import ValidationError
from scipy.stats import f as f_distribution

from conditions.errors import StudyError
from conditions.rig.luminance import CHANNELS, TOP, Channel, Luminance, PowerLaw, Verification
from conditions.yaml.misfits import describe_misfits
from experiment.calibration.fit import Fit, fit_screen
from experiment.calibration.patches import GREY, SHOWN, Reading
from experiment.screen.correction import wanted_share

# The power law is given up where it misses a mean reading by more than this share of the range, and
# readings of the same patch differ too little to explain that (with this probability, at most).
# Where no patch was read twice, it takes more.
MISFIT_PERCENT = 1.0
MISFIT_CHANCE = 0.001
MISFIT_UNREPEATED_PERCENT = 3.0
DIGITS = 6


def summarise(
    readings: list[Reading], photometer: str, simulated: bool, ambient: float | None
) -> Luminance:
    """Fit the readings of all sweeps and sum them up.

    The correction will invert the fitted power law: it pools all readings, so that the scatter of
    single ones does not become steps of the correction. Where mean readings show that the screen
    follows no power law, it will invert a rising curve through them instead.

    Raises
    ------
    StudyError
        Where no curve can be fitted.
    """
    fit = fit_screen(readings)
    by_level: dict[str, dict[int, list[float]]] = {name: defaultdict(list) for name in SHOWN}
    for reading in readings:
        by_level[reading.patch.channel][reading.patch.value].append(fit.undrifted(reading))
    tables = {
        name: {level: float(np.mean(levels[level])) for level in sorted(levels)}
        for name, levels in by_level.items()
    }
    channels = {name: _channel(name, tables[name], fit) for name in SHOWN}
    sweeps = max(reading.patch.repetition for reading in readings)
    repeat = _repeat(readings, fit) if sweeps > 1 else None
    misfit = max(_misfit(tables[name], fit.curves[name]) for name in CHANNELS)
    refuted = misfit > MISFIT_UNREPEATED_PERCENT
    if sweeps > 1:
        refuted = misfit > MISFIT_PERCENT and lack_of_fit(by_level, fit) < MISFIT_CHANCE
    white = tables[GREY][TOP]
    summed = float(np.mean([fit.curves[name].offset.value for name in CHANNELS])) + sum(
        fit.curves[name].gain.value for name in CHANNELS
    )
    return Luminance(
        photometer=photometer,
        simulated=simulated,
        ambient=ambient,
        curve="table" if refuted else "fit",
        sweeps=sweeps,
        readings_in_all=len(readings),
        noise_percent=_rounded(100 * fit.noise),
        repeat_percent=repeat,
        drift_percent=fit.drift.model_copy(
            update={k: _rounded(100 * v) for k, v in fit.drift.model_dump().items()}
        ),
        additivity_percent=_rounded(100 * (white - summed) / summed),
        misfit_percent=_rounded(misfit),
        red=channels["red"],
        green=channels["green"],
        blue=channels["blue"],
        grey=channels[GREY],
    )


def errors_after_correction(
    luminance: Luminance, readings: list[Reading]
) -> dict[tuple[str, int], float]:
    """Distance from the wanted luminance by channel and pixel value, in % of the range.

    Repeated readings of a patch are averaged. What 256 levels cannot show, and what is left of the
    photometer's noise, are part of it.
    """
    share, values = wanted_share("srgb"), defaultdict(list)
    for reading in readings:
        values[reading.patch.channel, reading.patch.value].append(reading.luminance)
    curves = luminance.curves()
    black, reach = curves[:, 0], curves[:, -1] - curves[:, 0]
    # Grey is wanted to be what its three channels are: a screen that does not add up shows here.
    ends = dict(zip(CHANNELS, zip(black, reach, strict=True), strict=True))
    ends[GREY] = float(np.mean(black)), float(np.sum(reach))
    errors = {}
    for (channel, value), read in values.items():
        lowest, its_reach = ends[channel]
        wanted = lowest + share[value] * its_reach
        errors[channel, value] = 100 * float(np.mean(read) - wanted) / its_reach
    return errors


def verification(luminance: Luminance, readings: list[Reading]) -> Verification:
    """How far readings after correction (for sRGB) are from what was wanted."""
    errors = errors_after_correction(luminance, readings)
    channel, value = max(errors, key=lambda each: abs(errors[each]))
    return Verification(
        worst_percent=_rounded(abs(errors[channel, value])),
        rms_percent=_rounded(float(np.sqrt(np.mean(np.square(list(errors.values())))))),
        worst_at=f"{channel} {value}",
        readings=len(readings),
    )


def _channel(name: str, table: dict[int, float], fit: Fit) -> Channel:
    content = {
        "readings": {level: _rounded(value) for level, value in table.items()},
        "fit": _rounded_law(fit.curves[name]),
    }
    try:
        return Channel.model_validate(content)
    except ValidationError as error:
        raise StudyError(describe_misfits(f"calibration, {name}", error, Channel)) from error


def _misfit(table: dict[int, float], curve: PowerLaw) -> float:
    """Farthest that a mean reading is from its curve, in % of the range."""
    off = np.array(list(table.values())) - curve.luminance(np.array(list(table)))
    return 100 * float(np.abs(off).max()) / curve.gain.value


def lack_of_fit(by_level: dict[str, dict[int, list[float]]], fit: Fit) -> float:
    """Probability that power laws miss the mean readings of the channels as far by scatter alone.

    The F test for lack of fit (Draper & Smith 1998, Applied regression analysis, section 2.1),
    weighted: the scatter of readings of the same patch is the measure, for residuals are large
    where the curve is wrong.
    """
    # Of numpy's kind: where nothing scatters, the ratio is infinite and no error.
    missed: np.floating = np.float64(0)
    scattered: np.floating = np.float64(0)
    missed_df = scattered_df = 0
    for name in CHANNELS:
        curve = fit.curves[name]
        for level, read in by_level[name].items():
            wanted = float(curve.luminance(np.array(level)))
            variance = (fit.noise * wanted) ** 2 + fit.floor**2
            missed += len(read) * (np.mean(read) - wanted) ** 2 / variance
            scattered += len(read) * np.var(read) / variance
            scattered_df += len(read) - 1
        missed_df += len(by_level[name]) - len(PowerLaw.model_fields)
    ratio = (missed / missed_df) / (scattered / scattered_df)
    return float(f_distribution.sf(ratio, missed_df, scattered_df))


def _repeat(readings: list[Reading], fit: Fit) -> float:
    """Root mean square difference of the last sweep from the first, in % of what was read."""
    by_sweep: dict[int, dict[tuple[str, int], float]] = defaultdict(dict)
    for reading in readings:
        patch = reading.patch
        by_sweep[patch.repetition][patch.channel, patch.value] = fit.undrifted(reading)
    first, last = by_sweep[min(by_sweep)], by_sweep[max(by_sweep)]
    brighter = [key for key in first if key in last and key[1] > TOP / 4]
    changes = [last[key] / first[key] - 1 for key in brighter]
    return _rounded(100 * float(np.sqrt(np.mean(np.square(changes)))))


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _rounded_law(law: PowerLaw) -> PowerLaw:
    return PowerLaw.model_validate(
        {
            name: {each: _rounded(value) for each, value in estimate.items()}
            for name, estimate in law.model_dump().items()
        }
    )
