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

    def in_words(self, name: str) -> str:
        """How they are made."""
        return f"{name}: {self.of} under a Gaussian of {self.sigma_px:g} px."
