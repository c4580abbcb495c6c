"""A simulated screen and its photometer: known truth for tests and for trying the procedure."""

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from conditions.rig.luminance import TOP, Candelas
from conditions.yaml.reading import read_yaml
from conditions.yaml.strict import Seed, Share, Strict
from experiment.calibration.patches import Patch
from experiment.calibration.screen import PatchScreen

Gamma = Annotated[float, Field(gt=0, le=10)]
Gain = Annotated[float, Field(gt=0, le=100_000)]


class SimulatedScreen(Strict):
    """Truth about a screen that does not exist, and the faults of its photometer.

    Luminance of red, green and blue together is ``black + ambient`` plus, for each channel,
    ``gain`` · (level / 255) ^ ``gamma``; it changes by ``drift_per_hour`` (a share) and is read
    with multiplicative noise of standard deviation ``noise`` (a share), additive noise of ``floor``
    cd/m², and to a ``resolution`` in cd/m². A reading takes ``seconds_each`` simulated seconds.
    """

    gamma: tuple[Gamma, Gamma, Gamma] = Field((2.2, 2.1, 2.3), strict=False)
    gain: tuple[Gain, Gain, Gain] = Field((21.0, 71.0, 7.5), strict=False)
    black: Candelas = 0.25
    ambient: Candelas = 0.15
    noise: Share = 0.01
    floor: Candelas = 0.002
    resolution: Annotated[float, Field(gt=0, le=100)] = 0.001
    drift_per_hour: Annotated[float, Field(gt=-1, lt=1)] = 0.0
    seconds_each: Annotated[float, Field(gt=0, le=3600)] = 4.0
    seed: Seed = 1

    def luminance(self, pixels: np.ndarray) -> np.ndarray:
        """True luminance in cd/m² of levels of red, green, blue: shape (…, 3) to (…)."""
        above = np.asarray(self.gain) * (np.asarray(pixels) / TOP) ** np.asarray(self.gamma)
        return self.black + self.ambient + above.sum(axis=-1)


class SimulatedPhotometer:
    """Looks at what a window draws, and says what the simulated screen would show there."""

    name = "simulated"
    simulated = True

    def __init__(self, screen: SimulatedScreen) -> None:
        self.screen = screen
        self._rng = np.random.default_rng(screen.seed)
        self._n_read = 0

    def seconds(self) -> float:
        """Simulated seconds since the first reading."""
        return self._n_read * self.screen.seconds_each

    def read(self, screen: PatchScreen, patch: Patch) -> float:
        """A reading of what the window has drawn, from its frame buffer."""
        return self.reading(np.asarray(screen.seen()))

    def reading(self, pixels: np.ndarray) -> float:
        """A noisy reading in cd/m² of the mean luminance of levels of red, green, blue: (…, 3)."""
        screen = self.screen
        self._n_read += 1
        true = float(screen.luminance(pixels).mean())
        true *= 1 + screen.drift_per_hour * self.seconds() / 3600
        noise = self._rng.normal(size=2)
        read = true * (1 + screen.noise * noise[0]) + screen.floor * noise[1]
        return max(0.0, round(read / screen.resolution) * screen.resolution)


def load_simulated_screen(path: Path | None) -> SimulatedScreen:
    """A simulated screen from its YAML file; without one, a usual monitor.

    Raises
    ------
    StudyError
        Where the file or a field does not fit.
    """
    return SimulatedScreen() if path is None else read_yaml(path, SimulatedScreen, "a screen")
