"""A rig: the screen that participants sit at, as a YAML file that travels with the data."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from conditions.rig.font import Font
from conditions.rig.luminance import Luminance
from conditions.rig.markers import Outlet, check_outlets
from conditions.rig.patch import Patch
from conditions.rig.response_box import ResponseBox
from conditions.rig.visual_angle import degrees_of, pixels_of
from conditions.yaml.reading import read_yaml
from conditions.yaml.strict import Day, Strict, Text, later

Pixels = Annotated[int, Field(ge=320, le=32_768)]
Centimetres = Annotated[float, Field(gt=0, le=5000)]
# Where these are left, a length was most likely written in another unit.
PIXEL_MM = (0.03, 2.0)
SCREEN_DEGREES = (6.0, 120.0)


class Rig(Strict):
    """The screen of a session.

    ``resolution`` (width, height in pixels) is compared with the screen that is found; without it
    any screen will do. ``refresh_hz`` is compared with the measured refresh rate, and stands in
    where none can be measured. ``shrink`` allows images to be shown smaller than they are where a
    trial does not fit the screen (never without: the published study shows them pixel by pixel),
    ``enlarge`` to be shown larger on a screen of more than 1920 × 1080 pixels, as texts are.
    ``width_cm`` is the width of the screen's picture, ``distance_cm`` that from the participant's
    eye. ``luminance`` is what ``python -m experiment calibrate`` measured on ``calibrated_on``.
    """

    name: Text
    resolution: tuple[Pixels, Pixels] | None = Field(None, strict=False)
    refresh_hz: Annotated[float, Field(ge=20, le=1000)] = 60.0
    screen: Annotated[int, Field(ge=0, le=15)] = 0
    full_screen: bool = True
    shrink: bool = False
    width_cm: Centimetres | None = None
    distance_cm: Centimetres | None = None
    calibrated_on: Day | None = None
    calibrated_by: Text | None = None
    luminance: Luminance | None = None
    enlarge: bool = later(
        False, "Whether images grow with screens of more than 1920 × 1080 pixels, as texts do."
    )
    font: Font | None = later(
        None, "Font of texts: name of an installed family, or file; by default the language's."
    )
    patch: Patch | None = later(
        None, "Square in a corner, white while the images of a trial are shown, else black."
    )
    response_box: ResponseBox | None = later(
        None, "What participants answer with, where that is no ordinary keyboard."
    )
    markers: list[Outlet] = later(
        [], "Outlets that are told of each event, for recordings beside the session."
    )

    @property
    def has_sizes(self) -> bool:
        """Whether degrees of visual angle can be told."""
        return self.width_cm is not None

    def pixels(self, degrees: float, screen_width: int) -> float:
        """Extent in pixels of a visual angle on a screen of so many pixels; needs sizes."""
        width_cm, distance_cm = self._sizes()
        return pixels_of(degrees, distance_cm, width_cm / screen_width)

    def degrees(self, pixels: float, screen_width: int) -> float:
        """Visual angle of an extent in pixels on a screen of so many pixels; needs sizes."""
        width_cm, distance_cm = self._sizes()
        return degrees_of(pixels, distance_cm, width_cm / screen_width)

    def _sizes(self) -> tuple[float, float]:
        if self.width_cm is None or self.distance_cm is None:
            raise ValueError(f"rig {self.name} has no sizes")
        return self.width_cm, self.distance_cm

    @model_validator(mode="after")
    def _possible_geometry(self) -> "Rig":
        if self.width_cm is None and self.distance_cm is None:
            return self
        if self.width_cm is None or self.distance_cm is None or self.resolution is None:
            fields = ("width_cm", "distance_cm", "resolution")
            missing = [name for name in fields if getattr(self, name) is None]
            there = ", ".join(name for name in fields if name not in missing)
            raise ValueError(f"{there} without {' and '.join(missing)}: wanted all three")
        width, pixel_mm = self.resolution[0], 10 * self.width_cm / self.resolution[0]
        low, high = PIXEL_MM
        if not low <= pixel_mm <= high:
            raise ValueError(
                f"width_cm: {self.width_cm:g} cm over {width} px makes pixels of {pixel_mm:.3g} "
                f"mm, wanted {low:g} to {high:g} mm"
            )
        angle, (low, high) = self.degrees(width, width), SCREEN_DEGREES
        if not low <= angle <= high:
            raise ValueError(
                f"distance_cm: a screen {self.width_cm:g} cm wide at {self.distance_cm:g} cm takes "
                f"{angle:.3g}° of the visual field, wanted {low:g}° to {high:g}°"
            )
        return self

    @model_validator(mode="after")
    def _told_apart(self) -> "Rig":
        check_outlets(self.markers)
        return self

    @model_validator(mode="after")
    def _dated(self) -> "Rig":
        if self.luminance is not None and self.calibrated_on is None:
            raise ValueError("luminance without calibrated_on: wanted the day of the measurement")
        return self


def read_rig(path: Path) -> Rig:
    """Read and check a rig file.

    Raises
    ------
    StudyError
        One line for each misfit: file, field, value found, value wanted.
    """
    return read_yaml(path, Rig, "a rig")
