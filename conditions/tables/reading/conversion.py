"""From text to numbers and truth values by a schema, with every misfit in words."""

from typing import Any

import numpy as np
import pandas as pd

from conditions.tables.reading.fitting import fits
from conditions.tables.schema import Column, Table

# BIDS writes n/a, R and Python write NA and NaN.
_MISSING = ("n/a", "na", "nan")
_TRUTH = {"true": True, "false": False}
_DECIMAL_COMMA = r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?"
# The largest whole number up to which floats hold every one.
_LARGEST = 2.0**53
_SHOWN = 60
COMMAS = "this looks like a spreadsheet's export with decimal commas; wanted decimal points"


def converted(
    cells: pd.DataFrame, table: Table, mark: str, words_are_missing: bool
) -> tuple[pd.DataFrame, list[str]]:
    """Cells as values.

    Parameters
    ----------
    cells : DataFrame
        Of :func:`conditions.tables.reading.raw.read_cells`, with all columns of the table.
    table : Table
        Its schema.
    mark : str
        The separator of the file.
    words_are_missing : bool
        Whether n/a and its like are missing values in free text too, as BIDS has it in TSV.

    Returns
    -------
    DataFrame
        The same columns; those of the table as whole numbers ``Int64``, ``float64``, truth values
        ``boolean`` or text.
    list of str
        Every cell that is not of its column's kind. With none of these: every cell out of range,
        missing or unknown, and rows that occur twice.
    """
    frame = _without_words(cells, table, words_are_missing)
    if _decimal_commas(frame, table, mark):
        for name in _numeric(table):
            decimal = frame[name].str.fullmatch(_DECIMAL_COMMA).eq(True)
            points = frame[name].str.replace(",", ".", regex=False)
            frame[name] = frame[name].mask(decimal, points)
    misfits = []
    for column in table.columns:
        if column.kind == "str":
            continue
        text = frame[column.name]
        values = _values(text, column)
        for row in frame.index[text.notna() & values.isna()]:
            misfits.append(_misfit(row, column, text[row]))
        frame[column.name] = values
    return frame, misfits or _against_schema(frame, table)


def is_missing(word: object, words_are_missing: bool) -> bool:
    """Whether a cell of free text is read as a missing value; see :func:`converted`."""
    if not isinstance(word, str) or not word:
        return True
    return words_are_missing and word.strip().lower() in ("", *_MISSING)


def _without_words(cells: pd.DataFrame, table: Table, in_text: bool) -> pd.DataFrame:
    """Without spaces and words for missing values around what is no free text."""
    columns = {column.name: column for column in table.columns}
    words = {}
    for name in cells:
        column, found = columns.get(str(name)), cells[name]
        # Lists, not methods of columns: most tables are short, and read by the hundred.
        if column is None:
            words[name] = found
        elif column.kind != "str" or column.levels or column.pattern:
            words[name] = _texts([_word(cell) for cell in found], found.index)
        else:
            kept = [None if is_missing(cell, in_text) else cell for cell in found]
            words[name] = _texts(kept, found.index)
    return pd.DataFrame(words, index=cells.index)


def _texts(words: list[str | None], index: pd.Index) -> pd.Series:
    return pd.Series(words, index=index, dtype="object")


def _word(cell: object) -> str | None:
    word = cell.strip() if isinstance(cell, str) else ""
    return None if word.lower() in ("", *_MISSING) else word


def _numeric(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.kind in ("int", "float")]


def _decimal_commas(frame: pd.DataFrame, table: Table, mark: str) -> bool:
    """Whether commas in numbers can be nothing but decimal marks."""
    numbers = pd.concat(
        [frame[name].dropna() for name in _numeric(table)] or [pd.Series(dtype=str)]
    )
    numbers = numbers.astype("object")
    commas = numbers[numbers.str.contains(",", regex=False).eq(True)]
    if commas.empty or numbers.str.contains(".", regex=False).eq(True).any():
        return False
    # 1,234 may be one thousand, but not where semicolons leave the comma to decimals.
    return mark == ";" or not commas.str.fullmatch(r"[-+]?\d{1,3}(,\d{3})+").all()


def _values(text: pd.Series, column: Column) -> pd.Series:
    if column.kind == "bool":
        return text.str.lower().map(_TRUTH).astype("boolean")
    values = pd.to_numeric(text, errors="coerce").astype("float64")
    values = values.where(np.isfinite(values))
    # What pandas 2 reads may be off in the last digit.
    found = values.notna() & (values != 0)
    values[found] = text[found].map(float).astype("float64")
    if column.kind == "float":
        return values
    return values.where((values == values.round()) & (values.abs() <= _LARGEST)).astype("Int64")


def _against_schema(frame: pd.DataFrame, table: Table) -> list[str]:
    if fits(frame[table.column_names], table):
        return []
    # Loaded where there is something to say.
    import pandera.pandas as pa

    try:
        table.schema().validate(frame[table.column_names], lazy=True)
    except pa.errors.SchemaErrors as error:
        columns = {column.name: column for column in table.columns}
        misfits = []
        for case in error.failure_cases.sort_values("index").itertuples():
            if case.check == "multiple_fields_uniqueness" or case.column not in columns:
                key = ", ".join(f"{name} {frame[name][case.index]}" for name in table.key)
                text = f"row {case.index + 2}: {key} occurs more than once"
            else:
                text = _misfit(case.index, columns[case.column], case.failure_case)
            if text not in misfits:
                misfits.append(text)
        return misfits
    return []


def _misfit(row: int, column: Column, value: Any) -> str:
    # numpy's numbers would show their type.
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, str) and len(plain) > _SHOWN:
        plain = plain[:_SHOWN] + "…"
    found: str = "empty" if pd.isna(plain) else repr(plain)
    text = f"row {row + 2}, column {column.name}: found {found}, wanted {column.wanted()}"
    number = column.kind in ("int", "float") and isinstance(plain, str)
    return f"{text}; {COMMAS}" if number and "," in plain else text
