"""The study's photographs, which sets of images are judged against."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from stimgen.activations import read_image
from stimgen.stimuli import unchanged

# Of a study's photographs so many are looked at, spread over the table.
MOST_PHOTOGRAPHS = 100


# SHA-256 of image files by path, relative to the study's folder, as the table of stimuli has them.
Listed = dict[str, str]


@dataclass(frozen=True, eq=False)
class Photographs:
    """Pictures of a study: photographs × side × side × 3, uint8, and their hashes by path.

    ``unusable`` are the paths of those that should be there and cannot be used.
    """

    pixels: np.ndarray
    listed: Listed
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
    return read_pictures(folder, listed(rows.iloc[places]))


def most_extreme(folder: StudyFolder, stimuli: pd.DataFrame) -> dict[tuple[str, str], Listed]:
    """The natural images of each unit and pole, the most extreme first, each once."""
    rows = stimuli[stimuli["name"] == folder.study.photographs]
    rows = rows.sort_values("activation", kind="stable")
    # Sets of several sizes share photographs.
    rows = rows.drop_duplicates(["unit", "pole", "sha256"])
    return {
        (str(unit), str(pole)): listed(own if pole == "min" else own[::-1])
        for (unit, pole), own in rows.groupby(["unit", "pole"])
    }


def listed(rows: pd.DataFrame) -> Listed:
    """Files that rows of the table of stimuli list, in their order."""
    return dict(zip(rows["path"], rows["sha256"], strict=True))


def read_pictures(folder: StudyFolder, files: Listed) -> Photographs:
    """Image files of a study at the size of its crop; others, and changed ones, are named."""
    side = folder.study.image.crop
    read = {path: _read(folder, path, sha256) for path, sha256 in files.items()}
    usable = {
        path: picture
        for path, picture in read.items()
        if picture is not None and picture.shape == (side, side, 3)
    }
    pixels = np.array(list(usable.values()), np.uint8).reshape(-1, side, side, 3)
    known = {path: files[path] for path in usable}
    return Photographs(pixels, known, [path for path in read if path not in usable])


def as_images(pixels: np.ndarray) -> np.ndarray:
    """Images × side × side × 3, uint8, as images × 3 × side × side, 0…1."""
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32) / 255


def _read(folder: StudyFolder, path: str, sha256: str) -> np.ndarray | None:
    try:
        return (
            np.asarray(read_image(folder.path / path)) if unchanged(folder, path, sha256) else None
        )
    except (StudyError, OSError):
        return None
