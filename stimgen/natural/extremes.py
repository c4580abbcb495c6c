"""The most extreme images of every unit, in one pass and constant memory; partial results merge."""

from dataclasses import dataclass, replace

import numpy as np
import torch

# No image: fills the places that are not taken yet.
NONE = -1
# Sorting the kept images with a few hundred new ones costs little more than with a few.
SORTED_TOGETHER = 256


@dataclass(frozen=True)
class Extremes:
    """What is known of a part of a pool: each unit's extremes and a random sample of all images.

    Two parts merge to what one pass over both would give, in any order and grouping, as long as
    an image has the same activations in both. Images are told apart by the digest of their
    pixels; of equal ones the first in the pool counts.

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

    def merge(self, other: "Extremes") -> "Extremes":
        """What is known of both parts together."""
        kept = len(self.high)
        sampled = max(len(self.sample), len(other.sample))
        high = _merged(self._pole("high"), other._pole("high"), kept, descending=True)
        low = _merged(self._pole("low"), other._pole("low"), kept, descending=False)
        sample = _merged_samples(self, other, sampled)
        return Extremes(*high, *low, *sample)

    def select(self, columns: np.ndarray) -> "Extremes":
        """The same for some of the units."""
        per_unit = [name for name, value in vars(self).items() if value.ndim == 2]
        return replace(self, **{name: getattr(self, name)[:, columns] for name in per_unit})

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
    best = np.lexsort((images, rank_by), axis=0)[:kept]
    chosen = [np.take_along_axis(array, best, 0) for array in (values, images, digests, empty)]
    values, images, digests, empty = chosen
    return (
        np.where(empty, np.float32(np.nan), values),
        np.where(empty, NONE, images),
        np.where(empty, np.uint64(0), digests),
    )


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


class ExtremesCollector:
    """Collects the extremes of a stream of batches on the device that computes them.

    Parameters
    ----------
    units : int
        Number of units.
    kept : int
        Images kept a unit and pole.
    sampled : int
        Images sampled for the distribution.
    device : torch.device
        Where activations come from, and the kept ones stay.
    """

    def __init__(self, units: int, kept: int, sampled: int, device: torch.device) -> None:
        self._units, self._kept, self._sampled = units, kept, sampled
        # The lowest are the highest of the negatives.
        self._poles = {sign: _Top(kept, units, device) for sign in (1, -1)}
        self._waiting: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
        self._sample = np.full((sampled, units), np.nan, dtype=np.float32)
        self._sample_images = np.full(sampled, NONE, dtype=np.int64)
        self._sample_digests = np.zeros(sampled, dtype=np.uint64)

    def add(self, activations: torch.Tensor, images: np.ndarray, digests: np.ndarray) -> None:
        """Take a batch into account.

        Parameters
        ----------
        activations : Tensor
            N × units, on the collector's device.
        images : ndarray
            Places in the pool, int64, rising from call to call.
        digests : ndarray
            Digests of the pixels, uint64; none that was given before, none twice.
        """
        places = torch.from_numpy(images).to(activations.device)
        marks = torch.from_numpy(digests.view(np.int64)).to(activations.device)
        self._waiting.append((activations, places, marks))
        self._add_to_sample(activations, images, digests)
        if sum(len(rows) for rows, _, _ in self._waiting) >= SORTED_TOGETHER:
            self._sort_waiting()

    def result(self) -> Extremes:
        """What was collected so far."""
        self._sort_waiting()
        high, low = (self._poles[sign].result() for sign in (1, -1))
        return Extremes(
            *high,
            np.where(low[1] == NONE, low[0], -low[0]),
            *low[1:],
            self._sample,
            self._sample_images,
            self._sample_digests,
        )

    def resume(self, earlier: Extremes) -> None:
        """Go on from what an earlier collector had."""
        self._poles[1].load(earlier.high, earlier.high_images, earlier.high_digests)
        self._poles[-1].load(-earlier.low, earlier.low_images, earlier.low_digests)
        self._sample = earlier.sample.copy()
        self._sample_images = earlier.sample_images.copy()
        self._sample_digests = earlier.sample_digests.copy()

    def _sort_waiting(self) -> None:
        if not self._waiting:
            return
        activations, places, marks = (torch.cat(part) for part in zip(*self._waiting, strict=True))
        self._waiting = []
        for sign, top in self._poles.items():
            top.add(sign * activations, places, marks)

    def _add_to_sample(
        self, activations: torch.Tensor, images: np.ndarray, digests: np.ndarray
    ) -> None:
        known = self._sample_images != NONE
        largest = self._sample_digests[known].max() if known.all() else None
        wanted = np.arange(len(digests)) if largest is None else np.flatnonzero(digests < largest)
        if not len(wanted):
            return
        values = activations[torch.from_numpy(wanted).to(activations.device)].float().cpu().numpy()
        all_digests = np.concatenate([self._sample_digests[known], digests[wanted]])
        order = np.argsort(all_digests, kind="stable")[: self._sampled]
        count = len(order)
        self._sample[:count] = np.concatenate([self._sample[known], values])[order]
        self._sample_images[:count] = np.concatenate([self._sample_images[known], images[wanted]])[
            order
        ]
        self._sample_digests[:count] = all_digests[order]


class _Top:
    """The highest values of every column of a stream of rows."""

    def __init__(self, kept: int, units: int, device: torch.device) -> None:
        self._values = torch.full((kept, units), -torch.inf, device=device)
        self._images = torch.full((kept, units), NONE, dtype=torch.int64, device=device)
        self._digests = torch.zeros((kept, units), dtype=torch.int64, device=device)

    def add(self, values: torch.Tensor, images: torch.Tensor, digests: torch.Tensor) -> None:
        # Late in a scan a batch changes few columns: only those are sorted.
        columns = (values > self._values[-1]).any(0).nonzero().squeeze(1)
        if not len(columns):
            return
        kept = len(self._values)
        values = torch.cat([self._values[:, columns], values[:, columns].float()])
        # Stable: of equal values the earlier image stays ahead.
        order = values.sort(dim=0, descending=True, stable=True).indices[:kept]
        rows = (len(images), len(columns))
        self._values[:, columns] = values.gather(0, order)
        for state, new in ((self._images, images), (self._digests, digests)):
            together = torch.cat([state[:, columns], new[:, None].expand(rows)])
            state[:, columns] = together.gather(0, order)

    def result(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        images = self._images.cpu().numpy()
        values = self._values.cpu().numpy()
        return (
            np.where(images == NONE, np.float32(np.nan), values),
            images,
            self._digests.cpu().numpy().view(np.uint64),
        )

    def load(self, values: np.ndarray, images: np.ndarray, digests: np.ndarray) -> None:
        device = self._values.device
        filled = np.where(images == NONE, np.float32(-np.inf), values)
        self._values = torch.from_numpy(filled).to(device)
        self._images = torch.from_numpy(images).to(device)
        self._digests = torch.from_numpy(digests.view(np.int64)).to(device)
