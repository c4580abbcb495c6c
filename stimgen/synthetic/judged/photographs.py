"""The study's photographs, which sets of images are judged against."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from stimgen.activations import read_image

# Of a study's photographs so many are looked at, spread over the table.
MOST_PHOTOGRAPHS = 100


@dataclass(frozen=True, eq=False)
class Photographs:
    """Pictures of a study: photographs × side × side × 3, uint8, and their paths.

    ``unusable`` are the paths of those that should be there and cannot be used.
    """

    pixels: np.ndarray
    paths: list[str]
    unusable: list[str]

    @property
    def images(self) -> np.ndarray:
        """Photographs × 3 × side × side, 0…1."""
        return as_images(self.pixels)


def photographs_of(folder: StudyFolder, stimuli: pd.DataFrame) -> Photographs:
    """A hundred of the photographs of a study, or as many as there are, each once.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    stimuli : DataFrame
        Its table of stimuli.
    """
    rows = stimuli[stimuli["name"] == folder.study.photographs].drop_duplicates("sha256")
    places = np.linspace(0, len(rows) - 1, min(MOST_PHOTOGRAPHS, len(rows))).round().astype(int)
    return read_pictures(folder, list(rows["path"].iloc[places]))


def most_extreme(folder: StudyFolder, stimuli: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Paths of the natural images of each unit and pole, the most extreme first, each once."""
    rows = stimuli[stimuli["name"] == folder.study.photographs]
    rows = rows.sort_values("activation", kind="stable")
    # Sets of several sizes share photographs.
    rows = rows.drop_duplicates(["unit", "pole", "sha256"])
    return {
        (str(unit), str(pole)): list(paths if pole == "min" else paths[::-1])
        for (unit, pole), paths in rows.groupby(["unit", "pole"])["path"]
    }


def read_pictures(folder: StudyFolder, paths: list[str]) -> Photographs:
    """Image files of a study at the size of its crop; what cannot be read is named."""
    side = folder.study.image.crop
    read = {path: _read(folder.path / path) for path in paths}
    usable = {
        path: picture
        for path, picture in read.items()
        if picture is not None and picture.shape == (side, side, 3)
    }
    pixels = np.array(list(usable.values()), np.uint8).reshape(-1, side, side, 3)
    return Photographs(pixels, list(usable), [path for path in read if path not in usable])


def as_images(pixels: np.ndarray) -> np.ndarray:
    """Images × side × side × 3, uint8, as images × 3 × side × side, 0…1."""
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32) / 255


def _read(path: Path) -> np.ndarray | None:
    try:
        return np.asarray(read_image(path))
    except StudyError:
        return None
