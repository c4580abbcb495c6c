"""The images that a kind is made of: which there are to be, which are there, and their pixels."""

import hashlib
import io
import platform
from dataclasses import dataclass

import pandas as pd
from PIL import Image

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.kinds.derived import Derived
from conditions.study.kinds.files import Files
from conditions.study.kinds.paths import batch_image, renamed, unit_image
from conditions.study.kinds.references import photographs_of
from conditions.study.study import Study
from conditions.tables.stimuli import POLES
from conditions.trials.counterbalance import batches_shown
from stimgen.pool.names import printable
from stimgen.stimuli import known_stimuli, unchanged


@dataclass(frozen=True)
class Original:
    """An image that something is made of.

    Attributes
    ----------
    path : str
        Where it lies, relative to the study folder.
    pole : str
        Drives the unit least (min) or most (max).
    batch : int or None
        Its batch of natural images, where its kind follows them.
    rank : int
        Its place among the images of its batch and pole.
    activation : float
        Of the unit, as measured from the file.
    source : str
        What it was made of itself.
    sha256 : str
        Of its file.
    image : Image
        Its pixels, RGB, side × side of the study's crop.
    """

    path: str
    pole: str
    batch: int | None
    rank: int
    activation: float
    source: str
    sha256: str
    image: Image.Image


def original_paths(study: Study, of: str, unit: str, role: str) -> list[str]:
    """Paths of the images of a kind that can be references of a unit.

    Not the queries, nor the batches that units of its role are never shown in.

    Parameters
    ----------
    study : Study
        The study.
    of : str
        Its name of the kind.
    unit, role : str
        The unit, and what it is used for.

    Returns
    -------
    list of str
        Relative to the study folder, both poles, in the order of sets, batches and ranks.
    """
    kind, references = study.references[of], study.references
    if not kind.follows_batches(references):
        count = kind.images_a_pole(study.natural.bins, references)
        return [unit_image(of, unit, pole, rank) for pole in POLES for rank in range(count)]
    return [
        batch_image(of, unit, batch, pole, rank, None if bins == study.natural.bins else bins)
        for bins in study.natural_sets
        for batch in batches_shown(study, role)
        # The outermost ones are the queries.
        for pole, ranks in (("min", range(1, bins)), ("max", range(bins - 1)))
        for rank in ranks
    ]


def missing_originals(
    folder: StudyFolder, name: str, units: pd.DataFrame
) -> tuple[dict[str, list[dict]], list[str]]:
    """What is still to be made of what, by unit; and units whose originals are not all there.

    An image is there if it is listed, unchanged, and was made of its original as that is now.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    name : str
        Its name of the kind that is to be made.
    units : DataFrame
        Rows of the table of units.

    Returns
    -------
    dict of str to list of dict
        Rows of the table of stimuli, of the originals, for each unit with any to be made.
    list of str
        Units some of whose originals are not listed.
    """
    of = derived_kind(folder.study, name).of
    stimuli = known_stimuli(folder)
    originals = _by_path(stimuli[stimuli["name"] == of])
    made = _by_path(stimuli[stimuli["name"] == name])
    wanted: dict[str, list[dict]] = {}
    lacking: list[str] = []
    for unit, role in zip(units["unit"], units["role"], strict=True):
        paths = original_paths(folder.study, of, unit, role)
        if not all(path in originals for path in paths):
            lacking.append(unit)
            continue
        missing = [
            originals[path]
            for path in paths
            if not _is_done(folder, originals[path], made.get(renamed(path, name)))
        ]
        if missing:
            wanted[unit] = missing
    return wanted, lacking


def open_original(folder: StudyFolder, row: dict) -> Original:
    """The original of a row of the table of stimuli, with its pixels.

    Raises
    ------
    StudyError
        Where its file is not there, or not what was written; on a worker that has not the folder.
    """
    path = folder.path / row["path"]
    of = row["name"]
    if not folder.stimuli_table.exists():
        raise StudyError(
            f"the study folder is not on {platform.node()}, and images are made of those in it: "
            "let the workers share it, or leave --cluster out"
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StudyError(
            f"{path}: cannot be read ({error.strerror}): {command_for(folder, of)}"
        ) from error
    if hashlib.sha256(content).hexdigest() != row["sha256"]:
        raise StudyError(
            f"{path}: has changed since it was written: {command_for(folder, of)}, which makes it "
            "again"
        )
    with Image.open(io.BytesIO(content)) as opened:
        image = opened.convert("RGB")
    batch = None if pd.isna(row["batch"]) else int(row["batch"])
    return Original(
        row["path"],
        row["pole"],
        batch,
        int(row["rank"]),
        float(row["activation"]),
        row["source"],
        row["sha256"],
        image,
    )


def command_for(folder: StudyFolder, name: str) -> str:
    """What makes the images of a kind, for a message."""
    study, typed = folder.study, folder.typed
    if name == photographs_of(study.references):
        words = typed_command("stimgen", "natural", *typed)
    elif isinstance(study.references[name], Files):
        words = typed_command("stimgen", "bring", *typed, name, "FOLDER")
    else:
        words = typed_command("stimgen", "references", *typed, "--only", name)
    return f"run `{printable(words)}`"


def derived_kind(study: Study, name: str) -> Derived:
    """The kind that a study calls so, which is made of another one."""
    kind = study.references[name]
    assert isinstance(kind, Derived)  # the registry has looked
    return kind


def _by_path(rows: pd.DataFrame) -> dict[str, dict]:
    return {row["path"]: row for row in rows.to_dict("records")}


def _is_done(folder: StudyFolder, original: dict, made: dict | None) -> bool:
    if made is None or not unchanged(folder, made["path"], made["sha256"]):
        return False
    # An earlier version did not note it.
    return pd.isna(made["of_sha256"]) or made["of_sha256"] == original["sha256"]
