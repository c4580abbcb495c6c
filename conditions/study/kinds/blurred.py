"""Blurred images of another kind."""

from typing import Annotated, Literal

from pydantic import Field

from conditions.study.kinds.derived import Derived


class Blurred(Derived):
    """Images of another kind under a Gaussian."""

    kind: Literal["blurred"] = "blurred"
    sigma_px: Annotated[float, Field(gt=0, le=2048)] = Field(
        description="Standard deviation in pixels of the crop."
    )

    def check(self, name: str, side: int) -> None:
        """A wider Gaussian would leave an image's mean colour."""
        if self.sigma_px > side / 2:
            raise ValueError(
                f"references.{name}.sigma_px: found {self.sigma_px:g} px, wanted at most half the "
                f"side of an image, {side / 2:g} px"
            )

    def in_words(self, name: str) -> str:
        """How they are made."""
        return f"{name}: {self.of} under a Gaussian of {self.sigma_px:g} px."
