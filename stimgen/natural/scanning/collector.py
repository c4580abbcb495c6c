"""Collects the extremes of every unit from a stream of batches, on the device that computes."""

import numpy as np
import torch

from stimgen.natural.scanning.extremes import NONE, Extremes
from stimgen.natural.scanning.not_finite import NotFinite, NotFiniteLists

# Sorting the kept images with a few hundred new ones costs little more than with a few.
SORTED_TOGETHER = 256


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
        self._poles = {sign: _Top(kept, units, device, sign < 0) for sign in (1, -1)}
        self._waiting: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
        self._sample = np.full((sampled, units), np.nan, dtype=np.float32)
        self._sample_images = np.full(sampled, NONE, dtype=np.int64)
        self._sample_digests = np.zeros(sampled, dtype=np.uint64)
        self._not_finite = NotFiniteLists(units)

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
            *self._not_finite.lists(),
        )

    def not_finite(self) -> NotFinite:
        """The images with activations that are not finite, since the beginning or ``resume``."""
        self._sort_waiting()
        return self._not_finite.images()

    def resume(self, earlier: Extremes) -> None:
        """Go on from what an earlier collector had."""
        self._poles[1].load(earlier.high, earlier.high_images, earlier.high_digests)
        self._poles[-1].load(-earlier.low, earlier.low_images, earlier.low_digests)
        self._sample = earlier.sample.copy()
        self._sample_images = earlier.sample_images.copy()
        self._sample_digests = earlier.sample_digests.copy()
        self._not_finite.load(earlier.not_finite_images, earlier.not_finite_digests)

    def _sort_waiting(self) -> None:
        if not self._waiting:
            return
        activations, places, marks = (torch.cat(part) for part in zip(*self._waiting, strict=True))
        self._waiting = []
        finite = activations.isfinite()
        all_finite = bool(finite.all())
        if not all_finite:
            self._not_finite.add(*(part.cpu().numpy() for part in (~finite, places, marks)))
        for sign, top in self._poles.items():
            signed = sign * activations
            # Below all that is ranked, so that it is kept nowhere.
            top.add(signed if all_finite else signed.where(finite, -torch.inf), places, marks)

    def _add_to_sample(
        self, activations: torch.Tensor, images: np.ndarray, digests: np.ndarray
    ) -> None:
        known = self._sample_images != NONE
        largest = self._sample_digests[known].max() if known.all() else None
        wanted = np.arange(len(digests)) if largest is None else np.flatnonzero(digests < largest)
        if not len(wanted):
            return
        values = activations[torch.from_numpy(wanted).to(activations.device)].float().cpu().numpy()
        values = np.where(np.isfinite(values), values, np.float32(np.nan))
        all_digests = np.concatenate([self._sample_digests[known], digests[wanted]])
        order = np.argsort(all_digests, kind="stable")[: self._sampled]
        count = len(order)
        self._sample[:count] = np.concatenate([self._sample[known], values])[order]
        self._sample_images[:count] = np.concatenate([self._sample_images[known], images[wanted]])[
            order
        ]
        self._sample_digests[:count] = all_digests[order]


class _Top:
    """The highest values of every column of a stream of rows; those that are -inf have no rank.

    ``reverse`` turns the order of equal values round, see :class:`Extremes`.
    """

    def __init__(self, kept: int, units: int, device: torch.device, reverse: bool) -> None:
        self._values = torch.full((kept, units), -torch.inf, device=device)
        self._images = torch.full((kept, units), NONE, dtype=torch.int64, device=device)
        self._digests = torch.zeros((kept, units), dtype=torch.int64, device=device)
        self._reverse = reverse

    def add(self, values: torch.Tensor, images: torch.Tensor, digests: torch.Tensor) -> None:
        values, digests = values.float(), digests[:, None]
        # Late in a scan a batch changes few columns: only those are sorted.
        before = self._among_equal(digests) < self._among_equal(self._digests[-1])
        ahead = (values > self._values[-1]) | ((values == self._values[-1]) & before)
        columns = ahead.any(0).nonzero().squeeze(1)
        if not len(columns):
            return
        values = values[:, columns]
        ranked = values > -torch.inf
        together = [
            torch.cat([state[:, columns], new])
            for state, new in (
                (self._values, values),
                (self._images, torch.where(ranked, images[:, None], NONE)),
                (self._digests, torch.where(ranked, digests, 0)),
            )
        ]
        order = self._order(together[0], together[2])
        for state, rows in zip((self._values, self._images, self._digests), together, strict=True):
            state[:, columns] = rows.gather(0, order)

    def _order(self, values: torch.Tensor, digests: torch.Tensor) -> torch.Tensor:
        """Of every column the rows that are kept, the highest first."""
        kept = len(self._values)
        falling, order = values.sort(dim=0, descending=True, stable=True)
        next_ones = falling[1 : kept + 1]
        equal = (next_ones == falling[: len(next_ones)]) & (next_ones > -torch.inf)
        ties = equal.any(0).nonzero().squeeze(1)
        # Few units have any: two sorts where one does would take twice as long.
        if len(ties):
            first = self._among_equal(digests[:, ties]).argsort(dim=0)
            values = values[:, ties].gather(0, first)
            order[:, ties] = first.gather(0, values.argsort(dim=0, descending=True, stable=True))
        return order[:kept]

    def _among_equal(self, digests: torch.Tensor) -> torch.Tensor:
        """What is the smaller, the further ahead an image is among those of equal value."""
        # Digests have no sign, but are held in integers that have one.
        unsigned = digests ^ torch.iinfo(torch.int64).min
        return ~unsigned if self._reverse else unsigned

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
