"""A study folder to rehearse in: any design, with stand-ins where its images would be.

Nothing here shows anything about a network. The stand-ins are drawn patterns with their own name
written on them, listed in ``stimuli.csv`` as such; their "activations" only tell their rank. They
let an operator, a test or a new computer go through a whole session before there are stimuli.
"""

from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
import yaml
from PIL import Image, ImageDraw, ImageFont

from conditions.check import images_of
from conditions.errors import StudyError
from conditions.files import atomic_path, sha256_of, write_text
from conditions.folder import StudyFolder, find_study_file, open_study
from conditions.stimuli import read_stimuli
from conditions.study.kinds.photographs import Photographs
from conditions.study.kinds.visualisation import Visualisation
from conditions.study.study import Study, load_study
from conditions.tables.files import write_table
from conditions.tables.stimuli import STIMULI, UNITS
from conditions.trials.build import build_all
from conditions.units.table import units_for
from conditions.yaml.loading import load_mapping
from experiment.checks.rehearsals import PREFIX, SOURCE, has_stand_ins_alone
from experiment.records.start import load_trials

# Durations of a rehearsal at speed, in seconds.
FAST = {"fixation": 0.0, "feedback_delay": 0.03, "feedback": 0.05, "blank": 0.03, "reading": 0.0}
# Of the kinds in the order of the study file, as many as a study may have; then of bare queries.
INKS = (
    *((40, 120, 60), (150, 60, 120), (60, 90, 170), (160, 110, 40)),
    *((40, 130, 140), (110, 70, 170), (150, 60, 60), (110, 130, 40)),
    (90, 90, 90),
)


def make_rehearsal(
    design: str, root: Path, participants: list[int], fast: bool, **changes: Any
) -> StudyFolder:
    """Make (or complete) the folder of a rehearsal.

    Parameters
    ----------
    design : str
        A study file, or the name of a design that comes with the laboratory.
    root : Path
        Where the folder ``rehearsal_NAME`` is made.
    participants : list of int
        Who gets a condition file.
    fast : bool
        Whether the durations of trials are cut short.
    **changes
        Fields of the study file that are to differ from the design; of `timing`, only those
        that are named.

    Raises
    ------
    StudyError
        Where the design or a change does not fit, or the folder was begun with another study.
    """
    source = find_study_file(design)
    name = PREFIX + load_study(source).name
    content, _ = load_mapping(source, "a study")
    timing = content.get("timing", {}) | (FAST if fast else {}) | changes.get("timing", {})
    content |= changes | {"name": name, "timing": timing}
    path = root / f"{name}.yaml"
    write_text(path, yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
    # A folder is bound to its study file: it begins when the units are known to exist.
    folder = open_study(str(path), root, make=False)
    units = units_for(folder)
    folder.begin()
    if not folder.units_table.exists():
        write_table(units[UNITS.column_names], UNITS, folder.units_table)
    elif not has_stand_ins_alone(folder):
        raise StudyError(f"{folder.stimuli_table}: holds images that are no stand-ins")
    build_all(folder, participants)
    _draw_missing(folder, participants)
    return folder


def _draw_missing(folder: StudyFolder, participants: list[int]) -> None:
    """Stand-ins of all images that the condition files name, and their table."""
    images = sorted({i for p in participants for i in images_of(load_trials(folder, p))})
    rows = []
    if folder.stimuli_table.exists():
        rows = read_stimuli(folder).to_dict("records")
    listed = {row["path"] for row in rows}
    for image in images:
        if image in listed:
            continue
        path = folder.path / image
        if not path.exists():
            with atomic_path(path) as temporary:
                stand_in(image, folder.study).save(temporary, compress_level=1)
        rows.append(_described(image, folder.study) | {"sha256": sha256_of(path)})
    write_table(pd.DataFrame(rows, columns=STIMULI.column_names), STIMULI, folder.stimuli_table)


def _described(image: str, study: Study) -> dict:
    """What the path of an image says, as ``stimuli/NAME/UNIT/batch_07/max_3.png``."""
    _, name, unit, *between, file = Path(image).parts
    pole, rank = Path(file).stem.split("_")
    batch = next((int(b.removeprefix("batch_")) for b in between if b.startswith("batch_")), None)
    # Without a kind of photographs the queries have a name that is no kind's.
    kind = study.references.get(name, Photographs())
    return {
        "unit": unit,
        "name": name,
        "kind": kind.kind,
        "method": kind.method if isinstance(kind, Visualisation) else None,
        "pole": pole,
        "batch": batch,
        "rank": int(rank),
        "activation": float(rank) if pole == "max" else float(rank) - 100,
        "path": image,
        "source": SOURCE,
    }


def stand_in(image: str, study: Study) -> Image.Image:
    """A pattern that differs from image to image, with the image's name on it.

    Images of the max pole have rings, those of the min pole have none, so that a person who
    rehearses can answer too.
    """
    facts, side = _described(image, study), study.image.crop
    rng = np.random.default_rng(crc32(image.encode()))
    y, x = np.mgrid[:side, :side] / side - 0.5
    cx, cy = rng.uniform(-0.3, 0.3, 2)
    wave = x * rng.normal() + y * rng.normal()
    if facts["pole"] == "max":
        wave = np.sin(2 * np.pi * rng.uniform(5, 9) * np.hypot(x - cx, y - cy))
    names = list(study.references)
    ink = np.array(INKS[names.index(facts["name"]) if facts["name"] in names else -1])
    pixels = 140 + 40 * wave[..., None] + (ink - 90) * 0.8
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    words = [facts["name"], facts["unit"], f"{facts['pole']} {facts['rank']}"]
    if facts["batch"] is not None:
        words.append(f"batch {facts['batch']}")
    font = ImageFont.load_default(size=max(9, side // 14))
    ImageDraw.Draw(picture).text((6, 6), "\n".join(words), fill=(0, 0, 0), font=font)
    return picture
