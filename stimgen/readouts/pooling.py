"""How a unit's values at all positions become one."""

from dataclasses import dataclass
from typing import Literal

import torch


@dataclass(frozen=True)
class Pooling:
    """One value of many.

    Attributes
    ----------
    kind : str
        The mean or the maximum over positions (patches, of tokens), the value at one of them, or
        that of a token that is no patch.
    place : tuple of float
        Of a position: from the upper left corner, as shares of the map's height and width, so
        that it is the same place of the image whatever the size of the map.
    token : int
        Which of those tokens: 0 is the class token.
    """

    kind: Literal["mean", "max", "position", "token"] = "mean"
    place: tuple[float, float] = (0.5, 0.5)
    token: int = 0

    def over(self, maps: torch.Tensor) -> torch.Tensor:
        """From maps N × units × rows × columns to N × units."""
        return maps.mean((2, 3)) if self.kind == "mean" else self.of_unit(maps)

    def of_unit(self, values: torch.Tensor) -> torch.Tensor:
        """What a unit's mean over images is to be taken of: … × rows × columns, or … of one value.

        Differentiable. For the mean over positions these are the values themselves.
        """
        if self.kind == "max":
            return values.amax((-2, -1))
        if self.kind == "position":
            row, column = self.index(values.shape[-2], values.shape[-1])
            return values[..., row, column]
        return values[..., 0, 0] if self.kind == "token" else values

    def index(self, rows: int, columns: int) -> tuple[int, int]:
        """The position in a map of some size."""
        row, column = (
            min(int(share * count), count - 1)
            for share, count in zip(self.place, (rows, columns), strict=True)
        )
        return row, column


MEAN = Pooling()
