"""A study's tables and images that no network has seen, of any number of units."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from PIL import Image

from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.study.kinds.paths import batch_image, unit_image
from conditions.tables.files import write_table
from conditions.tables.made_images import SYNTHETIC_REPORT
from conditions.tables.stimuli import HISTOGRAM, POLES, POOL, STIMULI, UNITS

# As many different pictures; all others are links to them.
PICTURES = 50
BARS = 40
LAYERS = 8
# Of so many units one is dead, and one has a set that loses against natural images.
DEAD, LOSING = 97, 13


def fabricated(
    root: Path,
    n_units: int,
    *,
    batches: int = 2,
    bins: int = 10,
    synthetic: int = 10,
    other_set: int | None = None,
    blurred: bool = False,
    images: bool = True,
) -> StudyFolder:
    """A study folder with all that a preview reads, and stand-ins for its images.

    Parameters
    ----------
    root : Path
        Where the folder is made.
    n_units : int
        Rows of its table of units. Unit 0 is dead, the min set of unit 1 loses.
    batches, bins, synthetic : int
        Batches of natural images, images of each, and synthetic images, a pole.
    other_set : int, optional
        Images a pole and batch of another natural set, which a part shows.
    blurred : bool
        Whether there are blurred copies.
    images : bool
        Whether there are files of the images.
    """
    folder = _study(root, batches, bins, synthetic, other_set, blurred)
    rng = np.random.default_rng(1)
    units = [f"block{1 + i * LAYERS // n_units:02d}_{i:04d}" for i in range(n_units)]
    rows = _units(units)
    write_table(rows, UNITS, folder.units_table)
    spread = np.where(np.arange(n_units) % DEAD == 0, 0.0, rng.uniform(0.5, 3.0, n_units))
    write_table(_pool(units, spread), POOL, folder.pool_table)
    write_table(_histogram(units, spread, rng), HISTOGRAM, folder.histogram_table)
    stimuli = _stimuli(folder, units, spread, rng)
    write_table(stimuli, STIMULI, folder.stimuli_table)
    write_table(_report(units, spread), SYNTHETIC_REPORT, folder.synthetic_report)
    if images:
        _write_images(folder, list(stimuli["path"]), rng)
    return folder


def _study(
    root: Path, batches: int, bins: int, synthetic: int, other_set: int | None, blurred: bool
) -> StudyFolder:
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "fabricated",
        "title": "A fabricated study",
        "units": {"main": ["block01_0001", "block01_0002"]},
        "natural": {"bins": bins, "batches": batches},
        "references": {
            "natural": {"kind": "photographs"},
            "synthetic": {"kind": "visualisation", "images": synthetic},
        },
        "parts": [{"name": "one", "conditions": ["natural"], "scheme": "Max-1", "main": 2}],
        "batches": {},
    }
    if blurred:
        content["references"]["blurred"] = {"kind": "blurred", "of": "natural", "sigma_px": 4}
    if other_set is not None:
        part = {"name": "two", "conditions": ["none"], "bins": other_set, "main": 2}
        content["parts"].append(part | {"scheme": "Max-1"})
        content["batches"] = {"offset": {"none": 1}}
    root.mkdir(parents=True, exist_ok=True)
    path = root / "fabricated.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return open_study(str(path), root)


def _units(units: list[str]) -> pd.DataFrame:
    rows = pd.DataFrame({"unit": units})
    rows["layer"] = rows["unit"].str.split("_").str[0]
    rows["branch"] = None
    rows["channel"] = rows["unit"].str.split("_").str[1].astype(int)
    practice = rows.index >= 6 if len(rows) < 20 else rows.index % 20 == 19
    rows["pick"] = "random"
    rows["role"] = np.where(practice, "practice", "main")
    rows["block"] = None
    return rows


def _pool(units: list[str], spread: np.ndarray) -> pd.DataFrame:
    shares = {"mean": 0, "sd": 1, "min": -4, "q25": -0.67, "median": 0, "q75": 0.67, "max": 4}
    facts = {name: share * spread for name, share in shares.items()}
    return pd.DataFrame({"unit": units, "n_images": 50_000} | facts)


def _histogram(units: list[str], spread: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    edges = np.linspace(-4, 4, BARS + 1)
    heights = 2048 * np.exp(-(((edges[:-1] + edges[1:]) / 2) ** 2) / 2)
    # As numpy has it, bins of a constant reach half a unit to either side.
    wide = np.where(spread > 0, spread, 0.125)
    return pd.DataFrame(
        {
            "unit": np.repeat(np.array(units, dtype=object), BARS),
            "low": np.outer(wide, edges[:-1]).ravel(),
            "high": np.outer(wide, edges[1:]).ravel(),
            "count": rng.poisson(np.tile(heights / 8, len(units))),
        }
    )


def _stimuli(
    folder: StudyFolder, units: list[str], spread: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    study = folder.study
    rows = []
    for unit in units:
        for pole in POLES:
            for bins in study.natural_sets:
                set_of = None if bins == study.natural.bins else bins
                places = [(b, r) for b in range(study.natural.batches) for r in range(bins)]
                for batch, rank in places:
                    path = batch_image("natural", unit, batch, pole, rank, set_of)
                    rows.append((unit, "natural", pole, batch, rank, path))
                    query = 0 if pole == "min" else bins - 1
                    if "blurred" in study.references and rank != query:
                        path = batch_image("blurred", unit, batch, pole, rank, set_of)
                        rows.append((unit, "blurred", pole, batch, rank, path))
            for rank in range(study.references["synthetic"].images):
                path = unit_image("synthetic", unit, pole, rank)
                rows.append((unit, "synthetic", pole, None, rank, path))
    columns = ["unit", "name", "pole", "batch", "rank", "path"]
    table = pd.DataFrame(rows, columns=columns)
    most = table["pole"] == "max"
    largest = table.groupby(["unit", "name", "pole"])["rank"].transform("max")
    # In standard deviations, from 3 to 4, the outermost rank the most extreme.
    extreme = 3 + np.where(most, table["rank"], largest - table["rank"]) / largest.clip(lower=1)
    wide = table["unit"].map(dict(zip(units, spread, strict=True)))
    table["activation"] = np.where(most, 1, -1) * extreme * wide
    numbers = rng.integers(0, 50_000, len(table))
    natural = [f"n{i % 1000:08d}/n{i % 1000:08d}_{i}.JPEG" for i in numbers]
    table["kind"] = table["name"].map({name: k.kind for name, k in study.references.items()})
    made = table["name"] == "synthetic"
    table["method"] = np.where(made, "fourier", None)
    table["of_sha256"] = np.where(table["name"] == "blurred", "0" * 64, None)
    table["source"] = np.where(made, "fourier, 2560 steps, diversity 0.25", natural)
    table["sha256"] = "0" * 64
    return table[STIMULI.column_names]


def _report(units: list[str], spread: np.ndarray) -> pd.DataFrame:
    rows = []
    for i, unit in enumerate(units):
        for pole, sign in (("max", 1), ("min", -1)):
            wins = not (pole == "min" and i % LOSING == 1)
            rows.append(
                {
                    "name": "synthetic",
                    "unit": unit,
                    "pole": pole,
                    "method": "fourier",
                    "diversity_weight": 0.25,
                    "tries": 1,
                    "steps": 2560,
                    "precision": "full",
                    "seconds": 1.0,
                    "similarity": 0.5,
                    "weakest": sign * (5.0 if wins else 2.0) * spread[i],
                    "mean": sign * 6.0 * spread[i],
                    "natural_mean": sign * 3.5 * spread[i],
                    "natural_most": sign * 4.0 * spread[i],
                    "beats_natural": wins,
                    "border_index": 0.6,
                    "high_frequencies": 4.0,
                    "natural_similarity": 0.6,
                    "as_diverse": True,
                }
            )
    return pd.DataFrame(rows)


def _write_images(folder: StudyFolder, paths: list[str], rng: np.random.Generator) -> None:
    made = folder.path / "pictures"
    made.mkdir()
    for i in range(PICTURES):
        values = rng.integers(0, 256, (7, 7, 3), dtype=np.uint8)
        Image.fromarray(values).resize((224, 224), Image.Resampling.BICUBIC).save(made / f"{i}.png")
    for folders in sorted({str(Path(path).parent) for path in paths}):
        (folder.path / folders).mkdir(parents=True, exist_ok=True)
    for i, path in enumerate(paths):
        os.link(made / f"{i % PICTURES}.png", folder.path / path)
