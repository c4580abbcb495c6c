"""Whether images of a set have in common what photographs do not have at their borders.

One image may well have a dark frame or a blue corner; all images of a set may not, as what they
share then comes from how they were made. So what is compared is common to a set: for the frame
and each of its corners the mean difference from the inside, over the images of the set, in colour
and in the unit's activation map.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from stimgen.synthetic.judged.regions import Borders, borders
from stimgen.synthetic.judged.usual import CONSTANT, UsualActivation, usual_activations

# Fewer photographs say too little of what is usual among them.
LEAST_PHOTOGRAPHS = 20
# Sets of photographs that are drawn, and the share of them within the limit.
DRAWS = 2000
WITHIN = 0.95


@dataclass(frozen=True, eq=False)
class BorderReference:
    """What is usual at the borders of photographs.

    Attributes
    ----------
    colours : Borders
        Of the photographs; three channels.
    activation : UsualActivation or None
        Of the unit's maps for them; None where nothing is known of it.
    """

    colours: Borders
    activation: UsualActivation | None = None

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
        usual = None if maps is None else usual_activations([maps[:, None]])[0]
        return cls(borders(photographs), usual)

    def index(
        self,
        images: np.ndarray,
        maps: np.ndarray | None = None,
        moved: np.ndarray | None = None,
    ) -> float:
        """How unlike those of photographs the borders of a set are.

        Parameters
        ----------
        images : ndarray
            Images × 3 × side × side, 0…1, at the size of the photographs.
        maps : ndarray, optional
            Images × rows × columns, the unit's activation at all places.
        moved : ndarray, optional
            The same of the images :func:`moved_half_round`. What is missing at the borders of
            their maps, too, is not missing in the images, and is left out.

        Returns
        -------
        float
            0 where nothing is common to the borders. Of sets of as many photographs, 95 % are
            below 1. NaN where the photographs do not differ at their borders either, as where
            they all are of one colour.

        Notes
        -----
        Networks do something at every border, as they see their own padding there; images that
        drive a unit far make it large. It is what the same images show there with their middle in
        the corners. (EfficientNet-Lite0's and a random Inception V1's units of 3 depths, 23 sets
        by ``preset: modern``: up to 0.9 and 1.3 with it, 0.8 and 0.4 without; 1.1 to 2.1 either
        way where seven of ten images have a cyan corner of 24 px.)

        Of each region, in colour and in activation, the difference that is common to the images is
        divided by its 95th percentile over sets of photographs, which are drawn with replacement;
        the index is the largest such ratio, divided by the 95th percentile of the largest ratios
        of the same sets. So the limit holds for all ten differences together (the maximum
        statistic of Westfall & Young, 1993). In simulations with the spectrum of photographs 5 to
        7 % of other sets of 1 to 10 were above 1 with a hundred of them, 11 % with twenty.
        """
        compared: list[tuple[Borders, Borders, Callable[[Borders, np.ndarray], np.ndarray]]]
        compared = [(self.colours, borders(images), _colour_difference)]
        if self.activation is not None and maps is not None:
            own = self.activation.of(maps)
            if own is not None and moved is not None:
                own = _less(own, self.activation.of(moved))
            if own is not None:
                compared.append((self.activation.borders, own, _activation_difference))
        drawn = _draws(len(images), len(self.colours.inside))
        whole_set = np.full((1, len(images)), 1 / len(images))
        sets = np.hstack([common(usual, drawn) for usual, _, common in compared])
        found = np.hstack([common(own, whole_set) for _, own, common in compared])[0]
        limits = np.quantile(sets, WITHIN, axis=0)
        known = limits > CONSTANT
        if not known.any():
            return float("nan")
        largest = np.quantile((sets[:, known] / limits[known]).max(axis=1), WITHIN)
        return float((found[known] / limits[known]).max() / largest)


def moved_half_round(images: np.ndarray) -> np.ndarray:
    """Images (… × side × side) as on a torus, with the middle in the corners and the reverse."""
    half = images.shape[-1] // 2
    return np.roll(images, (half, half), axis=(-2, -1))


def _less(own: Borders, moved: Borders | None) -> Borders | None:
    """Without what networks do at borders, whatever is there: they see their own padding."""
    return moved and Borders(own.differences - moved.differences, own.inside)


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


@lru_cache(maxsize=4)
def _draws(count: int, photographs: int) -> np.ndarray:
    """Sets of so many photographs: draws × photographs, the share that each has in a set."""
    generator = np.random.default_rng(0)
    return generator.multinomial(count, np.full(photographs, 1 / photographs), DRAWS) / count
