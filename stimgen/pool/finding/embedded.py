"""The pool that comes with the laboratory: photographs, whole and in large crops."""

from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from conditions.study.recipes import ImageSize
from stimgen.pool.images import Box, Pool
from stimgen.pool.names import Names

# A crop is this part of the short side; smaller ones look blurred beside whole images.
CROP_SHARE = 0.75
# A crop is left out where showing it would enlarge it by more than this.
MOST_ENLARGED = 1.15

_WHOLE = (0, 0, 0, 0)


def embedded_pool(size: ImageSize) -> Pool:
    """The embedded photographs, each whole and, where it is large enough, in four corner crops."""
    folder = Path(str(resources.files("stimgen"))) / "photographs"
    names: list[str] = []
    boxes: list[Box] = []
    for row in pd.read_csv(folder / "photographs.csv").to_dict("records"):
        for box in (_WHOLE, *_corner_crops(row["width"], row["height"], size)):
            names.append(row["file"])
            boxes.append(box)
    return Pool("embedded", folder, Names(names), boxes=np.array(boxes, dtype=np.int32))


def _corner_crops(width: int, height: int, size: ImageSize) -> list[Box]:
    side = round(CROP_SHARE * min(width, height))
    if side * MOST_ENLARGED < size.crop:
        return []
    return [
        (left, upper, left + side, upper + side)
        for upper in (0, height - side)
        for left in (0, width - side)
    ]
