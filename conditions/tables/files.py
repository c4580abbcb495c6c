"""Tables as files: checked, written whole or not at all, read with every misfit named."""

import hashlib
from pathlib import Path

import pandas as pd

from conditions.errors import StudyError
from conditions.files import atomic_path, write_json
from conditions.tables.reading.conversion import converted, is_missing
from conditions.tables.reading.fitting import fits
from conditions.tables.reading.raw import LONGEST_CELL, read_cells, separator
from conditions.tables.schema import DTYPES, Table

# Of columns that are wrong, so many are named, and so much of each name.
_NAMED, _LONGEST = 8, 40


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

    Raises
    ------
    StudyError
        Where a text would not be read as it is: names row, column and what is wrong.
    """
    checked = typed(frame, table)
    known = checked[table.column_names] if keep_extra else checked
    if not fits(known, table):
        table.schema().validate(known)
    text = _in_words(checked, table)
    _check_texts(text, table, path)
    with atomic_path(path) as temporary:
        _write(text, temporary, separator(path))
    write_json(path.with_suffix(".json"), table.dictionary())


def _write(text: pd.DataFrame, path: Path, mark: str) -> None:
    # Cells with a carriage return are put in quotes only where it is a part of the line ends.
    words = (word for name in _with_text(text) for word in text[name])
    returns = any(isinstance(word, str) and "\r" in word for word in words)
    ends = "\r\n" if returns else "\n"
    text.to_csv(path, index=False, lineterminator=ends, sep=mark)


def _check_texts(text: pd.DataFrame, table: Table, path: Path) -> None:
    """Refuse what could be written, but not read again."""
    required = {column.name for column in table.columns if column.required}
    words_are_missing = path.suffix == ".tsv"
    for name in _with_text(text):
        for row, word in enumerate(text[name], start=2):
            problem = _unreadable(word) if isinstance(word, str) else ""
            if name in required and not problem and is_missing(word, words_are_missing):
                problem = "it is read as a missing value"
            if problem:
                raise StudyError(
                    f"{path}: row {row}, column {name}: {ascii(word)[:_LONGEST]} cannot be "
                    f"written: {problem}"
                )


def _unreadable(word: str) -> str:
    if "\0" in word:
        return "it holds a zero character, which no table can"
    if len(word) > LONGEST_CELL:
        return f"it has {len(word)} characters, and a cell at most {LONGEST_CELL}"
    try:
        word.encode()
    except UnicodeEncodeError as error:
        code = f"{word[error.start]!a} at place {error.start}"
        return f"UTF-8 has no {code} (a name that is no UTF-8?)"
    return ""


def _with_text(frame: pd.DataFrame) -> list[str]:
    kinds = (pd.api.types.is_object_dtype, pd.api.types.is_string_dtype)
    return [str(name) for name in frame if any(kind(frame[name]) for kind in kinds)]


def cells(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame as it is written: numbers as they are, truth values as true and false."""
    return _in_words(typed(frame, table), table)


def _in_words(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    for column in table.columns:
        if column.kind == "bool":
            frame[column.name] = frame[column.name].map({True: "true", False: "false"})
    return frame


def typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """A copy of the frame, each known column in the type that the schema names."""
    return frame.astype({c.name: DTYPES[c.kind] for c in table.columns if c.name in frame.columns})


def table_sha256(frame: pd.DataFrame, table: Table) -> str:
    """SHA-256 of a table's content: that of its file, if the laboratory wrote it.

    A file that was saved again with other line ends or a byte-order mark is the same table.
    """
    text = cells(frame, table).to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def _named(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(name[:_LONGEST] for name in names[:_NAMED]) + more or "none"


def read_table(
    path: Path, table: Table, keep_extra: bool = False, growing: bool = False
) -> pd.DataFrame:
    """Read and check a table.

    Parameters
    ----------
    path : Path
        A ``.csv`` or ``.tsv`` file.
    table : Table
        Its schema. A column that is optional there may be absent.
    keep_extra : bool
        Whether the file may have columns that the schema does not name.
    growing : bool
        Whether a last row without a line end is left out: it was cut off while it was written.

    Returns
    -------
    DataFrame
        The columns of the table in order; whole numbers ``Int64``, truth values ``boolean``.
        Behind them, with ``keep_extra``, the other columns as text, in the order of the file.
        Missing are empty cells and, but in free text of a ``.csv``, n/a, NA and NaN.

    Raises
    ------
    StudyError
        Where the file is missing or does not fit: names file, row, column, value and what is
        wanted (the first ten misfits), or line and reason where it is no table at all.
    """
    path = Path(path)
    if not path.exists():
        raise StudyError(f"{path}: no such file; it is the table of {table.name}")
    raw, mark = read_cells(path, table.column_names, growing)
    needed = [c.name for c in table.columns if not c.optional]
    missing = [name for name in needed if name not in raw.columns]
    extra = [name for name in raw.columns if name not in table.column_names]
    if missing or (extra and not keep_extra):
        raise StudyError(
            f"{path}: columns are not those of the table {table.name}: "
            f"missing {_named(missing)}; unknown {_named(extra)}"
        )
    # Columns that a spreadsheet moved are known by their names.
    raw = raw.reindex(columns=[*table.column_names, *extra])
    frame, misfits = converted(raw, table, mark, words_are_missing=path.suffix == ".tsv")
    if misfits:
        more = f"\n… and {len(misfits) - 10} more" if len(misfits) > 10 else ""
        raise StudyError("\n".join(f"{path}: {misfit}" for misfit in misfits[:10]) + more)
    return frame.reset_index(drop=True)
