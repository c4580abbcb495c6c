"""Two pools under one set of names, a study of them, and its folder."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from PIL import Image

from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.study.recipes import ImageSize
from conditions.tables.files import read_table
from conditions.tables.stimuli import STIMULI
from stimgen.natural.step import make_natural

SIZE = ImageSize(resize=72, crop=64)
UNITS = ["block02_0004", "block02_0007", "block08_0031"]


def picture(seed: int) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((100, 80), Image.Resampling.BICUBIC)


def make_pool(folder: Path, seed: int, count: int = 30) -> Path:
    """Different pools have the same names of files."""
    folder.mkdir()
    for i in range(count):
        picture(1000 * seed + i).save(folder / f"{i:03d}.png")
    return folder


def write_study(path: Path, pool: Path | str) -> Path:
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "tiny",
        "image": SIZE.model_dump(),
        "units": {"main": UNITS},
        "natural": {"pool": str(pool), "bins": 2, "batches": 2},
        "parts": [{"name": "only", "conditions": ["natural"], "scheme": "Max-1", "main": 3}],
    }
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def made(model, pool: Path, root: Path) -> StudyFolder:
    folder = open_study(str(write_study(root / "tiny.yaml", pool)), root)
    make_natural(folder, model, workers=0)
    return folder


def rows_of(folder: StudyFolder) -> pd.DataFrame:
    return read_table(folder.stimuli_table, STIMULI)


def lose_images(folder: StudyFolder) -> None:
    """As the researcher did who found two images odd."""
    for path in list(rows_of(folder)["path"])[:2]:
        (folder.path / path).unlink()


def of_one_unit(folder: StudyFolder) -> tuple[str, str]:
    """An image of the pool that one unit shows and another does not, and that unit."""
    rows = rows_of(folder)
    shown = rows.groupby("source")["unit"].agg(set)
    source = next(source for source, units in shown.items() if len(units) == 1)
    return source, min(shown[source])
