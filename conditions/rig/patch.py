"""A square in a corner of the screen, for photodiodes and for recordings of the screen."""

from typing import Annotated, Literal

from pydantic import Field

from conditions.yaml.strict import Strict

Corner = Literal["upper_left", "upper_right", "lower_left", "lower_right"]


class Patch(Strict):
    """Where the square is and how large: ``side_px`` pixels of the screen."""

    corner: Corner = "lower_right"
    side_px: Annotated[int, Field(ge=2, le=1000)] = 80

    def centre(self, screen: tuple[int, int]) -> tuple[float, float]:
        """Centre on a screen of so many pixels: from the screen's centre, y upwards.

        >>> Patch(corner="upper_left", side_px=80).centre((1920, 1080))
        (-920.0, 500.0)
        """
        x, y = ((length - self.side_px) / 2 for length in screen)
        return (x if "right" in self.corner else -x, y if "upper" in self.corner else -y)
