"""Accentuation of a study's photographs: seconds an image, and what each setting does to it.

    python -m stimgen natural visualisations
    python -m benchmarks.accentuation studies/visualisations [--images 4] [--sheet FILE.png]
                                      [--json FILE]

Medians over main units of different layers, both poles: the rise of the activation in standard
deviations of the unit over the pool, the distance in the unit's layer as a share of that of two of
its images, and the root mean square of the change in grey levels. First the time by the number of
images side by side. The sheet shows the first images of each unit, and under them what becomes of
them by the strengths that are compared.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image

from benchmarks.table import show
from conditions.folder import StudyFolder, open_study
from conditions.stimuli import read_stimuli
from conditions.study.kinds.accentuation import Accentuation
from conditions.tables.files import read_table
from conditions.tables.stimuli import POLES, POOL, UNITS
from stimgen.activations import activations_of, as_tensor, layer_maps
from stimgen.models.model import Model
from stimgen.models.open import open_model
from stimgen.synthetic.accentuate import Accentuated, Aim, Photograph, accentuate
from stimgen.synthetic.distance import mean_squared_distance

# Side by side, and what is compared with the default of each field.
BATCHES = (1, 2, 4, 8, 16)
FIELDS = {
    "strength": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
    "penalty": (0.0, 1.0, 2.0, 4.0, 8.0, 16.0),
    "steps": (8, 16, 32, 64),
    "learning_rate": (0.05, 0.1, 0.2, 0.4),
}
# In the measure of time.
STEPS = 4


@dataclass(frozen=True)
class Subject:
    """Photographs of a unit, and where they are to go."""

    unit: str
    photographs: list[Photograph]
    aim: Aim

    def made(self, model: Model, recipe: Accentuation) -> Accentuated:
        """What becomes of them."""
        aim = replace(self.aim, strength=recipe.strength, penalty=recipe.penalty)
        return accentuate(model, self.photographs, aim, recipe.steps, recipe.learning_rate)

    def rises(self, model: Model, made: Accentuated) -> np.ndarray:
        """How far towards the poles, in standard deviations."""
        pixels = torch.stack([one.pixels for one in self.photographs])
        units = {self.aim.layer: [self.aim.channel]}
        with torch.inference_mode():
            after, before = (
                activations_of(model, images.to(model.device), units)[self.aim.layer][:, 0].cpu()
                for images in (made.images.float() / 255, pixels)
            )
        signs = [1 if one.pole == "max" else -1 for one in self.photographs]
        return np.array(signs) * (after - before).numpy() / self.aim.sd

    def changes(self, made: Accentuated) -> np.ndarray:
        """Root mean square of the change of each image in grey levels."""
        pixels = torch.stack([one.pixels for one in self.photographs]) * 255
        return (made.images - pixels).square().mean((1, 2, 3)).sqrt().numpy()


def subjects_of(folder: StudyFolder, model: Model, images: int) -> list[Subject]:
    """The first main unit of each layer, with so many photographs of both poles."""
    units = read_table(folder.units_table, UNITS).query("role == 'main'").drop_duplicates("layer")
    sds = read_table(folder.pool_table, POOL).set_index("unit")["sd"]
    stimuli = read_stimuli(folder)
    stimuli = stimuli[(stimuli["name"] == folder.study.photographs) & (stimuli["batch"] == 1)]
    found = []
    for row in units.to_dict("records"):
        unit, layer = row["unit"], row["layer"]
        own = stimuli[stimuli["unit"] == unit]
        chosen = [one for pole in POLES for one in _references(own, pole, images // 2)]
        photographs = [
            Photograph(one["path"], as_tensor(opened(folder, one)), one["pole"], one["rank"])
            for one in chosen
        ]
        with torch.inference_mode():
            pixels = torch.stack([one.pixels for one in photographs]).to(model.device)
            apart = mean_squared_distance(layer_maps(model, pixels, [layer])[layer])
        aim = Aim(layer, int(row["channel"]), 0.0, float(sds[unit]), 0.0, layer, apart)
        found.append(Subject(unit, photographs, aim))
    return found


def opened(folder: StudyFolder, row: dict) -> Image.Image:
    """The image of a row of the table of stimuli."""
    return Image.open(folder.path / row["path"])


def _references(rows: pd.DataFrame, pole: str, count: int) -> list[dict]:
    """Those next in rank to the query."""
    ordered = rows[rows["pole"] == pole].sort_values("rank", ascending=pole == "min")
    return ordered.to_dict("records")[1 : 1 + count]


def speed(model: Model, subjects: list[Subject]) -> list[dict]:
    """Seconds an image and step, by the number of images side by side."""
    rows = []
    for count in BATCHES:
        row: dict = {"images": count}
        for one in subjects:
            several = (one.photographs * count)[:count]
            many = replace(one, photographs=several)
            recipe = Accentuation(of="photographs", steps=STEPS)
            row[f"{one.aim.layer} (s)"] = many.made(model, recipe).seconds / STEPS
        rows.append(row)
    return rows


def effect(model: Model, subjects: list[Subject], field: str) -> list[dict]:
    """What values of a field do, all others being the defaults."""
    rows = []
    for value in FIELDS[field]:
        recipe = Accentuation.model_validate({"of": "photographs", field: value})
        row: dict = {field: value}
        for one in subjects:
            made = one.made(model, recipe)
            row |= {
                f"{one.unit} (SD)": float(np.median(one.rises(model, made))),
                f"{one.unit} distance": float(np.median(made.distances)),
                f"{one.unit} grey levels": float(np.median(one.changes(made))),
            }
        rows.append(row)
    return rows


def sheet(model: Model, subjects: list[Subject], file: Path) -> None:
    """A row of photographs, and one for each strength."""
    rows = [torch.cat([p.pixels for one in subjects for p in one.photographs], 2) * 255]
    for strength in FIELDS["strength"]:
        recipe = Accentuation(of="photographs", strength=strength)
        made = [image for one in subjects for image in one.made(model, recipe).images]
        rows.append(torch.cat(made, 2))
    values = torch.cat([row.round().byte() for row in rows], 1)
    Image.fromarray(values.permute(1, 2, 0).numpy()).save(file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("study", help="a study folder whose natural images are there")
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = open_study(given.study, Path(given.study).parent, make=False)
    model = open_model(folder.study)
    subjects = subjects_of(folder, model, given.images)
    show("Seconds an image and step", speed(model, subjects), given.json)
    for field in FIELDS:
        file = given.json and given.json.with_stem(f"{given.json.stem}_{field}")
        show(f"By {field}", effect(model, subjects, field), file)
    if given.sheet:
        sheet(model, subjects, given.sheet)
