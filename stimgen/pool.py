"""Pools of natural images: where references and queries are chosen from."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pandas as pd
import torch
from PIL import Image

from conditions.errors import StudyError
from conditions.study import ImageSize
from stimgen.activations import as_tensor

# A crop is this part of the short side; smaller ones look blurred beside whole images.
CROP_SHARE = 0.75
# A crop is left out where showing it would enlarge it by more than this.
MOST_ENLARGED = 1.15


@dataclass(frozen=True)
class PoolImage:
    """A photograph, whole or a large crop of it (``box``: left, upper, right, lower pixels)."""

    photograph: Path
    box: tuple[int, int, int, int] | None = None

    @property
    def source(self) -> str:
        """Name for the tables: the file, and the crop in it."""
        if self.box is None:
            return self.photograph.name
        return f"{self.photograph.name}[{','.join(map(str, self.box))}]"

    def load(self, size: ImageSize) -> Image.Image:
        """The image as it is shown: short side resized, centre crop; RGB.

        A crop fills the shown square: only whole images lose their border.
        """
        with Image.open(self.photograph) as opened:
            image = opened.convert("RGB")
        if self.box is not None:
            crop = image.crop(self.box)
            return crop.resize((size.crop, size.crop), Image.Resampling.LANCZOS)
        scale = size.resize / min(image.size)
        width, height = (max(size.resize, round(side * scale)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
        left, upper = (width - size.crop) // 2, (height - size.crop) // 2
        return image.crop((left, upper, left + size.crop, upper + size.crop))


@dataclass(frozen=True)
class Pool:
    """The images to choose from, in a fixed order."""

    name: str
    images: tuple[PoolImage, ...]

    def fingerprint(self) -> str:
        """SHA-256 over the images' names in order."""
        return hashlib.sha256("\n".join(i.source for i in self.images).encode()).hexdigest()

    def batches(self, size: ImageSize, length: int) -> Iterator[torch.Tensor]:
        """The images as tensors N × 3 × crop × crop, 0…1, at most ``length`` at a time."""
        for start in range(0, len(self.images), length):
            chunk = self.images[start : start + length]
            yield torch.stack([as_tensor(image.load(size)) for image in chunk])


def open_pool(name: str, size: ImageSize) -> Pool:
    """The pool that a study names: ``embedded``, the photographs that come with the laboratory.

    Raises
    ------
    StudyError
        For any other name.
    """
    if name != "embedded":
        raise StudyError(f"natural.pool: found {name!r}, wanted 'embedded'")
    folder = Path(str(resources.files("stimgen"))) / "photographs"
    photographs = pd.read_csv(folder / "photographs.csv")
    images = []
    for row in photographs.itertuples():
        path = folder / row.file
        images.append(PoolImage(path))
        images += [PoolImage(path, box) for box in _corner_crops(row.width, row.height, size)]
    return Pool(name, tuple(images))


def _corner_crops(width: int, height: int, size: ImageSize) -> list[tuple[int, int, int, int]]:
    side = round(CROP_SHARE * min(width, height))
    if side * MOST_ENLARGED < size.crop:
        return []
    return [
        (left, upper, left + side, upper + side)
        for upper in (0, height - side)
        for left in (0, width - side)
    ]
