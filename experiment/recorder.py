"""Tables that grow row by row and are on disk after every row."""

import csv
import os
from pathlib import Path

import numpy as np
import pandas as pd

from conditions.errors import StudyError
from conditions.files import write_json
from conditions.tables import Table


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
        self._table = table
        is_new = not path.exists()
        if not is_new:
            _check_existing(path, table)
        self._stream = path.open("a", newline="", encoding="utf-8")
        self._writer = csv.writer(self._stream, lineterminator="\n")
        if is_new:
            write_json(path.with_suffix(".json"), table.dictionary())
            self._write([table.column_names])

    def append(self, *rows: dict) -> None:
        """Write rows given by column; a missing column is an empty cell.

        Raises
        ------
        KeyError
            For a column that the table does not have.
        """
        columns = self._table.column_names
        for row in rows:
            if unknown := set(row) - set(columns):
                raise KeyError(f"table {self._table.name} has no column {sorted(unknown)}")
        self._write([[_cell(row.get(column)) for column in columns] for row in rows])

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _write(self, rows: list[list]) -> None:
        self._writer.writerows(rows)
        self._stream.flush()
        os.fsync(self._stream.fileno())


def _cell(value: object) -> object:
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return value


def _check_existing(path: Path, table: Table) -> None:
    content = path.read_text(encoding="utf-8")
    header = ",".join(table.column_names)
    if not content.startswith(header + "\n"):
        raise StudyError(f"{path}: found other columns than {header}")
    if not content.endswith("\n"):
        raise StudyError(f"{path}: the last row is not whole; copy the file and remove that row")
