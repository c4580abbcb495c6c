"""Whether a table fits its schema, without the words for where it does not."""

import re

import pandas as pd

from conditions.tables.schema import DTYPES, Column, Table


def fits(frame: pd.DataFrame, table: Table) -> bool:
    """Whether the pandera schema of a table would accept a frame.

    Tables are short, many, and nearly always in order: to find that out takes a tenth of the time
    in which pandera prepares its report on what is not.

    Parameters
    ----------
    frame : DataFrame
        Any frame.
    table : Table
        The schema that it may fit.

    Returns
    -------
    bool
        True where columns, their order and types, missing values, levels, patterns, ranges and the
        key are those of the schema.
    """
    if list(frame.columns) != table.column_names:
        return False
    if not all(_fits(frame[column.name], column) for column in table.columns):
        return False
    return not (table.key and frame.duplicated(list(table.key)).any())


def _fits(values: pd.Series, column: Column) -> bool:
    if str(values.dtype) != DTYPES[column.kind]:
        return False
    missing = values.isna().to_numpy()
    if column.required and missing.any():
        return False
    present = values[~missing]
    if column.levels and not present.isin(list(column.levels)).all():
        return False
    if column.pattern:
        whole = re.compile(rf"(?:{column.pattern})\Z")
        if not all(isinstance(text, str) and whole.match(text) for text in present):
            return False
    too_low = column.minimum is not None and not present.ge(column.minimum).all()
    too_high = column.maximum is not None and not present.le(column.maximum).all()
    return not (too_low or too_high)
