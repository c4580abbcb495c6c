"""What the network makes of images before any of them is written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from conditions.errors import StudyError
from conditions.study.recipes import ImageSize
from stimgen.activations import measure_images
from stimgen.bringing.check import Checked
from stimgen.bringing.offered.listing import refuse
from stimgen.bringing.original import UnfitError, open_original
from stimgen.models.model import Model


@dataclass(frozen=True)
class Measured:
    """An image, the activation of its unit for it, and the median over the pool."""

    checked: Checked
    activation: float
    median: float


def measure_all(
    model: Model,
    units: pd.DataFrame,
    checked: Sequence[Checked],
    size: ImageSize,
    medians: Mapping[str, float],
    on_progress: Callable[[int], object] = lambda n: None,
) -> list[Measured]:
    """Measure images by unit, as they will be seen: a PNG keeps their pixels.

    Raises
    ------
    StudyError
        Names the first images whose activation is not finite, or that are not what they were.
    """
    measured: list[Measured] = []
    for unit in units.to_dict("records"):
        own = [one for one in checked if one.given.unit == unit["unit"]]
        if not own:
            continue
        squares = (square_of(one, size) for one in own)
        found = measure_images(model, squares, unit["layer"], int(unit["channel"]))
        median = float(medians[unit["unit"]])
        measured += [
            Measured(one, float(activation), median)
            for one, activation in zip(own, found, strict=True)
        ]
        on_progress(len(own))
    refuse(_not_finite(measured))
    return measured


def square_of(one: Checked, size: ImageSize) -> Image.Image:
    """The square of an image that is shown.

    Raises
    ------
    StudyError
        Where its file is not what it was when it was checked.
    """
    try:
        original, square = open_original(one.path, size, exact=False)
    except UnfitError as error:
        raise StudyError(f"{one.given.told}: {error}") from error
    if original != one.original:
        raise StudyError(
            f"{one.given.told}: has changed while it was brought: run the "
            "command again when nobody writes there"
        )
    return square


def _not_finite(measured: Sequence[Measured]) -> Iterator[str]:
    for one in measured:
        if not np.isfinite(one.activation):
            given = one.checked.given
            yield (
                f"{given.told}: found an activation of {one.activation} of unit "
                f"{given.unit}, wanted a finite number: leave the image out, or the unit"
            )
