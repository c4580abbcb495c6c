"""Feature visualisations: images that are optimised to drive a unit."""

from functools import lru_cache
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from conditions.study.kinds.kind import Asked, Images, ReferenceKind, References
from conditions.study.kinds.paths import unit_image
from conditions.tables.condition_file import GRID
from conditions.tables.stimuli import POLES
from conditions.yaml.strict import Some

# What a preset sets where a study file does not say otherwise.
MODERN = {
    "beat_natural": True,
    "steps": 1280,
    "learning_rate": 0.1,
    "learning": "falling",
    "precision": "auto",
}


class Visualisation(ReferenceKind):
    """Recipe of feature visualisations.

    ``preset: modern`` turns ``beat_natural`` on, as later work of the group that ran the published
    study does (Zimmermann, Klein & Brendel 2023), and takes half of the steps, at a falling rate
    and in mixed precision where that is as good and sooner (``precision: auto``). In
    EfficientNet-Lite0 they reach 98 to 103 % of the published recipe's activation, with images that
    are hardly more alike (five units and poles of three depths, one seed;
    ``benchmarks/synthetic/quality.py``).
    """

    EXPECTED_RT: ClassVar[float] = 10.58

    kind: Literal["visualisation"] = "visualisation"
    preset: Literal["published", "modern"] = "published"
    method: Literal["fourier", "maco"] = "fourier"
    images: Annotated[int, Field(ge=1, le=GRID + 1)] = Field(10, description="A unit and pole.")
    steps: Annotated[int, Field(ge=1, le=100_000)] = Field(
        2560, description="Steps of optimisation, at most."
    )
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.05
    learning: Literal["constant", "falling"] = Field(
        "constant",
        description="Constant: as in Lucid. Falling: without momentum, at a rate that falls to 0, "
        "as scaling and turning do; gradients are scaled by set, and Fourier spectra are steeper.",
    )
    padding: Annotated[int, Field(ge=0, le=512)] = Field(
        16, description="Without effect: earlier versions optimised a margin and cut it off."
    )
    diversity: Annotated[float, Field(ge=0, le=1e6)] | Literal["auto"] = "auto"
    beat_natural: bool = Field(
        False,
        description="Lower the weight of diversity until the weakest synthetic image is more "
        "extreme than the natural references.",
    )
    stop_when_flat: bool = Field(
        False,
        description="Stop when what is optimised gets no better; without effect on a falling rate, "
        "whose end counts.",
    )
    precision: Literal["full", "mixed", "auto"] = Field(
        "full",
        description="Mixed runs the network in bfloat16 where that is safe: faster on processors "
        "that have it, with nearly the same images. Auto tries it on each layer first.",
    )
    units_per_batch: Some = Field(
        1, description="Sets of images (a unit and pole each) that are optimised side by side."
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_preset(cls, fields: object) -> object:
        if isinstance(fields, dict) and fields.get("preset") == "modern":
            return MODERN | fields
        return fields

    def follows_batches(self, references: References) -> bool:
        """A unit has one set a pole."""
        return False

    def images_a_pole(self, bins: int, references: References) -> int:
        """As many as are optimised together."""
        return self.images

    def shown(
        self, name: str, asked: Asked, references: References, rng: np.random.Generator
    ) -> Images:
        """Images 0 and on; min ones from 1 where all but one are shown, as published."""
        first = 1 if asked.count == self.images - 1 and asked.count > 1 else 0
        return from_first(name, asked.unit, asked.count, first)

    def in_words(self, name: str) -> str:
        """How they are made."""
        return (
            f"{name}: {self.images} feature visualisations a pole ({self.method}), optimised "
            f"together for {self.steps} steps."
        )


# Sessions show a unit again and again.
@lru_cache(maxsize=65536)
def from_first(name: str, unit: str, count: int, first_min: int = 0) -> Images:
    """The first images of a unit's sets; those of the min pole from another one on."""
    firsts = {"min": first_min, "max": 0}
    return {
        pole: tuple(unit_image(name, unit, pole, firsts[pole] + rank) for rank in range(count))
        for pole in POLES
    }
