"""The most extreme images of every unit, in one pass and constant memory; partial results merge."""

from dataclasses import dataclass, replace

import numpy as np

# No image: fills the places that are not taken yet.
NONE = -1
# Of a unit, so many images are listed for which its activation is no finite number.
LISTED = 256


@dataclass(frozen=True)
class Extremes:
    """What is known of a part of a pool: each unit's extremes and a random sample of all images.

    Two parts merge to what one pass over both would give, in any order and grouping, as long as
    an image has the same activations in both. Images are told apart by the digest of their
    pixels; of equal ones the first in the pool counts. An activation that is NaN or infinite has
    no rank: such an image stands in neither pole of the unit, and as NaN in the sample. Images
    of equal activation are ranked by their digests, that is at random: a rare unit, silent for
    most images, does not show the first class of the pool. The low pole has the reverse order, so
    that the poles of a unit have no image in common where there are enough.

    Attributes
    ----------
    high, low : ndarray
        kept × units float32: activations, the most extreme first; NaN where there are fewer.
    high_images, low_images : ndarray
        kept × units int64: their places in the pool; -1 where there are fewer.
    high_digests, low_digests : ndarray
        kept × units uint64: digests of their pixels.
    sample : ndarray
        sampled × units float32: activations of the images whose digests are the smallest, that
        is of a random sample of the different images, the same however the pool is split.
    sample_images, sample_digests : ndarray
        Their places in the pool, and digests in rising order.
    not_finite_images, not_finite_digests : ndarray
        listed × units: the first images, at most ``LISTED``, for which the unit's activation is
        not finite, and their digests; as long as the longest list, -1 below the others.
    """

    high: np.ndarray
    high_images: np.ndarray
    high_digests: np.ndarray
    low: np.ndarray
    low_images: np.ndarray
    low_digests: np.ndarray
    sample: np.ndarray
    sample_images: np.ndarray
    sample_digests: np.ndarray
    not_finite_images: np.ndarray
    not_finite_digests: np.ndarray

    def merge(self, other: "Extremes") -> "Extremes":
        """What is known of both parts together."""
        kept = len(self.high)
        sampled = max(len(self.sample), len(other.sample))
        high = _merged(self._pole("high"), other._pole("high"), kept, descending=True)
        low = _merged(self._pole("low"), other._pole("low"), kept, descending=False)
        sample = _merged_samples(self, other, sampled)
        return Extremes(*high, *low, *sample, *_merged_lists(self, other))

    def select(self, columns: np.ndarray) -> "Extremes":
        """The same for some of the units."""
        per_unit = [name for name, value in vars(self).items() if value.ndim == 2]
        return replace(self, **{name: getattr(self, name)[:, columns] for name in per_unit})

    @property
    def ranked(self) -> np.ndarray:
        """Whether each unit has an image that could be ranked: bool."""
        return self.high_images[0] != NONE

    def sampled(self, column: int) -> np.ndarray:
        """Activations of a unit for a random sample of the images, those that are finite: float64.

        Where hardly any image has a finite one, and none of the sample, those of its extremes.
        """
        values = self.sample[:, column]
        values = values[np.isfinite(values)]
        if not len(values):
            ends = np.concatenate([self.high[:, column], self.low[:, column]])
            images = np.concatenate([self.high_images[:, column], self.low_images[:, column]])
            _, first = np.unique(images[images != NONE], return_index=True)
            values = ends[images != NONE][first]
        return values.astype(np.float64)

    def _pole(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return (
            getattr(self, name),
            getattr(self, f"{name}_images"),
            getattr(self, f"{name}_digests"),
        )


def _merged(one: tuple, other: tuple, kept: int, descending: bool) -> tuple:
    values, images, digests = (np.concatenate(pair) for pair in zip(one, other, strict=True))
    # Of equal pixels the first in the pool counts; the others are emptied.
    order = np.lexsort((images, digests), axis=0)
    digests_sorted = np.take_along_axis(digests, order, 0)
    images_sorted = np.take_along_axis(images, order, 0)
    again = np.zeros(order.shape, dtype=bool)
    again[1:] = (digests_sorted[1:] == digests_sorted[:-1]) & (images_sorted[:-1] != NONE)
    double = np.zeros_like(again)
    np.put_along_axis(double, order, again, 0)
    empty = double | (images == NONE)
    rank_by = np.where(empty, np.inf, -values if descending else values)
    best = np.lexsort((digests if descending else ~digests, rank_by), axis=0)[:kept]
    chosen = [np.take_along_axis(array, best, 0) for array in (values, images, digests, empty)]
    values, images, digests, empty = chosen
    return (
        np.where(empty, np.float32(np.nan), values),
        np.where(empty, NONE, images),
        np.where(empty, np.uint64(0), digests),
    )


def _merged_lists(one: Extremes, other: Extremes) -> tuple:
    parts = [(e.not_finite_images, e.not_finite_images, e.not_finite_digests) for e in (one, other)]
    if not any(len(images) for images, *_ in parts):
        return one.not_finite_images, one.not_finite_digests
    # Ranked by their places: the first are kept.
    _, images, digests = _merged(parts[0], parts[1], LISTED, descending=False)
    length = int((images != NONE).any(1).sum())
    return images[:length], digests[:length]


def _merged_samples(one: Extremes, other: Extremes, sampled: int) -> tuple:
    digests = np.concatenate([one.sample_digests, other.sample_digests])
    images = np.concatenate([one.sample_images, other.sample_images])
    values = np.concatenate([one.sample, other.sample])
    order = np.lexsort((images, digests))
    taken = order[images[order] != NONE]
    first = np.ones(len(taken), dtype=bool)
    first[1:] = digests[taken[1:]] != digests[taken[:-1]]
    taken = taken[first][:sampled]
    short = sampled - len(taken)
    return (
        np.concatenate(
            [values[taken], np.full((short, values.shape[1]), np.nan, dtype=np.float32)]
        ),
        np.concatenate([images[taken], np.full(short, NONE, dtype=np.int64)]),
        np.concatenate([digests[taken], np.zeros(short, dtype=np.uint64)]),
    )
