"""The manifest of a folder: which of its files is the image of which unit, pole and rank."""

from pathlib import Path
from typing import Any

import pandas as pd

from conditions.errors import StudyError
from conditions.tables.brought import MANIFEST
from conditions.tables.reading.conversion import converted
from conditions.tables.reading.raw import read_cells
from conditions.tables.schema import Column
from stimgen.bringing.offered.listing import Given, Listing
from stimgen.bringing.offered.near import nearest
from stimgen.pool.names import printable

NAMES = ("manifest.csv", "manifest.tsv")
# So much of a cell is shown.
_SHOWN = 60


def read_manifest(path: Path, units: list[str], images: int) -> Listing:
    """Read a manifest, as a spreadsheet may have saved it.

    Names of columns and poles may have capital letters, cells blanks around them; separators and
    byte-order marks are those of :func:`conditions.tables.reading.raw.read_cells`.

    Parameters
    ----------
    path : Path
        A ``.csv`` or ``.tsv`` file with the columns of :data:`conditions.tables.brought.MANIFEST`.
    units : list of str
        The units of the study.
    images : int
        Images a unit and pole; ranks from this one on are passed over.

    Raises
    ------
    StudyError
        Where it is no table, lacks a column or has no rows.
    """
    listing = Listing(printable(str(path)))
    cells = _cells(path, listing)
    values, _ = converted(cells, MANIFEST, ",", words_are_missing=True)
    further = 0
    for row in cells.index:
        where = f"{listing.where}: row {row + 2}"
        wrong = [
            f"{where}, {misfit}"
            for column in MANIFEST.columns
            if (misfit := _misfit(column, values[column.name][row], cells[column.name][row]))
        ]
        unit = values["unit"][row]
        if not pd.isna(unit) and unit not in units:
            near = nearest(unit, units)
            wrong.insert(
                0, f"{where}, column unit: found {unit!r}, wanted a unit of the study{near.hint}"
            )
            unit = near.name
        if wrong:
            listing.faults += wrong
            listing.touched |= {unit} if isinstance(unit, str) else set()
        elif values["rank"][row] >= images:
            further += 1
        else:
            listing.given.append(_given(values.loc[row], where))
    if further:
        listing.remarks.append(
            f"{listing.where}: {further} rows of rank {images} and higher are left out: the study "
            f"shows {images} images a unit and pole"
        )
    return listing


def _cells(path: Path, listing: Listing) -> pd.DataFrame:
    """The cells of the known columns, without blanks around them."""
    known = MANIFEST.column_names
    # Spreadsheets and people begin words with capital letters.
    cells, _ = read_cells(path, [spelt for name in known for spelt in (name, name.title())])
    found = [str(name) for name in cells]
    cells = cells.rename(columns=str.lower)
    missing = [c.name for c in MANIFEST.columns if not c.optional and c.name not in cells]
    if missing:
        raise StudyError(
            f"{listing.where}: column {' and '.join(missing)}: found only {', '.join(found)}, "
            "wanted unit, pole, rank and file"
        )
    if twice := sorted(set(cells.columns[cells.columns.duplicated()])):
        raise StudyError(f"{listing.where}: columns {', '.join(twice)} occur more than once")
    if cells.empty:
        raise StudyError(f"{listing.where}: found no rows, wanted one for each image")
    if extra := [str(name) for name in cells if name not in known]:
        listing.remarks.append(f"{listing.where}: not read: columns {', '.join(extra)}")
    cells = cells.reindex(columns=known)
    for name in known:
        words = [_word(cell) for cell in cells[name]]
        if name == "pole":
            words = [word and word.lower() for word in words]
        cells[name] = pd.Series(words, index=cells.index, dtype="object")
    return cells


def _word(cell: object) -> str | None:
    return (cell.strip() or None) if isinstance(cell, str) else None


def _misfit(column: Column, value: Any, cell: str | None) -> str | None:
    """What is wrong with a cell, and what is wanted."""
    if pd.isna(value):
        fits = not column.required
    elif column.kind == "int":
        fits = column.in_range(value)
    else:
        fits = not column.levels or value in column.levels
    if fits:
        return None
    found = "empty" if cell is None else repr(cell if len(cell) <= _SHOWN else f"{cell[:_SHOWN]}…")
    return f"column {column.name}: found {found}, wanted {column.wanted()}"


def _given(row: pd.Series, where: str) -> Given:
    text = {
        name: None if pd.isna(row[name]) else row[name] for name in ("tool", "version", "prompt")
    }
    return Given(row["unit"], row["pole"], int(row["rank"]), row["file"], where, **text)
