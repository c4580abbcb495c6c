"""Crops: the part of an image that the unit responds to, enlarged."""

from typing import Annotated, Literal

from pydantic import Field

from conditions.study.kinds.derived import Derived


class Crops(Derived):
    """The square around the centre of the unit's activation over an image, enlarged to its side."""

    kind: Literal["crops"] = "crops"
    side: Annotated[int, Field(ge=8, le=4096)] | Literal["receptive_field"] = Field(
        "receptive_field",
        description="Side of the square in pixels of the image, or the receptive field of the "
        "unit's layer, as it is measured.",
    )

    def check(self, name: str, side: int) -> None:
        """A crop is a part of the image."""
        if isinstance(self.side, int) and self.side >= side:
            raise ValueError(
                f"references.{name}.side: found {self.side} px, wanted less than the side of an "
                f"image, {side} px"
            )

    def in_words(self, name: str) -> str:
        """How they are made."""
        side = "the receptive field" if isinstance(self.side, str) else f"{self.side} px"
        return f"{name}: squares of {side} around the unit's activation over {self.of}, enlarged."
