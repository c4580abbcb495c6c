"""A table of results as a page shows it: words and numbers for people, with a caption."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.wording import number, p_cell

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """A column: its heading, its text for a row, and whether it holds numbers."""

    title: str
    text: Callable[[Row], str]
    numeric: bool = True


@dataclass(frozen=True)
class PageTable:
    """A table of a page.

    Attributes
    ----------
    caption : str
        What it shows.
    columns : tuple of Cell
        Headings, from the left.
    rows : list of list of str
        Texts of the cells.
    parted : list of bool
        Whether a line parts a row from the one above it.
    """

    caption: str
    columns: tuple[Cell, ...]
    rows: list[list[str]]
    parted: list[bool]


def page_table(
    caption: str,
    frame: pd.DataFrame | Sequence[Row],
    columns: Sequence[Cell],
    parts: Callable[[Row], Hashable] | None = None,
) -> PageTable | None:
    """A table for the page; None without rows.

    Parameters
    ----------
    caption : str
        What it shows.
    frame : DataFrame or sequence of dict
        Rows, from the top.
    columns : sequence of Cell
        What is shown of them.
    parts : callable, optional
        What rows of a part have in common: a line parts them from the next ones.
    """
    rows = records(frame) if isinstance(frame, pd.DataFrame) else list(frame)
    if not rows:
        return None
    keys = [parts(row) if parts else None for row in rows]
    parted = [i > 0 and keys[i] != keys[i - 1] for i in range(len(rows))]
    texts = [[column.text(row) for column in columns] for row in rows]
    return PageTable(caption, tuple(columns), texts, parted)


def records(frame: pd.DataFrame) -> list[Row]:
    """Rows of a frame: what is missing is None."""
    filled = frame.astype("object").where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in filled.to_dict("records")]


def errors_told(frame: pd.DataFrame) -> str:
    """What ± and intervals of a table are, for its caption; nothing where there are none."""
    parts = []
    if "sem" in frame and frame["sem"].notna().any():
        parts.append("± is 2 standard errors over participants")
    if "ci_low" in frame and frame["ci_low"].notna().any():
        parts.append("intervals are for other people and these units")
    return f" {'; '.join(parts)[:1].upper()}{'; '.join(parts)[1:]}." if parts else ""


def words(name: str, title: str) -> Cell:
    """A column of words."""
    return Cell(title, lambda row: "–" if row[name] is None else str(row[name]), numeric=False)


def count(name: str, title: str) -> Cell:
    """A column of whole numbers."""
    return Cell(title, lambda row: number(row[name], 0))


def decimal(name: str, title: str, digits: int = 2, scale: float = 1) -> Cell:
    """A column of numbers."""
    return Cell(title, lambda row: number(_scaled(row[name], scale), digits))


def p_column(name: str, title: str) -> Cell:
    """A column of p values."""
    return Cell(title, lambda row: p_cell(row[name]))


def share(title: str, part: str, whole: str) -> Cell:
    """A column as 12 / 45."""
    return Cell(title, lambda row: f"{row[part]} / {row[whole]}")


def mean_error(name: str, title: str, digits: int = 2, scale: float = 1) -> Cell:
    """A column of means ± 2 standard errors; the mean alone where there is no error."""

    def text(row: Row) -> str:
        mean = number(_scaled(row[name], scale), digits)
        return mean if row["sem"] is None else f"{mean} ± {number(2 * scale * row['sem'], digits)}"

    return Cell(title, text)


def interval(
    title: str, digits: int = 2, scale: float = 1, ends: tuple[str, str] = ("ci_low", "ci_high")
) -> Cell:
    """A column of intervals; a dash where there is none."""

    def text(row: Row) -> str:
        low, high = (row[name] for name in ends)
        if low is None or high is None:
            return "–"
        return f"{number(scale * low, digits)} to {number(scale * high, digits)}"

    return Cell(title, text)


def _scaled(value: float | None, scale: float) -> float:
    return float("nan") if value is None else scale * value
