"""Whether images of a set have in common what photographs do not have at their borders.

One image may well have a dark frame or a blue corner; all images of a set may not, as what they
share then comes from how they were made. So what is compared is common to a set: for the frame
and each of its corners the mean difference from the inside, over the images of the set, in colour
and in the unit's activation map.
"""

from dataclasses import dataclass

import numpy as np

# The frame's width: 16 px of 224, where the shifts of an optimisation have their traces.
FRAME = 16 / 224
# Fewer photographs say too little of what is usual among them.
LEAST_PHOTOGRAPHS = 20
# Sets of photographs that are drawn, and the share of them within the limit.
DRAWS = 2000
WITHIN = 0.95
# Frame, four corners.
_REGIONS = 5


@dataclass(frozen=True, eq=False)
class BorderReference:
    """What is usual at the borders of photographs.

    Attributes
    ----------
    photographs : ndarray
        Photographs × regions × 3: how the mean colour of the frame and of each corner differs
        from that of the inside.
    maps : ndarray or None
        Photographs × regions × 1: the same of the unit's activation; None where nothing is known
        of it.
    """

    photographs: np.ndarray
    maps: np.ndarray | None

    @classmethod
    def of(cls, photographs: np.ndarray, maps: np.ndarray | None = None) -> "BorderReference":
        """Look at photographs.

        Parameters
        ----------
        photographs : ndarray
            At least :data:`LEAST_PHOTOGRAPHS` × 3 × side × side, 0…1.
        maps : ndarray, optional
            Photographs × rows × columns: the unit's activation at all places. Left out where
            they have no inside, are not finite, or are the same everywhere.

        Raises
        ------
        ValueError
            For fewer photographs.
        """
        if len(photographs) < LEAST_PHOTOGRAPHS:
            raise ValueError(f"{len(photographs)} photographs, wanted {LEAST_PHOTOGRAPHS} or more")
        return cls(at_border(photographs), None if maps is None else map_at_border(maps))

    def index(self, images: np.ndarray, maps: np.ndarray | None = None) -> float:
        """How unlike those of photographs the borders of a set are.

        Parameters
        ----------
        images : ndarray
            Images × 3 × side × side, 0…1, at the size of the photographs.
        maps : ndarray, optional
            Images × rows × columns, the unit's activation at all places.

        Returns
        -------
        float
            0 where nothing is common to the borders. Of sets of as many photographs, 95 % are
            below 1.

        Notes
        -----
        Of each region, in colour and in activation, the length of the mean difference over the
        images is divided by its 95th percentile over sets of photographs, which are drawn with
        replacement; the index is the largest such ratio, divided by the 95th percentile of the
        largest ratios of the same sets. So the limit holds for all ten differences together
        (the maximum statistic of Westfall & Young, 1993).
        """
        own = [at_border(images)]
        usual = [self.photographs]
        if self.maps is not None and maps is not None:
            seen = map_at_border(maps)
            if seen is not None:
                own.append(seen)
                usual.append(self.maps)
        found = np.concatenate([_common(one[None])[0] for one in map(_mean, own)])
        drawn = _draws(len(images), len(self.photographs))
        sets = np.concatenate(
            [_common(np.tensordot(drawn, differences, 1)) for differences in usual], axis=1
        )
        limits = np.quantile(sets, WITHIN, axis=0)
        # Where photographs never differ, as with units that respond to none, nothing is known.
        known = limits > 0
        if not known.any():
            return float("nan")
        largest = np.quantile((sets[:, known] / limits[known]).max(axis=1), WITHIN)
        return float((found[known] / limits[known]).max() / largest)


def at_border(images: np.ndarray) -> np.ndarray:
    """How the frame and the corners of images differ from the inside.

    Parameters
    ----------
    images : ndarray
        Images × channels × rows × columns, at least 3 × 3 of them.

    Returns
    -------
    ndarray
        Images × 5 × channels: mean of the frame, and of its corners upper left, upper right,
        lower left, lower right, less the mean of the inside.
    """
    rows, columns = (_frame_width(side) for side in images.shape[2:])
    upper, lower = slice(None, rows), slice(-rows, None)
    left, right = slice(None, columns), slice(-columns, None)
    inside = images[..., rows:-rows, columns:-columns]
    total = images.sum((2, 3), dtype=np.float64)
    within = inside.sum((2, 3), dtype=np.float64)
    outside = images[0, 0].size - inside[0, 0].size
    corners = [(upper, left), (upper, right), (lower, left), (lower, right)]
    means = [
        (total - within) / outside,
        *(images[..., row, column].mean((2, 3), dtype=np.float64) for row, column in corners),
    ]
    return np.stack(means, axis=1) - (within / inside[0, 0].size)[:, None]


def map_at_border(maps: np.ndarray) -> np.ndarray | None:
    """The same of activation maps: images × rows × columns to images × 5 × 1.

    None where maps of one or two rows have no inside, or where they are not finite.
    """
    if min(maps.shape[1:]) < 3 or not np.isfinite(maps).all():
        return None
    return at_border(maps[:, None])


def _frame_width(side: int) -> int:
    """Rows whose middle lies in the frame, of a picture or a map; one at least."""
    return max(1, round(FRAME * side))


def _mean(differences: np.ndarray) -> np.ndarray:
    return differences.mean(axis=0)


def _common(means: np.ndarray) -> np.ndarray:
    """Lengths of mean differences: sets × regions × channels to sets × regions."""
    return np.linalg.norm(means, axis=-1)


def _draws(count: int, photographs: int) -> np.ndarray:
    """Sets of photographs: draws × photographs, the share of each in a set of so many images."""
    generator = np.random.default_rng(0)
    return generator.multinomial(count, np.full(photographs, 1 / photographs), DRAWS) / count
