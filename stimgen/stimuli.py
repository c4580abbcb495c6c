"""The table of stimuli, filled step by step: what is done stays done."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from conditions.commands.command_line import console
from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.stimuli import read_stimuli
from conditions.tables.files import write_table
from conditions.tables.stimuli import STIMULI

# How long another process may write; the longest table takes seconds.
LOCK_S = 60


@contextmanager
def one_writer(folder: StudyFolder) -> Iterator[None]:
    """Let one process at a time read, change and write the tables of ``stimuli/``.

    Where a network share has no locks the tables are written nevertheless, and it is said.

    Raises
    ------
    StudyError
        Where another process does not let go of them.
    """
    path = folder.stimuli / ".tables.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    # One object a path and process, which may be taken again by who holds it.
    lock = FileLock(path, timeout=LOCK_S, is_singleton=True)
    try:
        lock.acquire()
    except Timeout as error:
        raise StudyError(
            f"{path}: another process has held the tables beside it for {LOCK_S} s; wait for it, "
            "or stop it"
        ) from error
    except OSError as error:
        _say_unlocked(path, error.strerror or str(error))
    try:
        yield
    finally:
        lock.release()


@cache
def _say_unlocked(path: Path, reason: str) -> None:
    """Once for a folder: tables are written many times."""
    console.print(
        f"warning: {path}: cannot be locked ({reason}): let one command at a time work in this "
        "study"
    )


def known_stimuli(folder: StudyFolder) -> pd.DataFrame:
    """Rows written so far (none where there is no table yet)."""
    if folder.stimuli_table.exists():
        return read_stimuli(folder)
    return pd.DataFrame(columns=STIMULI.column_names)


def finished(folder: StudyFolder, name: str, by: list[str], count: int) -> set:
    """Groups whose images of a kind are all listed, there, and unchanged.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    name : str
        The study's name of the kind.
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
    for group, rows in stimuli[stimuli["name"] == name].groupby(by):
        whole = (
            unchanged(folder, path, sha256)
            for path, sha256 in zip(rows["path"], rows["sha256"], strict=True)
        )
        if len(rows) == count and all(whole):
            groups.add(group if len(by) > 1 else group[0])
    return groups


def unchanged(folder: StudyFolder, path: str, sha256: str) -> bool:
    """Whether a file of the study is there, and what was written."""
    return (folder.path / path).is_file() and sha256_of(folder.path / path) == sha256


def add_stimuli(folder: StudyFolder, rows: pd.DataFrame) -> None:
    """Add rows to the table of stimuli; a row of the same path is replaced."""
    with one_writer(folder):
        known = known_stimuli(folder)
        kept = known[~known["path"].isin(rows["path"])]
        parts = [part for part in (kept, rows) if len(part)]
        merged = pd.concat(parts, ignore_index=True).reindex(columns=STIMULI.column_names)
        merged = merged.sort_values(["name", "unit", "batch", "pole", "rank"], ignore_index=True)
        write_table(merged, STIMULI, folder.stimuli_table)
