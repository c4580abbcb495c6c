"""Which images a trial shows: references by condition and scheme, queries, copies for catch."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from conditions.folder import blurred_image, natural_image, synthetic_image
from conditions.study.parts import Part, parse_scheme
from conditions.study.study import Study
from conditions.tables.stimuli import POLES

Images = dict[str, tuple[str, ...]]


def queries(study: Study, part: Part, unit: str, batch: int) -> dict[str, str]:
    """The two query images by pole: the most extreme natural ones of the batch."""
    bins = study.bins_of(part)
    return {
        "min": natural_image(unit, batch, "min", 0, _set_of(study, part)),
        "max": natural_image(unit, batch, "max", bins - 1, _set_of(study, part)),
    }


def references(
    study: Study, part: Part, condition: str, unit: str, batch: int, rng: np.random.Generator
) -> Images:
    """References of both poles, in the order in which a grid shows them.

    Parameters
    ----------
    study, part
        Recipes, scheme and set of natural images.
    condition : str
        Any but ``none``.
    unit, batch
        Whose images.
    rng : numpy.random.Generator
        Decides the places of the synthetic images in ``mixed``; unused otherwise.

    Returns
    -------
    dict
        Paths for ``min`` and ``max``. A scheme that shows only one of them still has
        both: a catch trial's other query is a copy of what would be shown.
    """
    _, count = parse_scheme(part.scheme)
    if condition == "synthetic":
        return _synthetic(unit, count, study.synthetic.images)
    path = blurred_image if condition == "blurred" else natural_image
    natural = _photographs(path, unit, batch, count, study.bins_of(part), _set_of(study, part))
    if condition == "mixed":
        return _mixed(natural, _synthetic(unit, count, study.synthetic.images), rng)
    return natural


def intuitiveness_images(
    study: Study, unit: str, count: int, batch: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Synthetic and natural maximally activating images of one unit, to be seen side by side."""
    natural = _photographs(natural_image, unit, batch, count, study.natural.bins, None)
    return _synthetic(unit, count, study.synthetic.images)["max"], natural["max"]


def _set_of(study: Study, part: Part) -> int | None:
    bins = study.bins_of(part)
    return None if bins == study.natural.bins else bins


# Participants share batches, and sessions show a unit again and again.
@lru_cache(maxsize=65536)
def _photographs(
    path: Callable[..., str], unit: str, batch: int, count: int, bins: int, set_of: int | None
) -> Images:
    """The images next in rank to the queries: from min_1 on, and up to the last bin but one."""
    ranks = {"min": range(1, 1 + count), "max": range(bins - 1 - count, bins - 1)}
    return {pole: tuple(path(unit, batch, pole, r, set_of) for r in ranks[pole]) for pole in POLES}


@lru_cache(maxsize=65536)
def _synthetic(unit: str, count: int, images: int) -> Images:
    """Images 0 and on of both poles; min ones from 1 where all but one are shown, as published."""
    first = 1 if count == images - 1 and count > 1 else 0
    ranks = {"min": range(first, first + count), "max": range(count)}
    return {
        pole: tuple(synthetic_image(unit, pole, rank) for rank in ranks[pole]) for pole in POLES
    }


def _mixed(natural: Images, synthetic: Images, rng: np.random.Generator) -> Images:
    """Half natural, half synthetic; which places are which is drawn for each grid.

    Of an odd number of places, the one over is natural in the one grid and synthetic in the
    other, so that a trial with two grids shows as many of each.
    """
    count = len(natural["max"])
    more = int(rng.integers(2))
    mixed = {}
    for turn, pole in enumerate(POLES):
        n_natural = (count + (more + turn) % 2) // 2
        places = set(rng.permutation(count)[:n_natural].tolist())
        mixed[pole] = tuple(
            (natural if place in places else synthetic)[pole][place] for place in range(count)
        )
    return mixed
