"""A study of two units that has a kind of files, and folders of images for it."""

import csv
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from conditions.errors import StudyError
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.tables.files import write_table
from conditions.tables.stimuli import POLES, POOL
from stimgen.bringing.step import bring_images
from stimgen.models.model import Model

UNITS = ["block02_0004", "block02_0007"]
IMAGES = 2
CROP = 64


def picture(seed: int, width: int = CROP, height: int | None = None) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((width, height or width), Image.Resampling.BICUBIC)


def study_folder(place: Path, median: float = 0.0, **kind: object) -> StudyFolder:
    """A folder whose pool has been scanned, as far as its table tells."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "tiny",
        "image": {"resize": 72, "crop": CROP},
        "units": {"main": UNITS},
        "natural": {"bins": 4, "batches": 3},
        "references": {
            "natural": {"kind": "photographs"},
            "theirs": {"kind": "files", "images": IMAGES} | kind,
        },
        "batches": {},
        "parts": [{"name": "only", "conditions": ["theirs"], "scheme": "Max-1", "main": 2}],
    }
    path = place / "tiny.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    folder = open_study(str(path), place / "studies")
    values = dict.fromkeys(("mean", "min", "q25", "median", "q75", "max"), median)
    rows = [{"unit": unit, "n_images": 5, "sd": 2.0} | values for unit in UNITS]
    write_table(pd.DataFrame(rows)[POOL.column_names], POOL, folder.pool_table)
    return folder


def by_layout(root: Path, side: int = CROP, suffix: str = ".png") -> Path:
    """Images named as units, poles and ranks are; no two are alike."""
    for place, (unit, pole, rank) in enumerate(places()):
        path = root / unit / f"{pole}_{rank}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(place, side).save(path)
    return root


def by_manifest(root: Path, side: int = CROP) -> Path:
    """The same images under other names, and a manifest."""
    root.mkdir(parents=True)
    rows = []
    for place, (unit, pole, rank) in enumerate(places()):
        picture(place, side).save(root / f"image {place}.png")
        rows.append({"unit": unit, "pole": pole, "rank": str(rank), "file": f"image {place}.png"})
    write_manifest(root, rows)
    return root


def places() -> list[tuple[str, str, int]]:
    return [(unit, pole, rank) for unit in UNITS for pole in POLES for rank in range(IMAGES)]


def rows_of(root: Path) -> list[dict[str, str]]:
    with (root / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_manifest(root: Path, rows: list[dict[str, str]], name: str = "manifest.csv") -> None:
    with (root / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else ["unit", "pole", "rank", "file"])
        writer.writeheader()
        writer.writerows(rows)


def edit(root: Path, row: int, **cells: str) -> None:
    """Change cells of a row of the manifest, counted as a spreadsheet counts them."""
    rows = rows_of(root)
    rows[row - 2] |= cells
    write_manifest(root, rows)


def tree(root: Path) -> dict[str, tuple[str, int]]:
    """All that lies in a folder: the bytes of files, and times."""
    return {
        path.relative_to(root).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.lstat().st_mtime_ns,
        )
        for path in sorted([root, *root.rglob("*")])
    }


def refused(folder: StudyFolder, model: Model, root: Path) -> str:
    """The message, with names of folders as they stand above; nothing was written or touched."""
    before = tree(folder.path), _tree_or_none(root)
    with pytest.raises(StudyError) as error:
        bring_images(folder, model, "theirs", str(root))
    assert (tree(folder.path), _tree_or_none(root)) == before
    return str(error.value).replace(str(root), "ROOT").replace(str(root.parent), "PARENT")


def _tree_or_none(root: Path) -> dict | None:
    return tree(root) if root.is_dir() else None
