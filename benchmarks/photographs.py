"""Photographs that take as long to decode as those of ImageNet, made of the embedded ones."""

from pathlib import Path

import numpy as np
from PIL import Image

from conditions.study.recipes import ImageSize
from stimgen.pool.finding.find import open_pool

COUNT = 500
# Sides and their shares among the originals, roughly; half as many stand upright as lie.
_SIDES = ((500, 375), (500, 333), (500, 400), (400, 300), (640, 480))
_SHARES = (0.6, 0.2, 0.05, 0.1, 0.05)
_UPRIGHT = 1 / 3
_PROGRESSIVE = 0.03
# With the grain of a film enlarged photographs have as much detail as originals.
_GRAIN, _GRAIN_OF_COLOUR = 7.0, 2.0
_QUALITIES = (92, 95, 96, 97)


def write_photographs(folder: Path, count: int = COUNT, seed: int = 0) -> str:
    """Write JPEGs of ImageNet's sides and mean size of file (110 kB).

    Returns
    -------
    str
        How many there are, and how large.
    """
    rng = np.random.default_rng(seed)
    pool = open_pool("embedded", ImageSize())
    whole = [index for index in range(len(pool)) if pool.box(index) is None]
    sizes = []
    for number in range(count):
        width, height = _SIDES[rng.choice(len(_SIDES), p=_SHARES)]
        if rng.random() < _UPRIGHT:
            width, height = height, width
        with Image.open(pool.root / pool.names[whole[number % len(whole)]]) as image:
            # Each time another part, so that no two are the same.
            share = rng.uniform(0.7, 1)
            left, upper = rng.uniform(0, 1 - share, 2) * image.size
            box = (left, upper, left + share * image.width, upper + share * image.height)
            resized = image.convert("RGB").resize(
                (width, height), Image.Resampling.LANCZOS, box=box
            )
        grain = rng.normal(0, _GRAIN, (height, width, 1))
        grain = grain + rng.normal(0, _GRAIN_OF_COLOUR, (height, width, 3))
        pixels = np.clip(np.asarray(resized) + grain, 0, 255).astype(np.uint8)
        path = folder / f"{number:04d}.JPEG"
        quality = int(rng.choice(_QUALITIES))
        progressive = bool(rng.random() < _PROGRESSIVE)
        Image.fromarray(pixels).save(path, quality=quality, progressive=progressive)
        sizes.append(path.stat().st_size)
    return f"{count} of {np.mean(sizes) / 1000:.0f} kB on average"
