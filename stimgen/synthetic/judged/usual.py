"""Activation at the borders of photographs' maps."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from stimgen.synthetic.judged.regions import Borders, borders, have_inside

# A smaller spread, as a share of the activation, is rounding: nothing varies.
CONSTANT = 1e-6


@dataclass(frozen=True, eq=False)
class UsualActivation:
    """A unit's activation maps for photographs.

    Attributes
    ----------
    mean, sd : float
        Of the maps: the mean inside, the standard deviation over all places of all photographs.
    borders : Borders
        In such standard deviations from that mean; one channel.
    """

    mean: float
    sd: float
    borders: Borders

    def of(self, maps: np.ndarray) -> Borders | None:
        """The same of other maps (images × rows × columns); None where they are not finite."""
        if not np.isfinite(maps).all():
            return None
        return borders((maps[:, None] - self.mean) / self.sd)


def usual_activations(parts: Iterable[np.ndarray]) -> list[UsualActivation | None]:
    """What is usual of each of some units.

    Parameters
    ----------
    parts : iterable of ndarray
        Maps of some of the photographs at a time: photographs × units × rows × columns.

    Returns
    -------
    list
        For each unit; None where its maps have no inside, are not finite, or are the same at all
        places, as those of a dead unit.
    """
    seen, moments = [], []
    for maps in parts:
        if not have_inside(maps):
            return [None] * maps.shape[1]
        # What is not finite is found in the sums.
        with np.errstate(invalid="ignore"):
            seen.append(borders(maps))
            moments.append(_moments(maps))
    differences = np.concatenate([part.differences for part in seen])
    inside = np.concatenate([part.inside for part in seen])
    count, total, squares = (np.sum(one, axis=0) for one in zip(*moments, strict=True))
    with np.errstate(invalid="ignore"):
        means = total / count
        spread = np.sqrt(np.maximum(0, squares / count - means**2))
    return [
        _of_unit(differences[..., unit], inside[:, unit], spread[unit], means[unit])
        for unit in range(inside.shape[1])
    ]


def _moments(maps: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
    values = maps.astype(np.float64)
    return maps[:, 0].size, values.sum((0, 2, 3)), (values**2).sum((0, 2, 3))


def _of_unit(
    differences: np.ndarray, inside: np.ndarray, sd: float, level: float
) -> UsualActivation | None:
    # Also where one of the two is no number.
    if not sd > CONSTANT * abs(level):
        return None
    mean = inside.mean()
    return UsualActivation(
        float(mean), float(sd), Borders(differences[..., None] / sd, (inside[:, None] - mean) / sd)
    )
