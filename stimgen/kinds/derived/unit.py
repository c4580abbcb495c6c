"""What a kind that is made of another one is: a function from originals of a unit to pictures.

What it makes is written and measured here, a task a unit.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from conditions.errors import StudyError
from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder
from conditions.study.kinds.kind import ReferenceKind
from conditions.study.kinds.paths import renamed
from stimgen.activations import measure_files
from stimgen.kinds.derived.originals import Original, open_original
from stimgen.machine import usable_cores
from stimgen.models.model import Model
from stimgen.work.workers import OnProgress


@dataclass(frozen=True)
class Given:
    """What a derived kind is given beside the originals.

    Attributes
    ----------
    folder : StudyFolder
        The study.
    model : Model
        Its network.
    name : str
        The study's name of the kind.
    unit : Series
        Row of the table of units: ``unit``, ``layer``, ``channel``, ….
    on_progress : callable
        To be called with a number of images that are done, where they take long; what is not
        reported is added at the end.
    """

    folder: StudyFolder
    model: Model
    name: str
    unit: pd.Series
    on_progress: OnProgress = lambda n: None

    @property
    def kind(self) -> ReferenceKind:
        """The kind as the study describes it."""
        return self.folder.study.references[self.name]


@dataclass(frozen=True)
class Picture:
    """What was made of an original.

    Attributes
    ----------
    image : Image
        RGB, of the original's size.
    note : str
        What was done, for the column ``source``, as in ``blurred 4 px``.
    facts : dict
        What else is known of it, for a report of the kind's own.
    """

    image: Image.Image
    note: str
    facts: dict = field(default_factory=dict)


Derive = Callable[[Given, list[Original]], list[Picture]]
# Takes the folder and rows of a report; each has the facts of a picture, and name, unit, pole,
# batch, rank, path, and the activations before and after.
Report = Callable[[StudyFolder, list[dict]], None]


# Rows of the table of stimuli, and of a report.
Made = tuple[pd.DataFrame, list[dict]]


def derive_unit(
    folder: StudyFolder,
    model: Model,
    on_progress: OnProgress,
    shared: None,
    name: str,
    derive: Derive,
    method: str | None,
    unit: pd.Series,
    rows: list[dict],
) -> Made:
    """Make, write and measure images of a unit."""
    reported = 0

    def progress(n: int) -> None:
        nonlocal reported
        reported += n
        on_progress(n)

    given = Given(folder, model, name, unit, progress)
    # Pillow decodes and encodes outside the interpreter's lock.
    with ThreadPoolExecutor(usable_cores()) as threads:
        originals = list(threads.map(partial(open_original, folder), rows))
        pictures = derive(given, originals)
        paths = [folder.path / renamed(one.path, name) for one in originals]
        list(threads.map(_write, paths, pictures))
    activations = measure_files(model, paths, unit["layer"], int(unit["channel"])).astype(float)
    for path, activation in zip(paths, activations, strict=True):
        if not np.isfinite(activation):
            raise StudyError(
                f"{path}: its activation is {activation}, as no image's may be that is shown; "
                "choose another unit in the study file"
            )
    facts: list[dict] = [
        {
            "unit": unit["unit"],
            "name": name,
            "kind": given.kind.kind,
            "method": method,
            "pole": one.pole,
            "batch": one.batch,
            "rank": one.rank,
            "activation": activation,
            "path": folder.relative(path),
            "source": f"{one.source}, {picture.note}",
            "sha256": sha256_of(path),
            "of_sha256": one.sha256,
        }
        for one, picture, path, activation in zip(
            originals, pictures, paths, activations, strict=True
        )
    ]
    of_report = [
        {key: row[key] for key in ("name", "unit", "pole", "batch", "rank", "path")}
        | {"before": one.activation, "after": row["activation"]}
        | picture.facts
        for one, picture, row in zip(originals, pictures, facts, strict=True)
    ]
    on_progress(len(rows) - reported)
    return pd.DataFrame(facts), of_report


def _write(path: Path, picture: Picture) -> None:
    with atomic_path(path) as temporary:
        picture.image.save(temporary)
