"""The cells of a table as text, from what an editor or a spreadsheet has made of its file."""

import codecs
import csv
import io
from collections import Counter
from pathlib import Path

import pandas as pd

from conditions.errors import StudyError

_SEPARATORS = (",", "\t", ";")
# The longest cell that csv reads.
LONGEST_CELL = csv.field_size_limit()
# What csv says of a file, in a user's words.
_QUOTES = {
    "unexpected end of data": "a quote opens and is not closed",
    f"field larger than field limit ({LONGEST_CELL})": (
        f"a cell has more than {LONGEST_CELL} characters"
    ),
}


def separator(path: Path) -> str:
    """What stands between the cells of a file that the laboratory writes."""
    return "\t" if Path(path).suffix == ".tsv" else ","


def read_cells(path: Path, known: list[str], growing: bool = False) -> tuple[pd.DataFrame, str]:
    """The cells of a file.

    A byte-order mark, any line ends, UTF-16 with its mark, semicolons or tabs in place of commas
    and empty rows and columns at the end are what spreadsheets leave, and read.

    Parameters
    ----------
    path : Path
        A ``.csv`` or ``.tsv`` file.
    known : list of str
        Names of columns that may be there: they tell the separator.
    growing : bool
        Whether a last row without a line end is left out: it was cut off while it was written.

    Returns
    -------
    DataFrame
        One column a name of the header, one row a record, of strings and None for empty cells;
        the index is the row in the file minus 2.
    str
        The separator.

    Raises
    ------
    StudyError
        Where the file is no text, a name occurs twice, or a row has too few or too many cells.
    """
    text = _decoded(path)
    if growing:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    first = text.lstrip("\r\n").split("\n", 1)[0].split("\r", 1)[0]
    candidates = dict.fromkeys((separator(path), *_SEPARATORS))
    found = max(candidates, key=lambda mark: sum(_clean(c) in known for c in first.split(mark)))
    rows = _rows(path, text, found)
    if not rows:
        raise StudyError(f"{path}: not a readable table: the file is empty")
    (_, header), *records = rows.items()
    while records and not any(records[-1][1]):
        records.pop()
    width = _width(header)
    if width < len(header):
        width = max([width, *(_width(cells) for _, cells in records if len(cells) <= len(header))])
    names = [name or f"column {i}" for i, name in enumerate(map(str.strip, header[:width]), 1)]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise StudyError(f"{path}: columns {', '.join(twice)} occur more than once")
    for row, cells in records:
        if len(cells) != width and (len(cells) < width or any(cells[width:])):
            more = "" if len(cells) < width else " (a comma in a number, or no quotes around it?)"
            raise StudyError(
                f"{path}: row {row}: found {len(cells)} cells, wanted {width}, as many as the "
                f"header has{more}"
            )
    frame = pd.DataFrame(
        [cells if len(cells) == width else cells[:width] for _, cells in records],
        columns=pd.Index(names, dtype="object"),
        index=[row - 2 for row, _ in records],
        dtype="object",
    )
    return frame.where(frame != "", None), found


def _decoded(path: Path) -> str:
    if path.is_dir():
        raise StudyError(f"{path}: found a folder, wanted a table")
    content = path.read_bytes()
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise StudyError(
            f"{path}: not a readable table: line {line}: found the byte "
            f"0x{content[error.start]:02x}, wanted text in UTF-8 (in a spreadsheet: save as CSV "
            "UTF-8)"
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise StudyError(
            f"{path}: not a readable table: line {line}: found a NUL byte, wanted text: a damaged "
            "file, or one of another kind (a spreadsheet's own?)"
        )
    return text


def _rows(path: Path, text: str, mark: str) -> dict[int, list[str]]:
    """Rows with cells by their number in the file, from 1."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows, line = {}, 1
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                rows[number] = cells
            line = reader.line_num + 1
    except csv.Error as error:
        what = _QUOTES.get(str(error), str(error))
        raise StudyError(f"{path}: not a readable table: line {line}: {what}") from error
    return rows


def _clean(cell: str) -> str:
    return cell.strip().strip('"')


def _width(cells: list[str]) -> int:
    return max((i for i, cell in enumerate(cells, start=1) if cell), default=1)
