"""Activations that are no finite numbers, while a pool is scanned: of which images and units."""

from dataclasses import dataclass, field

import numpy as np

from stimgen.natural.scanning.extremes import LISTED, NONE


def _no_images() -> np.ndarray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class NotFinite:
    """The images of a part of a pool for which activations are not finite, an entry an image.

    Attributes
    ----------
    images : ndarray
        Their places in the pool, int64, rising.
    units : ndarray
        Of how many units each, int64.
    """

    images: np.ndarray = field(default_factory=_no_images)
    units: np.ndarray = field(default_factory=_no_images)

    def followed_by(self, later: "NotFinite") -> "NotFinite":
        """Those of this part and of a later one."""
        return NotFinite(
            np.concatenate([self.images, later.images]), np.concatenate([self.units, later.units])
        )

    def without(self, images: np.ndarray) -> "NotFinite":
        """Those that are not among some images."""
        kept = ~np.isin(self.images, images)
        return NotFinite(self.images[kept], self.units[kept])


class NotFiniteLists:
    """Collects, for every unit, the first images for which its activation is not finite.

    Takes next to no memory as long as there are none.
    """

    def __init__(self, units: int) -> None:
        self._images = np.full((0, units), NONE, dtype=np.int64)
        self._digests = np.zeros((0, units), dtype=np.uint64)
        self._found: list[NotFinite] = []

    def add(self, broken: np.ndarray, images: np.ndarray, digests: np.ndarray) -> None:
        """Take images down.

        Parameters
        ----------
        broken : ndarray
            N × units bool: which activations are not finite.
        images : ndarray
            Places in the pool, int64, rising from call to call.
        digests : ndarray
            Digests of the pixels, any 64-bit integers.
        """
        counts = broken.sum(1)
        some = np.flatnonzero(counts)
        self._found.append(NotFinite(images[some], counts[some]))
        listed = (self._images != NONE).sum(0)
        columns = np.flatnonzero(broken.any(0) & (listed < LISTED))
        place = listed[columns] + broken[:, columns].cumsum(0) - 1
        rows, which = np.nonzero(broken[:, columns] & (place < LISTED))
        at = place[rows, which]
        self._lengthen(int(at.max(initial=-1)) + 1)
        self._images[at, columns[which]] = images[rows]
        self._digests[at, columns[which]] = digests.view(np.uint64)[rows]

    def images(self) -> NotFinite:
        """What was taken down since the beginning, or since ``load``."""
        found = [NotFinite(), *self._found]
        return NotFinite(
            np.concatenate([part.images for part in found]),
            np.concatenate([part.units for part in found]),
        )

    def lists(self) -> tuple[np.ndarray, np.ndarray]:
        """Images and their digests, listed × units; see :class:`Extremes`."""
        return self._images.copy(), self._digests.copy()

    def load(self, images: np.ndarray, digests: np.ndarray) -> None:
        """Go on from earlier lists."""
        self._images, self._digests = images.copy(), digests.copy()

    def _lengthen(self, length: int) -> None:
        more = max(0, length - len(self._images))
        self._images = np.pad(self._images, ((0, more), (0, 0)), constant_values=NONE)
        self._digests = np.pad(self._digests, ((0, more), (0, 0)))
