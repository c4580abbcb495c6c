"""Tables of a BIDS data set, each with the sidecar that describes its columns."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from conditions.files import write_json, write_text
from conditions.tables.files import cells
from conditions.tables.schema import Table

MISSING = "n/a"
NOTHING: Mapping[str, Mapping[str, str]] = MappingProxyType({})


def bids_dictionary(table: Table, words: Mapping[str, Mapping[str, str]] = NOTHING) -> dict:
    """Descriptions of a table's columns as BIDS sidecars have them.

    Parameters
    ----------
    table : Table
        The table.
    words : mapping
        What the levels of a column mean, by column and level; by default a level is its own word.
    """
    entries = {}
    for column in table.columns:
        entry: dict = {"Description": column.description}
        if column.unit:
            entry["Units"] = column.unit
        if column.kind == "bool":
            entry["Levels"] = {"true": "yes", "false": "no"}
        elif column.levels:
            meaning = words.get(column.name, {})
            entry["Levels"] = {level: meaning.get(level, level) for level in column.levels}
        entries[column.name] = entry
    return entries


def write_table(
    path: Path,
    frame: pd.DataFrame,
    table: Table,
    entries: Mapping[str, dict],
    of_task: Mapping[str, object],
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write a table of a task and its sidecar.

    Parameters
    ----------
    path : Path
        The ``.tsv`` file.
    frame, table
        The rows, and their schema.
    entries : mapping
        Descriptions of the columns that are written, in their order.
    of_task : mapping
        What the sidecar says of the task.
    renamed : mapping
        Names that columns get in place of those of the schema.
    """
    written = cells(frame, table)[list(entries)]
    write_text(path, as_tsv(written.rename(columns=dict(renamed))))
    described = {renamed.get(name, name): entry for name, entry in entries.items()}
    write_json(path.with_suffix(".json"), {**of_task, **described})


def chosen(entries: Mapping[str, dict], columns: Iterable[str]) -> dict[str, dict]:
    """Descriptions of some columns, in their order."""
    return {name: entries[name] for name in columns}


def as_tsv(frame: pd.DataFrame) -> str:
    """BIDS has no quotes around cells: what would need them becomes a space."""
    plain = frame.replace(r"[\t\r\n]+", " ", regex=True)
    return plain.to_csv(
        sep="\t", index=False, na_rep=MISSING, lineterminator="\n", quoting=csv.QUOTE_NONE
    )
