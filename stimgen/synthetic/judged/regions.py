"""The frame and the corners of images and maps, against their inside."""

from dataclasses import dataclass

import numpy as np

# The frame's width: 16 px of 224, where the shifts of an optimisation have their traces.
FRAME = 16 / 224


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


def have_inside(maps: np.ndarray) -> bool:
    """Whether maps (… × rows × columns) have one: those of one or two rows are all border."""
    return min(maps.shape[-2:]) >= 3


def _frame_width(side: int) -> int:
    """Rows whose middle lies in the frame, of a picture or a map; one at least."""
    return max(1, round(FRAME * side))
