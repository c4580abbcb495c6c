"""From readings to curves: offset, gain and gamma of every channel, with their intervals.

One weighted least-squares fit over red, green and blue:

    luminance = (offset + gain · x^gamma) · (1 + drift · t)

where x is the level over 255 and t runs from −1 at the first reading to 0 at the last. Photometers
err in proportion to what they read, and by a little more in the dark: the standard deviation of a
reading is taken to be √((noise · luminance)² + floor²), and both are estimated from the residuals
of all channels together, in turn with the curves. Intervals are value ± t · standard error, from
the curvature at the solution.

Grey is fitted apart: a sum of power laws with different gammas is none, and would be taken for
noise of the channels.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares, minimize
from scipy.stats import t as student

from conditions.errors import StudyError
from conditions.rig.luminance import TOP, Estimate, PowerLaw
from experiment.calibration.patches import GREY, Reading

ROUNDS = 6
# Where a typical screen's curve is looked for first.
FIRST_GAMMA = 2.2
# No photometer of a laboratory is as good as this share of the brightest reading.
LEAST_FLOOR = 1e-6
LEAST_NOISE = 1e-4
TWO_SIDED = 0.975


@dataclass(frozen=True)
class Fit:
    """Curves by channel (as at the last reading), and what was found about the readings.

    ``drift`` is the share by which luminance changed from the ``first`` to the ``last`` second of
    the readings, ``noise`` the standard deviation of a reading as a share of it, ``floor`` that in
    the dark in cd/m².
    """

    curves: dict[str, PowerLaw]
    drift: Estimate
    noise: float
    floor: float
    first: float
    last: float

    def undrifted(self, reading: Reading) -> float:
        """A reading in cd/m² as it would have been at the end."""
        t = (reading.seconds - self.last) / (self.last - self.first)
        return reading.luminance / (1 + self.drift.value * t)


def fit_screen(readings: list[Reading]) -> Fit:
    """Fit the channels together, and grey apart.

    Raises
    ------
    StudyError
        Where no curve can be fitted.
    """
    grey = [reading for reading in readings if reading.patch.channel == GREY]
    fit = _fit([reading for reading in readings if reading.patch.channel != GREY])
    return replace(fit, curves=fit.curves | _fit(grey).curves)


def _fit(readings: list[Reading]) -> Fit:
    channels = list(dict.fromkeys(reading.patch.channel for reading in readings))
    which = np.array([channels.index(reading.patch.channel) for reading in readings])
    x = np.array([reading.patch.value for reading in readings]) / TOP
    y = np.array([reading.luminance for reading in readings])
    seconds = np.array([reading.seconds for reading in readings])
    if len(y) <= 3 * len(channels) + 1:
        raise StudyError(
            f"calibration: {len(y)} readings are too few to fit {len(channels)} curves"
        )

    t = (seconds - seconds[-1]) / (seconds[-1] - seconds[0])

    def predicted(parameters: np.ndarray) -> np.ndarray:
        offset, gain, gamma = (parameters[i:-1:3][which] for i in range(3))
        return (offset + gain * x**gamma) * (1 + parameters[-1] * t)

    parameters = np.array([*_first_guess(which, x, y), 0.0])
    noise, floor = 0.01, 1e-3 * y.max()
    lower = np.array([-np.inf, 0, 0.1] * len(channels) + [-0.9])
    upper = np.array([np.inf, np.inf, 10] * len(channels) + [0.9])
    for _ in range(ROUNDS):
        # Deviations by the curve, not by the readings: these would weigh low ones too much.
        deviation = np.hypot(noise * predicted(parameters), floor)
        found = least_squares(
            lambda p, deviation=deviation: (predicted(p) - y) / deviation,
            parameters,
            bounds=(lower, upper),
            x_scale=np.maximum(np.abs(parameters), 1e-3),
        )
        parameters = found.x
        noise, floor = _noise(predicted(parameters), y, len(parameters))
    if not found.success or np.linalg.matrix_rank(found.jac) < len(parameters):
        raise StudyError(
            "calibration: no curve fits the readings (do they rise with level, in every channel?)"
        )
    errors = np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)))
    width = student.ppf(TWO_SIDED, len(y) - len(parameters)) * errors
    estimates = [
        Estimate(value=float(v), low=float(v - w), high=float(v + w))
        for v, w in zip(parameters, width, strict=True)
    ]
    return Fit(
        curves={
            channel: PowerLaw(
                offset=estimates[3 * i], gain=estimates[3 * i + 1], gamma=estimates[3 * i + 2]
            )
            for i, channel in enumerate(channels)
        },
        drift=estimates[-1],
        noise=noise,
        floor=floor,
        first=float(seconds[0]),
        last=float(seconds[-1]),
    )


def _first_guess(which: np.ndarray, x: np.ndarray, y: np.ndarray) -> list[float]:
    guess = []
    for channel in range(which.max() + 1):
        mine = y[which == channel]
        dark, bright = mine[np.argmin(x[which == channel])], mine[np.argmax(x[which == channel])]
        guess += [dark, max(bright - dark, LEAST_FLOOR), FIRST_GAMMA]
    return guess


def _noise(predicted: np.ndarray, y: np.ndarray, n_fitted: int) -> tuple[float, float]:
    """Most likely noise and floor of normal residuals, widened for the fitted parameters."""
    squares = (y - predicted) ** 2 * len(y) / (len(y) - n_fitted)
    least = np.log([LEAST_NOISE, LEAST_FLOOR * y.max()])

    def loss(logs: np.ndarray) -> float:
        noise, floor = np.exp(np.maximum(logs, least))
        variance = (noise * predicted) ** 2 + floor**2
        return float(np.sum(np.log(variance) + squares / variance))

    start = np.log([0.01, 1e-3 * y.max()])
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6})
    noise, floor = np.exp(np.maximum(found.x, least))
    return float(noise), float(floor)
