"""The table of stimuli, filled step by step: what is done stays done."""

import pandas as pd

from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.tables.files import read_table, write_table
from conditions.tables.stimuli import STIMULI


def known_stimuli(folder: StudyFolder) -> pd.DataFrame:
    """Rows written so far (none where there is no table yet)."""
    if folder.stimuli_table.exists():
        return read_table(folder.stimuli_table, STIMULI)
    return pd.DataFrame(columns=STIMULI.column_names)


def finished(folder: StudyFolder, kind: str, by: list[str], count: int) -> set:
    """Groups whose images of a kind are all listed, there, and unchanged.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    kind : str
        ``natural`` or ``synthetic``.
    by : list of str
        Columns that make a group, as ``["unit"]``.
    count : int
        Images of a group.

    Returns
    -------
    set
        Values of the column, or tuples of them.
    """
    stimuli = known_stimuli(folder)
    groups = set()
    for group, rows in stimuli[stimuli["kind"] == kind].groupby(by):
        whole = (
            (folder.path / path).is_file() and sha256_of(folder.path / path) == sha256
            for path, sha256 in zip(rows["path"], rows["sha256"], strict=True)
        )
        if len(rows) == count and all(whole):
            groups.add(group if len(by) > 1 else group[0])
    return groups


def add_stimuli(folder: StudyFolder, rows: pd.DataFrame) -> None:
    """Add rows to the table of stimuli; a row of the same path is replaced."""
    known = known_stimuli(folder)
    kept = known[~known["path"].isin(rows["path"])]
    parts = [part for part in (kept, rows) if len(part)]
    merged = pd.concat(parts, ignore_index=True)[STIMULI.column_names]
    merged = merged.sort_values(["kind", "unit", "batch", "pole", "rank"], ignore_index=True)
    write_table(merged, STIMULI, folder.stimuli_table)
