"""Small pictures of which no two are alike."""

from pathlib import Path

import numpy as np
from PIL import Image


def write_pictures(folder: Path, count: int) -> list[Image.Image]:
    """Write 000.png and so on, 100 × 80 pixels of smooth noise; the same at every call."""
    rng = np.random.default_rng(1)
    pictures = []
    for i in range(count):
        values = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        picture = Image.fromarray(values).resize((100, 80), Image.Resampling.BICUBIC)
        picture.save(folder / f"{i:03d}.png")
        pictures.append(picture)
    return pictures
