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


@dataclass(frozen=True, eq=False)
class Borders:
    """Means of images or maps at their borders.

    Attributes
    ----------
    differences : ndarray
        Images × 5 × channels: the frame and its corners upper left, upper right, lower left and
        lower right, each less the inside.
    inside : ndarray
        Images × channels.
    """

    differences: np.ndarray
    inside: np.ndarray


@dataclass(frozen=True, eq=False)
class BorderReference:
    """What is usual at the borders of photographs.

    Attributes
    ----------
    colours : Borders
        Of the photographs.
    maps : Borders or None
        Of the unit's activation maps for them, as numbers of standard deviations over all places
        from their mean inside; None where nothing is known of it.
    mean, sd : float
        That mean and that standard deviation.
    """

    colours: Borders
    maps: Borders | None = None
    mean: float = 0.0
    sd: float = 1.0

    @classmethod
    def of(cls, photographs: np.ndarray, maps: np.ndarray | None = None) -> "BorderReference":
        """Look at photographs.

        Parameters
        ----------
        photographs : ndarray
            At least :data:`LEAST_PHOTOGRAPHS` × 3 × side × side, 0…1.
        maps : ndarray, optional
            Photographs × rows × columns: the unit's activation at all places. They do not count
            where they have no inside, are not finite, or are the same everywhere.

        Raises
        ------
        ValueError
            For fewer photographs.
        """
        if len(photographs) < LEAST_PHOTOGRAPHS:
            raise ValueError(f"{len(photographs)} photographs, wanted {LEAST_PHOTOGRAPHS} or more")
        colours = borders(photographs)
        if maps is None or not _has_borders(maps) or not (sd := float(maps.std())):
            return cls(colours)
        mean = float(borders(maps[:, None]).inside.mean())
        return cls(colours, borders((maps[:, None] - mean) / sd), mean, sd)

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
            below 1. NaN where the photographs do not differ at their borders either, as where
            they all are of one colour.

        Notes
        -----
        Of each region, in colour and in activation, the difference that is common to the images is
        divided by its 95th percentile over sets of photographs, which are drawn with replacement;
        the index is the largest such ratio, divided by the 95th percentile of the largest ratios
        of the same sets. So the limit holds for all ten differences together (the maximum
        statistic of Westfall & Young, 1993).
        """
        compared = [(self.colours, borders(images), _colour_difference)]
        if self.maps is not None and maps is not None and _has_borders(maps):
            own = borders((maps[:, None] - self.mean) / self.sd)
            compared.append((self.maps, own, _activation_difference))
        drawn = _draws(len(images), len(self.colours.inside))
        whole_set = np.full((1, len(images)), 1 / len(images))
        sets = np.hstack([common(usual, drawn) for usual, _, common in compared])
        found = np.hstack([common(own, whole_set) for _, own, common in compared])[0]
        limits = np.quantile(sets, WITHIN, axis=0)
        known = limits > 0
        if not known.any():
            return float("nan")
        largest = np.quantile((sets[:, known] / limits[known]).max(axis=1), WITHIN)
        return float((found[known] / limits[known]).max() / largest)


def borders(images: np.ndarray) -> Borders:
    """Means at the borders of images × channels × rows × columns, at least 3 × 3 of them."""
    rows, columns = (_frame_width(side) for side in images.shape[2:])
    upper, lower = slice(None, rows), slice(-rows, None)
    left, right = slice(None, columns), slice(-columns, None)
    middle = images[..., rows:-rows, columns:-columns]
    within = middle.sum((2, 3), dtype=np.float64)
    frame = images.sum((2, 3), dtype=np.float64) - within
    corners = [(upper, left), (upper, right), (lower, left), (lower, right)]
    means = [
        frame / (images[0, 0].size - middle[0, 0].size),
        *(images[..., row, column].mean((2, 3), dtype=np.float64) for row, column in corners),
    ]
    inside = within / middle[0, 0].size
    return Borders(np.stack(means, axis=1) - inside[:, None], inside)


def _frame_width(side: int) -> int:
    """Rows whose middle lies in the frame, of a picture or a map; one at least."""
    return max(1, round(FRAME * side))


def _has_borders(maps: np.ndarray) -> bool:
    """Whether maps have an inside, which those of one or two rows lack, and are numbers."""
    return min(maps.shape[1:]) >= 3 and bool(np.isfinite(maps).all())


def _colour_difference(colours: Borders, sets: np.ndarray) -> np.ndarray:
    """Length in RGB of what sets have in common: sets × images (shares) to sets × 5."""
    return np.linalg.norm(np.tensordot(sets, colours.differences, 1), axis=-1)


def _activation_difference(maps: Borders, sets: np.ndarray) -> np.ndarray:
    """The same of activation, in SDs, or as a share of how far the inside is from usual.

    At the border networks see their own padding with zeros, which takes a share of whatever
    activation there is: images that drive a unit to nine SDs may lack nine times as much there.
    """
    differences = np.abs(np.tensordot(sets, maps.differences, 1)[..., 0])
    return differences / np.maximum(1, np.abs(sets @ maps.inside))


def _draws(count: int, photographs: int) -> np.ndarray:
    """Sets of so many photographs: draws × photographs, the share that each has in a set."""
    generator = np.random.default_rng(0)
    return generator.multinomial(count, np.full(photographs, 1 / photographs), DRAWS) / count
