"""What is said of activations that are no finite numbers: of the units, and of the images."""

from dataclasses import dataclass

import numpy as np

from stimgen.natural.scanning.extremes import LISTED, NONE, Extremes
from stimgen.natural.scanning.scan import PoolScan
from stimgen.pool.images import Pool
from stimgen.wording import NAMED, named


@dataclass(frozen=True)
class Broken:
    """A unit with activations that are not finite.

    Attributes
    ----------
    unit : str
        Its name.
    images : int
        Number of different images with such an activation.
    counted : bool
        Whether that is the number; else it follows from the sample of the pool.
    first : list of int
        The first of them, by place in the pool.
    """

    unit: str
    images: int
    counted: bool
    first: list[int]


def broken_units(scan: PoolScan, units: list[str]) -> list[Broken]:
    """The units, named as the columns of a scan, with activations that are not finite."""
    extremes = scan.extremes
    listed = (extremes.not_finite_images != NONE).sum(0)
    found: dict[str, Broken] = {}
    # A unit of the study has a second column where all are ranked.
    for column in np.flatnonzero(listed):
        first = [int(image) for image in extremes.not_finite_images[: listed[column], column]]
        number = _count(scan, column, len(first))
        found.setdefault(units[column], Broken(units[column], *number, first))
    return list(found.values())


def warnings(scan: PoolScan, pool: Pool, broken: list[Broken]) -> list[str]:
    """What is said of these units on the console, a sentence each; of many in one."""
    some = [one for one in broken if one.images < scan.n_images]
    none = [one.unit for one in broken if one.images == scan.n_images]
    said = []
    for one in some[:NAMED]:
        images = named((pool.source(image) for image in one.first), one.images)
        if one.images == 1:
            said.append(
                f"1 activation of unit {one.unit} is not finite (image {images}); it is not ranked"
            )
        else:
            number = f"{one.images:,}" if one.counted else f"about {one.images:,}"
            said.append(
                f"{number} activations of unit {one.unit} are not finite (images {images}); they "
                "are not ranked"
            )
    if len(some) > NAMED:
        names = named(one.unit for one in some[NAMED:])
        said.append(
            f"activations of {len(some) - NAMED:,} more units are not finite: {names}; they are "
            "not ranked"
        )
    if none:
        units = f"unit {none[0]}" if len(none) == 1 else f"{len(none):,} units ({named(none)})"
        said.append(f"no activation of {units} is finite")
    return said


def of_images(scan: PoolScan, units: list[str]) -> dict[int, str]:
    """For images with activations that are not finite, by place: the units whose they are.

    Units without any finite activation say nothing of an image.
    """
    extremes, found = scan.extremes, scan.not_finite
    known: dict[int, list[str]] = {}
    listed = np.where(extremes.ranked, extremes.not_finite_images, NONE)
    for column, row in np.argwhere(listed.T != NONE):
        known.setdefault(int(listed[row, column]), []).append(units[column])
    of_all = int((~extremes.ranked).sum())
    said = {}
    for image, columns in zip(found.images.tolist(), found.units.tolist(), strict=True):
        if columns == of_all:
            continue
        names = known.get(image, [])
        # Of a unit only the first images are listed.
        words = [named(dict.fromkeys(names))] if names else []
        words += ["other units"] if columns - of_all > len(names) else []
        said[image] = f"not finite: activations of {' and '.join(words)}"
    return said


def _count(scan: PoolScan, column: int, listed: int) -> tuple[int, bool]:
    """How many images have no finite activation of a unit, and whether they were counted.

    More than are listed are counted where the unit has no others, or all are in the sample.
    """
    extremes, n_images = scan.extremes, scan.n_images
    if listed < LISTED:
        return listed, True
    ranked = int((extremes.high_images[:, column] != NONE).sum())
    if ranked < len(extremes.high):
        return n_images - ranked, True
    sample = _sampled(extremes)[:, column]
    share = float((~np.isfinite(sample)).mean())
    # There are those that are listed at least, and those that are ranked are none of them.
    estimate = min(max(round(share * n_images), listed), n_images - ranked)
    return estimate, len(sample) == n_images


def _sampled(extremes: Extremes) -> np.ndarray:
    return extremes.sample[extremes.sample_images != NONE]
