"""The images of a trial, from their files to levels of the screen."""

import io
from collections.abc import Mapping

from PIL import Image

from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from experiment.plan import Trial
from experiment.screen.correction import UNCHANGED, Correction

IMAGE_COLUMNS = (*LEFT_COLUMNS, *RIGHT_COLUMNS, "upper", "lower")


def decode(
    encoded: Mapping[str, bytes], trial: Trial, side: int, correction: Correction = UNCHANGED
) -> dict[str, Image.Image]:
    """The images of a trial by column of the condition file (safe in a thread).

    Parameters
    ----------
    encoded : mapping
        Content of the image files by their path relative to the study folder: a session reads
        them all before it begins, so that it needs the place where they lie no more.
    trial : dict
        Row of the condition file.
    side : int
        Pixels at which they are shown; images of another size are resampled (Lanczos).
    correction : Correction
        What makes levels of the screen of their pixels.
    """
    images = {}
    for column in IMAGE_COLUMNS:
        if trial.get(column):
            with Image.open(io.BytesIO(encoded[trial[column]])) as opened:
                image = opened.convert("RGB")
            if image.size != (side, side):
                image = image.resize((side, side), Image.Resampling.LANCZOS)
            images[column] = correction.image(image, trial[column])
    return images
