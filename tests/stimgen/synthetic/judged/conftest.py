"""A study of one unit with photographs and two sets of images, as if they had been optimised."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from conditions.files import sha256_of
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.study.kinds.paths import batch_image, unit_image
from conditions.tables.stimuli import POLES
from stimgen.stimuli import add_stimuli
from stimgen.synthetic.judged.report import add_to_report
from tests.stimgen.synthetic.judged.made_pictures import SIDE, cloudy, with_corner

UNIT = "block02_0004"
COUNT = 4
CYAN = (0.0, 0.9, 1.0)


@dataclass(frozen=True)
class Made:
    """The study and the paths of its images."""

    folder: StudyFolder
    table: pd.DataFrame
    natural: list
    images: list


@pytest.fixture
def study(tmp_path) -> Callable[..., Made]:
    """Makes it, with so many photographs a pole and images a set."""
    return lambda natural=12, count=COUNT, unit=UNIT: _made(tmp_path, natural, count, unit)


def _made(root, natural: int, count: int, unit: str) -> Made:
    folder = _folder(root, count)
    rng = np.random.default_rng(1)
    photographs, images = [], []
    for pole in POLES:
        for rank, picture in enumerate(cloudy(rng, natural)):
            path = batch_image("natural", unit, 0, pole, rank)
            photographs.append(_written(folder, path, picture, unit, pole, rank, "natural"))
        pictures = cloudy(rng, count)
        if pole == "min":
            pictures = with_corner(pictures, CYAN)
        for rank, picture in enumerate(pictures):
            path = unit_image("synthetic", unit, pole, rank)
            images.append(_written(folder, path, picture, unit, pole, rank, "synthetic"))
    add_stimuli(folder, pd.DataFrame(photographs + images))
    report = {"tries": 1, "steps": 2, "seconds": 1.0, "diversity_weight": 0.0, "similarity": 0.5}
    report |= {"name": "synthetic", "unit": unit, "method": "fourier", "weakest": 1.0, "mean": 2.0}
    add_to_report(folder, [report | {"pole": pole} for pole in POLES])
    table = pd.DataFrame({"unit": [unit], "layer": unit.rpartition("_")[0], "channel": [4]})
    paths = [[folder.path / row["path"] for row in rows] for rows in (photographs, images)]
    return Made(folder, table, *paths)


def _folder(root, count: int) -> StudyFolder:
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "judged",
        "image": {"resize": SIDE + 8, "crop": SIDE},
        "units": {"main": [UNIT]},
        "natural": {"bins": 2, "batches": 3},
        "references": {
            "natural": {"kind": "photographs"},
            "synthetic": {"kind": "visualisation", "images": count, "steps": 2},
        },
        "parts": [{"name": "only", "conditions": ["synthetic"], "scheme": "Max-1", "main": 1}],
    }
    path = root / "judged.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return open_study(str(path), root)


def _written(folder, path, picture, unit, pole, rank, name) -> dict:
    file = folder.path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray((picture.transpose(1, 2, 0) * 255).round().astype(np.uint8)).save(file)
    made = name == "synthetic"
    return {
        "unit": unit,
        "name": name,
        "kind": "visualisation" if made else "photographs",
        "method": "fourier" if made else None,
        "pole": pole,
        "batch": None if made else 0,
        "rank": rank,
        "activation": float(rank),
        "path": path,
        "source": "made",
        "sha256": sha256_of(file),
    }
