"""How images are shown: their size on the screen, and how their pixels become luminance."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from conditions.yaml.strict import Strict, later

Transfer = Literal["srgb", "linear", "none"]


class Presentation(Strict):
    """Size and luminance of images on the screen.

    Without ``degrees`` and ``pixels`` every pixel of an image is a pixel of the screen, as in the
    published study. Otherwise images are resampled (Lanczos, on encoded values).
    """

    degrees: Annotated[float, Field(ge=0.1, lt=90)] | None = Field(
        None, description="Side of an image in degrees of visual angle; needs a rig with sizes."
    )
    pixels: Annotated[int, Field(ge=32, le=8192, multiple_of=2)] | None = Field(
        None, description="Side of an image in pixels of the screen, an even number."
    )
    transfer: Transfer = Field(
        "srgb",
        description="How a calibrated screen's luminance follows pixel values: by the sRGB curve "
        "that photographs are encoded with, proportionally, or as the screen happens to do it.",
    )
    background: Annotated[int, Field(ge=0, le=255)] = later(
        128,
        "Grey around the images as a pixel value, 0 to 255; texts, bars and frames take colours "
        "that contrast with it.",
    )
    dither: bool = Field(
        False,
        description="Where the screen has no level for a luminance, deal its two neighbours at "
        "random (the same way every time) instead of taking the nearer one.",
    )

    @model_validator(mode="after")
    def _one_size(self) -> "Presentation":
        if self.degrees is not None and self.pixels is not None:
            raise ValueError(
                f"found degrees {self.degrees:g} and pixels {self.pixels}, wanted one of the two"
            )
        return self
