"""How a study's images are made: network, size, natural, synthetic and blurred images."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from conditions.tables.condition_file import GRID
from conditions.yaml.strict import FilePath, Some, Strict, Text

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


class SyntheticImages(Strict):
    """Recipe of the feature visualisations.

    ``preset: modern`` turns ``beat_natural`` and ``stop_when_flat`` on, as later work of the
    group that ran the published study does (Zimmermann, Klein & Brendel 2023).
    """

    preset: Literal["published", "modern"] = "published"
    method: Literal["fourier", "maco"] = "fourier"
    images: Annotated[int, Field(ge=1, le=GRID + 1)] = 10
    steps: Annotated[int, Field(ge=1, le=100_000)] = Field(
        2560, description="Steps of optimisation, at most."
    )
    learning_rate: Annotated[float, Field(gt=0, le=10)] = 0.05
    padding: Annotated[int, Field(ge=0, le=512)] = 16
    diversity: Annotated[float, Field(ge=0, le=1e6)] | Literal["auto"] = "auto"
    beat_natural: bool = Field(
        False,
        description="Lower the weight of diversity until the weakest synthetic image is more "
        "extreme than the natural references.",
    )
    stop_when_flat: bool = Field(
        False, description="Stop when the norm of the gradient has flattened."
    )
    precision: Literal["full", "mixed"] = Field(
        "full",
        description="Mixed runs the network in bfloat16 where that is safe: faster on processors "
        "that have it, with nearly the same images.",
    )
    units_per_batch: Some = Field(
        1, description="Sets of images (a unit and pole each) that are optimised side by side."
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_preset(cls, fields: object) -> object:
        if isinstance(fields, dict) and fields.get("preset") == "modern":
            return {"beat_natural": True, "stop_when_flat": True} | fields
        return fields


class BlurredImages(Strict):
    """Recipe of the blurred natural references: a Gaussian with this standard deviation."""

    sigma_px: Annotated[float, Field(gt=0, le=2048)] = Field(
        description="Standard deviation in pixels of the crop."
    )
