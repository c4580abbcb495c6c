"""Images of another kind under a Gaussian."""

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from conditions.study.kinds.blurred import Blurred
from stimgen.kinds.derived.kind import make_derived, plan_derived
from stimgen.kinds.derived.originals import Original
from stimgen.kinds.derived.unit import Given, Picture
from stimgen.kinds.making import Making
from stimgen.work.planned import PlannedStep


def make(making: Making) -> None:
    """See :class:`stimgen.kinds.making.Maker`."""
    make_derived(making, derive)


def plan(making: Making) -> list[PlannedStep]:
    """See :class:`stimgen.kinds.making.Maker`."""
    return plan_derived(making, derive)


def derive(given: Given, originals: list[Original]) -> list[Picture]:
    """The images under the Gaussian of the study."""
    kind = given.kind
    assert isinstance(kind, Blurred)  # the registry has looked
    note = f"blurred {kind.sigma_px:g} px"
    return [Picture(blur(one.image, kind.sigma_px), note) for one in originals]


def blur(image: Image.Image, sigma_px: float) -> Image.Image:
    """An RGB image under a Gaussian with a standard deviation in pixels; edges are reflected."""
    values = gaussian_filter(np.asarray(image, dtype=np.float64), (sigma_px, sigma_px, 0))
    return Image.fromarray(np.rint(values).astype(np.uint8))
