"""Feature accentuation: photographs that are changed to drive a unit more (Hamblin et al. 2024)."""

from typing import Annotated, Literal

from pydantic import Field

from conditions.study.kinds.derived import Derived


class Accentuation(Derived):
    """Images of another kind, optimised towards the pole and held near what they were."""

    kind: Literal["accentuation"] = "accentuation"
    strength: Annotated[float, Field(ge=0, le=1000)] = Field(
        1.0, description="How far towards the pole; 0 gives the image back."
    )

    def in_words(self, name: str) -> str:
        """How they are made."""
        return f"{name}: {self.of}, accentuated towards the pole with strength {self.strength:g}."
