"""The table of stimuli, filled step by step: what is done stays done."""

import pandas as pd

from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.tables import STIMULI, read_table, write_table


def known_stimuli(folder: StudyFolder) -> pd.DataFrame:
    """Rows written so far (none where there is no table yet)."""
    if folder.stimuli_table.exists():
        return read_table(folder.stimuli_table, STIMULI)
    return pd.DataFrame(columns=STIMULI.column_names)


def finished_units(folder: StudyFolder, kind: str, images_per_unit: int) -> set[str]:
    """Units whose images of a kind are all listed, there, and unchanged."""
    stimuli = known_stimuli(folder)
    finished = set()
    for unit, rows in stimuli[stimuli["kind"] == kind].groupby("unit"):
        whole = (
            (folder.path / row.path).is_file() and sha256_of(folder.path / row.path) == row.sha256
            for row in rows.itertuples()
        )
        if len(rows) == images_per_unit and all(whole):
            finished.add(str(unit))
    return finished


def add_stimuli(folder: StudyFolder, rows: pd.DataFrame) -> None:
    """Add rows to the table of stimuli; a row of the same path is replaced."""
    known = known_stimuli(folder)
    kept = known[~known["path"].isin(rows["path"])]
    parts = [part for part in (kept, rows) if len(part)]
    merged = pd.concat(parts, ignore_index=True)[STIMULI.column_names]
    merged = merged.sort_values(["kind", "unit", "batch", "pole", "rank"], ignore_index=True)
    write_table(merged, STIMULI, folder.stimuli_table)
