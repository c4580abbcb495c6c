"""Build the embedded pool of photographs out of Debian packages.

Usage: ``python -m stimgen.photographs.build --out DIR [--debs DIR]``. The packages are fetched with
``apt-get download`` (Debian 12), or taken from the ``.deb`` files in ``--debs``. Needs the Python
package ``zstandard``, which only this script uses. The same package versions give the same choice
of photographs; the bytes also depend on the WebP encoder inside Pillow (the pool: Pillow 11.3.0).

Photographs come from GCompris, whose own README files name the author, licence and source of each,
and from the packages in ``others.csv``, transcribed from those packages' own texts.
``excluded.csv`` says which were left out by eye, and why.
"""

import argparse
import hashlib
import io
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageCms, ImageOps

from stimgen.photographs.packages import (
    BuildError,
    fetch_packages,
    gcompris_candidates,
    other_candidates,
    unpack_packages,
)

EXCLUDED = Path(__file__).parent / "excluded.csv"
COLUMNS = [
    *("file", "source", "original", "title", "author", "licence", "source_url"),
    *("width", "height", "sha256"),
]

MIN_SIDE = 208
SHORT_SIDE = 512
QUALITY = 80
MAX_BORDER = 0.08
SAME_PICTURE = 0.9


def has_alpha(content: bytes) -> bool:
    """Tell whether the picture in the file `content` has transparency, as cut-outs do."""
    return Image.open(io.BytesIO(content)).mode in ("RGBA", "LA", "PA")


def encode(content: bytes) -> tuple[Image.Image, bytes]:
    """Make the pool's picture out of a package's picture.

    Uniform borders are trimmed, large pictures shrunk and colours turned to sRGB. A WebP picture
    that needs nothing of this keeps its bytes.

    Parameters
    ----------
    content : bytes
        The original file.

    Returns
    -------
    image : PIL.Image.Image
        The RGB picture before compression.
    content : bytes
        The WebP file.
    """
    original = Image.open(io.BytesIO(content))
    image = trim_borders(_to_srgb(ImageOps.exif_transpose(original)))
    scale = SHORT_SIDE / min(image.size)
    if scale < 1:
        size = [round(scale * side) for side in image.size]
        image = image.resize(size, Image.Resampling.LANCZOS)
    if original.format == "WEBP" and image.size == original.size:
        return image, content
    packed = io.BytesIO()
    image.save(packed, "WEBP", quality=QUALITY, method=6)
    return image, packed.getvalue()


def _to_srgb(image: Image.Image) -> Image.Image:
    """Return the RGB picture, its colour profile applied and dropped."""
    profile = image.info.pop("icc_profile", None)
    if profile is None or image.mode != "RGB":
        return image.convert("RGB")
    profile = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    converted = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"))
    assert converted is not None  # only a change in place gives none
    del converted.info["icc_profile"]
    return converted


def trim_borders(image: Image.Image) -> Image.Image:
    """Cut off uniform borders; wider ones are the picture's background and stay.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB picture.

    Returns
    -------
    PIL.Image.Image
        The picture, or the part of it inside the borders.
    """
    pixels = np.asarray(image, dtype=np.int16)
    top, bottom = (_border(rows) for rows in (pixels, pixels[::-1]))
    columns = pixels.transpose(1, 0, 2)
    left, right = (_border(rows) for rows in (columns, columns[::-1]))
    return image.crop((left, top, image.width - right, image.height - bottom))


def _border(lines: np.ndarray) -> int:
    """Return how many of the first `lines` are a uniform border that ends in a sharp edge."""
    colour = np.median(lines[0], axis=0)
    differences = np.abs(lines[: round(MAX_BORDER * len(lines)) + 1] - colour).max(axis=2)
    uniform = (differences <= 16).mean(axis=1) > 0.98
    width = int(uniform.argmin())
    # One line more goes too: the edge is smeared over it.
    return width + 1 if width and differences[width:].mean() > 40 else 0


def fingerprint(image: Image.Image) -> np.ndarray:
    """Return a standardised thumbnail of `image`; products of two are correlations."""
    small = np.asarray(image.resize((16, 16), Image.Resampling.BOX), dtype=float)
    small = small.ravel() - small.mean()
    return small / np.linalg.norm(small)


def select(candidates: Iterable[dict[str, Any]], min_side: int) -> list[dict[str, Any]]:
    """Choose and encode the pool's photographs.

    Parameters
    ----------
    candidates : iterable of dict
        From `gcompris_candidates` and `other_candidates`.
    min_side : int
        Least short side in pixels after trimming.

    Returns
    -------
    list of dict
        The columns of ``photographs.csv`` and the WebP file as ``content``, sorted by file.
        Of two near-duplicates the larger one is kept.
    """
    excluded = pd.read_csv(EXCLUDED)["file"]
    named = {each["file"]: each for each in candidates}
    if unknown := sorted(set(excluded) - set(named)):
        raise BuildError(f"excluded.csv names {unknown[0]}, which no package has")
    encoded = []
    for name in sorted(set(named) - set(excluded)):
        if has_alpha(named[name]["content"]):
            continue
        image, content = encode(named[name]["content"])
        if min(image.size) >= min_side:
            size = {"width": image.width, "height": image.height}
            sha256 = hashlib.sha256(content).hexdigest()
            row = named[name] | size | {"content": content, "sha256": sha256}
            encoded.append((row, fingerprint(image)))
    encoded.sort(key=lambda each: -each[0]["width"] * each[0]["height"])
    kept: list[tuple[dict[str, Any], np.ndarray]] = []
    for row, mark in encoded:
        if all(mark @ other < SAME_PICTURE for _, other in kept):
            kept.append((row, mark))
    return sorted((row for row, _ in kept), key=lambda row: row["file"])


def build(out: Path, debs: Path | None = None, min_side: int = MIN_SIDE) -> pd.DataFrame:
    """Write the photographs and ``photographs.csv`` into a folder.

    Parameters
    ----------
    out : Path
        Where to write; made if it isn't there.
    debs : Path, optional
        Folder of ``.deb`` files; without it they are downloaded.
    min_side : int
        Least short side of a photograph in pixels.

    Returns
    -------
    pandas.DataFrame
        What was written to ``photographs.csv``.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if debs is None:
            debs = folder
            fetch_packages(debs)
        unpack_packages(debs, folder)
        candidates = [*gcompris_candidates(folder / "gcompris-qt-data"), *other_candidates(folder)]
        rows = select(candidates, min_side)
    out.mkdir(parents=True, exist_ok=True)
    for row in rows:
        (out / row["file"]).write_bytes(row["content"])
    table = pd.DataFrame(rows)[COLUMNS]
    table.to_csv(out / "photographs.csv", index=False)
    return table


def main() -> int:
    """Build the pool from the command line; exit code 2 if it can't be built."""
    parser = argparse.ArgumentParser(description="Build the embedded pool of photographs.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--debs", type=Path, help="folder of .deb files, instead of downloads")
    parser.add_argument("--min-side", type=int, default=MIN_SIDE, help="least short side in pixels")
    arguments = parser.parse_args()
    try:
        table = build(arguments.out, arguments.debs, arguments.min_side)
    except BuildError as problem:
        print(f"build: {problem}", file=sys.stderr)
        return 2
    size = sum((arguments.out / name).stat().st_size for name in table["file"])
    print(f"{len(table)} photographs, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
