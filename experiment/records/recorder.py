"""Tables that grow row by row and are on disk after every row."""

import csv
import errno
import io
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from conditions.errors import StudyError
from conditions.files import atomic_path, write_json
from conditions.tables.schema import Table


class TableRecorder:
    """Appends rows to a CSV file; each is flushed and synchronised before the call returns.

    Parameters
    ----------
    path : Path
        The file; made with its header and data dictionary where it does not exist.
    table : Table
        Its schema.

    Raises
    ------
    StudyError
        Where the existing file has other columns or ends in the middle of a row.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self._path, self._table = path, table
        is_new = not path.exists()
        if not is_new:
            _check_existing(path, table)
        self._stream = path.open("ab")
        if is_new:
            write_json(path.with_suffix(".json"), table.dictionary())
            self.write(header(table))

    def append(self, *rows: dict) -> None:
        """Write rows given by column; a missing column is an empty cell.

        Raises
        ------
        KeyError
            For a column that the table does not have.
        OSError
            Where the rows are not on disk for sure.
        """
        self.write(lines(self._table, *rows))

    def write(self, text: str) -> None:
        """Write whole lines.

        Raises
        ------
        OSError
            Where they are not on disk for sure.
        """
        self._stream.write(text.encode())
        self._stream.flush()
        os.fsync(self._stream.fileno())
        # Writing to a file whose folder was taken away succeeds, and leaves nothing.
        if not self._path.exists() or not os.path.samestat(
            self._path.stat(), os.fstat(self._stream.fileno())
        ):
            raise FileNotFoundError(errno.ENOENT, "the file is gone", str(self._path))

    def close(self) -> None:
        """Close the file."""
        try:
            self._stream.close()
        except OSError:
            # What could not be flushed was reported when it was written.
            self._stream.raw.close()


def header(table: Table) -> str:
    """The first line of a table."""
    return ",".join(table.column_names) + "\n"


def lines(table: Table, *rows: dict) -> str:
    """Rows given by column as lines of CSV; a missing column is an empty cell.

    Raises
    ------
    KeyError
        For a column that the table does not have.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row in rows:
        if unknown := set(row) - set(table.column_names):
            raise KeyError(f"table {table.name} has no column {sorted(unknown)}")
        writer.writerow([_cell(row.get(column)) for column in table.column_names])
    return stream.getvalue()


def mend(path: Path) -> Path | None:
    """Cut off the last row of a table where it is not whole, and keep it beside the table.

    A session that was killed, or a full disk, may leave the beginning of a row.

    Returns
    -------
    Path or None
        ``trials.torn-20250101T101500.txt`` with what was cut off; None where all rows are whole.
    """
    content = path.read_bytes() if path.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    if whole == content:
        return None
    kept = path.with_name(f"{path.stem}.torn-{datetime.now():%Y%m%dT%H%M%S%f}.txt")
    with atomic_path(kept) as temporary:
        _write_through(temporary, content[len(whole) :])
    if not whole:
        # Not even the header was written: all of it is in the file beside.
        path.unlink()
        return kept
    with atomic_path(path) as temporary:
        _write_through(temporary, whole)
    return kept


def whole_rows(path: Path) -> int:
    """Rows of a table that are whole, also while a session adds to it; 0 where it is not there."""
    return max(0, path.read_bytes().count(b"\n") - 1) if path.exists() else 0


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _cell(value: Any) -> object:
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return value


def _check_existing(path: Path, table: Table) -> None:
    content = path.read_text(encoding="utf-8")
    if not content.startswith(header(table)):
        raise StudyError(f"{path}: found other columns than {header(table).strip()}")
    if not content.endswith("\n"):
        raise StudyError(f"{path}: the last row is not whole; copy the file and remove that row")
