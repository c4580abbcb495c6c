"""Which images a trial shows: references by condition and scheme, and the queries."""

import numpy as np

from conditions.study.kinds.kind import Asked, Images
from conditions.study.kinds.paths import batch_image
from conditions.study.parts import Part, parse_scheme
from conditions.study.study import Study
from conditions.tables.condition_file import GRID


def queries(study: Study, part: Part, unit: str, batch: int) -> dict[str, str]:
    """The two query images by pole: the most extreme natural ones of the batch."""
    ranks = {"min": 0, "max": study.bins_of(part) - 1}
    set_of = _set_of(study, part)
    return {
        pole: batch_image(study.photographs, unit, batch, pole, rank, set_of)
        for pole, rank in ranks.items()
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
        Name of a kind.
    unit, batch
        Whose images.
    rng : numpy.random.Generator
        For kinds that draw, see :meth:`ReferenceKind.shown`.

    Returns
    -------
    dict
        Paths for ``min`` and ``max``. A scheme that shows only one of them still has
        both: a catch trial's other query is a copy of what would be shown.
    """
    count = parse_scheme(part.scheme)[1]
    asked = Asked(unit, batch, count, study.bins_of(part), _set_of(study, part))
    return study.references[condition].shown(condition, asked, study.references, rng)


def side_by_side(
    study: Study, unit: str, batch: int, rng: np.random.Generator
) -> dict[str, tuple[str, ...]]:
    """Maximally activating images of the two kinds that are rated, by name, the left one first.

    As many of each, and as many as there are.
    """
    kinds, bins = study.references, study.natural.bins
    names = study.left_and_right or ()
    count = min(GRID, *(kinds[name].images_a_pole(bins, kinds) for name in names))
    asked = Asked(unit, batch, count, bins)
    return {name: kinds[name].shown(name, asked, kinds, rng)["max"] for name in names}


def _set_of(study: Study, part: Part) -> int | None:
    bins = study.bins_of(part)
    return None if bins == study.natural.bins else bins
