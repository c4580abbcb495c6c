"""Feature accentuation: photographs that are changed to drive a unit more (Hamblin et al. 2024)."""

from typing import Annotated, Literal

from pydantic import Field

from conditions.study.kinds.derived import Derived
from conditions.yaml.strict import Text


class Accentuation(Derived):
    """Images of another kind, optimised towards the pole and held near what they were.

    Hamblin, Fel, Saha, Konkle & Alvarez (2024), "Feature Accentuation: Revealing 'What' Features
    Respond to in Natural Images".
    """

    kind: Literal["accentuation"] = "accentuation"
    strength: Annotated[float, Field(ge=0, le=1000)] = Field(
        4.0,
        description="How far towards the pole the activation is to go from that of the image "
        "itself, in standard deviations of the unit over the pool. What cannot be reached is "
        "approached; 0 gives the image back.",
    )
    penalty: Annotated[float, Field(ge=0, le=1000)] = Field(
        2.0,
        description="How dear distance from the image is: a distance as great as between two "
        "images of the unit (root mean square, in the layer) weighs as much as falling short of "
        "the aim by so many standard deviations.",
    )
    layer: Text | None = Field(
        None,
        description="Layer or readout in which the distance is measured; by default the unit's.",
    )
    steps: Annotated[int, Field(ge=1, le=100_000)] = Field(32, description="Of optimisation.")
    learning_rate: Annotated[float, Field(gt=0, le=10)] = Field(
        0.1,
        description="Of the first step, in radians of phase; it falls to none at the end. For "
        "strengths below 4 it is less in proportion.",
    )

    def in_words(self, name: str) -> str:
        """How they are made."""
        return (
            f"{name}: {self.of}, each optimised towards the pole by up to {self.strength:g} "
            f"standard deviations of the unit over the pool in {self.steps} steps, and held near "
            f"what it was (penalty {self.penalty:g})."
        )
