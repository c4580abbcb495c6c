"""Tables as files: checked, written whole or not at all, read with every misfit named."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from conditions.errors import StudyError
from conditions.files import atomic_path, write_json
from conditions.tables.schema import DTYPES, Column, Table


def write_table(frame: pd.DataFrame, table: Table, path: Path, keep_extra: bool = False) -> None:
    """Write a table and its data dictionary (same name, ``.json``), whole or not at all.

    Parameters
    ----------
    frame : DataFrame
        Exactly the columns of ``table``, in order; with ``keep_extra`` others behind them.
    table : Table
        Its schema; a frame that does not fit is a programming error.
    path : Path
        A ``.csv`` or ``.tsv`` file. UTF-8, one header row, empty = missing, true/false.
    keep_extra : bool
        Whether columns that the schema does not name are written too.
    """
    checked = typed(frame, table)
    table.schema().validate(checked[table.column_names] if keep_extra else checked)
    with atomic_path(path) as temporary:
        cells(frame, table).to_csv(
            temporary, index=False, lineterminator="\n", sep=_separator(path)
        )
    write_json(path.with_suffix(".json"), table.dictionary())


def cells(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame as it is written: numbers as they are, truth values as true and false."""
    frame = typed(frame, table)
    for column in table.columns:
        if column.kind == "bool":
            frame[column.name] = frame[column.name].map({True: "true", False: "false"})
    return frame


def typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """A copy of the frame, each known column in the type that the schema names."""
    return frame.astype({c.name: DTYPES[c.kind] for c in table.columns if c.name in frame.columns})


def read_table(path: Path, table: Table, keep_extra: bool = False) -> pd.DataFrame:
    """Read and check a table.

    Parameters
    ----------
    path : Path
        A ``.csv`` or ``.tsv`` file.
    table : Table
        Its schema. A column that is optional there may be absent.
    keep_extra : bool
        Whether the file may have columns that the schema does not name.

    Returns
    -------
    DataFrame
        The columns of the table in order; whole numbers ``Int64``, truth values ``boolean``.
        Behind them, with ``keep_extra``, the other columns as text, in the order of the file.

    Raises
    ------
    StudyError
        Where the file is missing or does not fit: names file, row, column, value and what is
        wanted (the first ten misfits).
    """
    path = Path(path)
    if not path.is_file():
        raise StudyError(f"{path}: no such file; it is the table of {table.name}")
    try:
        raw = pd.read_csv(
            path, dtype=str, keep_default_na=False, na_values=[""], sep=_separator(path)
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: not a readable table: {str(error).strip()}") from error
    absent = [c.name for c in table.columns if c.optional and c.name not in raw.columns]
    known = [name for name in table.column_names if name not in absent]
    extra = [name for name in raw.columns if name not in known]
    if [name for name in raw.columns if name in known] != known or (extra and not keep_extra):
        missing = [name for name in known if name not in raw.columns]
        raise StudyError(
            f"{path}: columns are not those of the table {table.name}: "
            f"missing {', '.join(missing) or 'none'}; unknown {', '.join(extra) or 'none'}"
            + ("" if missing or extra else "; wrong order")
        )
    raw = raw.reindex(columns=[*table.column_names, *extra])
    frame, misfits = _converted(raw, table)
    if not misfits:
        misfits = _misfits(frame, table)
    if misfits:
        more = f"\n… and {len(misfits) - 10} more" if len(misfits) > 10 else ""
        raise StudyError("\n".join(f"{path}: {misfit}" for misfit in misfits[:10]) + more)
    return frame


def _separator(path: Path) -> str:
    return "\t" if Path(path).suffix == ".tsv" else ","


def _converted(raw: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[str]]:
    frame, misfits = raw.copy(), []
    for column in table.columns:
        text = raw[column.name]
        values: pd.Series
        if column.kind == "bool":
            values = text.map({"true": True, "false": False}).astype("boolean")
        elif column.kind in ("int", "float"):
            values = pd.to_numeric(text, errors="coerce").astype("float64")
            if column.kind == "int":
                values = values.where(values == values.round()).astype("Int64")
        else:
            values = text.astype("object").where(text.notna(), None)
        for row in raw.index[text.notna() & values.isna()]:
            misfits.append(_misfit(row, column, text[row]))
        frame[column.name] = values
    return frame, misfits


def _misfits(frame: pd.DataFrame, table: Table) -> list[str]:
    try:
        table.schema().validate(frame[table.column_names], lazy=True)
    except pa.errors.SchemaErrors as error:
        columns = {column.name: column for column in table.columns}
        misfits = []
        for case in error.failure_cases.sort_values("index").itertuples():
            if case.check == "multiple_fields_uniqueness" or case.column not in columns:
                key = ", ".join(table.key)
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
    found: str = "empty" if pd.isna(plain) else repr(plain)
    return f"row {row + 2}, column {column.name}: found {found}, wanted {column.wanted()}"
