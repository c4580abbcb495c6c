"""Which images are in the study already, and whether they are those that are brought now."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from conditions.folder import StudyFolder
from conditions.study.kinds.paths import unit_image
from conditions.tables.brought import BRING_REPORT
from conditions.tables.files import read_table
from stimgen.bringing.check import Checked
from stimgen.bringing.offered.listing import refuse
from stimgen.bringing.original import pixels_of
from stimgen.stimuli import known_stimuli, unchanged

Place = tuple[str, str, int]


def report_file(folder: StudyFolder, name: str) -> Path:
    """Where it is noted what was brought."""
    return folder.stimuli / name / "bring_report.csv"


def known_report(folder: StudyFolder, name: str) -> pd.DataFrame:
    """What was brought so far; no rows where nothing was."""
    path = report_file(folder, name)
    if path.exists():
        return read_table(path, BRING_REPORT)
    return pd.DataFrame(columns=BRING_REPORT.column_names)


def place_of(one: Checked) -> Place:
    """What identifies an image of a kind."""
    return one.given.unit, one.given.pole, one.given.rank


def missing_images(folder: StudyFolder, name: str, checked: Sequence[Checked]) -> list[Checked]:
    """The images that are not in the study as they are brought now.

    Raises
    ------
    StudyError
        Where other images are there: no image is replaced.
    """
    noted = {
        (row["unit"], row["pole"], row["rank"]): row
        for row in known_report(folder, name).to_dict("records")
    }
    stimuli = known_stimuli(folder)
    listed = dict(zip(stimuli["path"], stimuli["sha256"], strict=True))
    missing, others = [], []
    for one in checked:
        before = noted.get(place_of(one))
        path = unit_image(name, *place_of(one))
        same = before is not None and before["file_sha256"] == one.original.file_sha256
        whole = path in listed and unchanged(folder, path, listed[path])
        if before is not None and same and whole and _said(one, before):
            continue
        if same or _is_free(folder, path, listed, one):
            missing.append(one)
            continue
        made_of = f"made of {before['file']}" if before else "of unknown origin"
        others.append(
            f"{folder.path / path}: is there, {made_of}; found other pixels in "
            f"{one.given.where}, wanted the same: no image is replaced; begin another folder "
            "(another --root), or another kind"
        )
    refuse(others)
    return missing


def _is_free(folder: StudyFolder, path: str, listed: dict[str, str], one: Checked) -> bool:
    """Whether nothing is there, nor was, or the same image."""
    if (folder.path / path).exists():
        return pixels_of(folder.path / path) == one.original.pixels
    return path not in listed


def _said(one: Checked, before: Mapping) -> bool:
    """Whether what is known of an image is what is noted."""
    given = one.given
    now = (one.file, given.tool, given.version, given.prompt)
    then = (before[column] for column in ("file", "tool", "version", "prompt"))
    return now == tuple(None if pd.isna(value) else value for value in then)
