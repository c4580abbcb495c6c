"""What a study's images come from: the network, their size, and the choice out of the pool."""

from typing import Annotated

from pydantic import Field, model_validator

from conditions.tables.condition_file import GRID
from conditions.yaml.strict import FilePath, Strict, Text

Side = Annotated[int, Field(ge=32, le=4096)]
Percentile = Annotated[float, Field(gt=0, lt=100)]


class ModelChoice(Strict):
    """The network that the units belong to."""

    name: Text
    weights: FilePath | None = Field(
        None, description="A file with the weights, instead of the model's own source."
    )
    channels: dict[str, Annotated[int, Field(ge=1, le=1_000_000)]] = Field(
        {},
        description="Number of channels by layer: needed to sample units of a model that "
        "conditions/units/architectures.py does not list.",
    )


class ImageSize(Strict):
    """Short side after resizing, and side of the centre crop that is shown (pixels)."""

    resize: Side = 256
    crop: Side = 224

    @model_validator(mode="after")
    def _crop_fits(self) -> "ImageSize":
        if self.crop > self.resize:
            raise ValueError(f"crop {self.crop} is larger than resize {self.resize}")
        return self


class NaturalImages(Strict):
    """Selection of natural images: rank bins of the pool's extremes, dealt to batches.

    The ``bins`` × ``batches`` lowest and highest images of the pool are cut into ``bins`` rank
    bins; every batch gets one image of each bin. Queries are those of the two outermost bins.
    A part of the session with its own ``bins`` has its own set of batches, made the same way.
    """

    pool: Text = "embedded"
    bins: Annotated[int, Field(ge=2, le=GRID + 1)] = 10
    batches: Annotated[int, Field(ge=2, le=1000)] = 20
    query_percentiles: tuple[Percentile, Percentile] | None = Field(
        None,
        strict=False,
        description="For a harder task: queries of the max pole from this range of the pool's "
        "activations, those of the min pole from the mirrored one, instead of the outermost bin.",
    )

    @model_validator(mode="after")
    def _rising(self) -> "NaturalImages":
        # The range of the min pole mirrors it: below the middle, right answers would be wrong.
        if (
            self.query_percentiles
            and not 50 < self.query_percentiles[0] < self.query_percentiles[1]
        ):
            raise ValueError(
                f"query_percentiles: found {list(self.query_percentiles)}, wanted a rising range "
                "above the middle, 50, as in [90, 95]"
            )
        return self
