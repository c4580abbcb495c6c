"""What a table of the laboratory is: columns with a meaning, checks, a data dictionary."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Every command knows the tables, but not each reads one: pandera can wait until then.
    import pandera.pandas as pa

DTYPES = {"str": "object", "int": "Int64", "float": "float64", "bool": "boolean"}


DICTIONARY_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


@dataclass(frozen=True)
class Column:
    """One column of a table: its meaning, and what may stand in it.

    ``pattern`` is a regular expression for the whole of a text, said as ``pattern_in_words``.
    Spaces around such a text, as around one of ``levels``, mean nothing.

    A column that is ``optional`` came later than the table: files that were written before it lack
    it and are read all the same, with missing values.
    """

    name: str
    kind: str
    description: str
    unit: str = ""
    levels: tuple[str, ...] = ()
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False
    pattern: str = ""
    pattern_in_words: str = ""

    def __post_init__(self) -> None:
        """A column that files may lack can have empty cells too."""
        if self.optional and self.required:
            raise ValueError(f"column {self.name} is optional, so that required must be False")

    def in_range(self, number: float) -> bool:
        """Whether a number is neither below the minimum nor above the maximum."""
        too_low = self.minimum is not None and number < self.minimum
        too_high = self.maximum is not None and number > self.maximum
        return not (too_low or too_high)

    def checks(self) -> "list[pa.Check]":
        """The pandera checks that follow from levels and range."""
        import pandera.pandas as pa

        checks = []
        if self.levels:
            checks.append(pa.Check.isin(list(self.levels)))
        if self.pattern:
            checks.append(pa.Check.str_matches(rf"(?:{self.pattern})\Z"))
        if self.minimum is not None:
            checks.append(pa.Check.ge(self.minimum))
        if self.maximum is not None:
            checks.append(pa.Check.le(self.maximum))
        return checks

    def wanted(self) -> str:
        """What may stand in a cell, in words."""
        words = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true/false"}
        text = self.pattern_in_words or words[self.kind]
        if self.levels:
            text = f"one of {', '.join(self.levels)}"
        if self.minimum is not None and self.maximum is not None:
            text += f" from {self.minimum:g} to {self.maximum:g}"
        elif self.minimum is not None:
            text += f" of at least {self.minimum:g}"
        return text + ("" if self.required else ", or empty")


@dataclass(frozen=True)
class Table:
    """A table's name, meaning, columns in order, and the columns that identify a row."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = field(default=())

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    def with_levels(self, levels: Mapping[str, tuple[str, ...]]) -> "Table":
        """The same table, where columns have the levels that a study gives them."""
        columns = tuple(
            replace(column, levels=levels.get(column.name, column.levels))
            for column in self.columns
        )
        return replace(self, columns=columns)

    def schema(self) -> "pa.DataFrameSchema":
        """The pandera schema: exactly these columns, in this order."""
        return self._schema

    @cached_property
    def _schema(self) -> "pa.DataFrameSchema":
        import pandera.pandas as pa

        return pa.DataFrameSchema(
            {
                column.name: pa.Column(
                    DTYPES[column.kind],
                    checks=column.checks(),
                    nullable=not column.required,
                    description=column.description,
                )
                for column in self.columns
            },
            strict=True,
            ordered=True,
            unique=list(self.key) or None,
            report_duplicates="exclude_first",
            name=self.name,
        )

    def dictionary(self) -> dict:
        """The data dictionary: description, type, unit and levels a column (BIDS sidecar keys)."""
        entries: dict[str, object] = {"TableDescription": self.description}
        for column in self.columns:
            entry: dict[str, object] = {
                "Description": column.description,
                "Type": DICTIONARY_TYPES[column.kind],
            }
            if column.unit:
                entry["Units"] = column.unit
            if column.levels:
                entry["Levels"] = list(column.levels)
            entry["MayBeEmpty"] = not column.required
            entries[column.name] = entry
        return entries
