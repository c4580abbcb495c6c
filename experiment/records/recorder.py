"""Tables that grow row by row and are on disk after every row."""

import codecs
import csv
import errno
import io
import os
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from conditions.errors import StudyError
from conditions.files import atomic_path, write_json
from conditions.tables.schema import Table

_CURE = (
    "Nothing is added to it: put back the file as the session left it, or go on with the version "
    "of the laboratory that began the session (commit in session.json)"
)

# Letters that are told of a line that has no cells.
_SHOWN = 60


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
        if not path.exists():
            write_json(path.with_suffix(".json"), table.dictionary())
            # A table is never there without its header, whenever the disk is full or pulled.
            with atomic_path(path) as temporary:
                _write_through(temporary, header(table).encode())
        self._newline = _newline_of(path, table)
        self._stream = path.open("ab")

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

    def write(self, text: str, sync: bool = True) -> None:
        """Write whole lines; without ``sync`` a kill cannot take them, but a power cut can.

        Raises
        ------
        OSError
            Where they are not written for sure.
        """
        self._stream.write(text.replace("\n", self._newline).encode())
        self._stream.flush()
        if sync:
            self.sync()
        # Writing to a file whose folder was taken away succeeds, and leaves nothing.
        if not self._path.exists() or not os.path.samestat(
            self._path.stat(), os.fstat(self._stream.fileno())
        ):
            raise FileNotFoundError(errno.ENOENT, "the file is gone", str(self._path))

    def sync(self) -> None:
        """Wait until all that was written is on the disk itself."""
        os.fsync(self._stream.fileno())

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


def check_can_grow(path: Path, table: Table) -> None:
    """Check that rows can be added to a table, if it is there.

    Raises
    ------
    StudyError
        Where it has other columns, or another encoding, than the laboratory gave it.
    """
    if path.exists():
        _newline_of(path, table)


def lines(table: Table, *rows: dict) -> str:
    """Rows given by column as lines of CSV; a missing column is an empty cell.

    Raises
    ------
    KeyError
        For a column that the table does not have.
    """
    text = []
    names = table.column_names
    for row in rows:
        if unknown := row.keys() - names:
            raise KeyError(f"table {table.name} has no column {sorted(unknown)}")
        stream = io.StringIO()
        # Only what is in the end of a line is quoted: a carriage return has to be.
        csv.writer(stream, lineterminator="\r\n").writerow([_cell(row.get(name)) for name in names])
        text.append(stream.getvalue().removesuffix("\r\n") + "\n")
    return "".join(text)


def cells_of(line: str) -> list[str]:
    """Cells of one line alone: a quote that is not closed does not swallow the next."""
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return [line[:_SHOWN]]


def mend(path: Path) -> Path | None:
    """Cut off the last row of a table where it is not whole, and keep it beside the table.

    A session that was killed, or a full disk, may leave the beginning of a row, or of the header,
    or a file without any content, which is taken away.

    Returns
    -------
    Path or None
        ``trials.torn-20250101T101500.txt`` with what was cut off; None where all rows are whole.
    """
    content = path.read_bytes() if path.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    torn = content[len(whole) :]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # A program saved it with letters of two bytes: half of the last line end is no torn row.
        return None
    if not whole and b"\r" in torn:
        # Line ends of another kind are not one torn row; whoever reads the table says so.
        return None
    if not content:
        path.unlink(missing_ok=True)
        return None
    if not torn:
        return None
    kept = path.with_name(f"{path.stem}.torn-{datetime.now():%Y%m%dT%H%M%S%f}.txt")
    with atomic_path(kept) as temporary:
        _write_through(temporary, torn)
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
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return value


def _newline_of(path: Path, table: Table) -> str:
    """The line ends of a table, once its header is right and its last row whole.

    A spreadsheet or an editor may have saved it with others than ours.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(f"{path}: found bytes that are not UTF-8. {_CURE}") from error
    first = text.partition("\n")[0]
    if first.rstrip("\r") == header(table).rstrip():
        if not text.endswith("\n"):
            raise StudyError(f"{path}: the last row is not whole; copy the file and remove it")
        return "\r\n" if first.endswith("\r") else "\n"
    found, wanted = first.split("\r")[0].split(","), header(table).strip().split(",")
    if found == wanted:
        raise StudyError(f"{path}: found lines that end with a carriage return alone. {_CURE}")
    pairs = enumerate(zip_longest(found, wanted), start=1)
    number, (there, here) = next((i, pair) for i, pair in pairs if pair[0] != pair[1])
    there, here = (repr(name[:60]) if name else "none" for name in (there, here))
    raise StudyError(f"{path}: column {number}: found {there}, wanted {here}. {_CURE}")
