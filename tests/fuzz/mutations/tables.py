"""What spreadsheets, scripts and hands do to a table."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.fuzz.mutations.mutation import ODD, Mutation, replace

Rows = list[list[str]]


def read(path: Path) -> Rows:
    """Rows with cells, the header first; nothing where it is no table any more."""
    try:
        text = path.read_bytes().decode()
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=_mark(path)))
    except (UnicodeDecodeError, csv.Error):
        return []


def write(path: Path, rows: Rows, mark: str = "", quoting: int = csv.QUOTE_MINIMAL) -> None:
    """Rows as the laboratory would write them, but for what is asked."""
    stream = io.StringIO(newline="")
    csv.writer(
        stream, delimiter=mark or _mark(path), lineterminator="\n", quoting=quoting
    ).writerows(rows)
    replace(path, stream.getvalue().encode("utf-8", errors="surrogatepass"))


def changing(change: Callable[[Rows, Random], str | None]) -> Callable[[Path, Random], str | None]:
    """A mutation of rows; those without a row of data are left."""

    def do(path: Path, rng: Random) -> str | None:
        rows = read(path)
        if len(rows) < 2:
            return None
        words = change(rows, rng)
        if words is not None:
            write(path, rows)
        return words

    return do


def _mark(path: Path) -> str:
    return "\t" if path.suffix == ".tsv" else ","


def _separators(path: Path, rng: Random) -> str | None:
    rows = read(path)
    if len(rows) < 2:
        return None
    mark = rng.choice([";", "\t", "|", ","])
    commas = rng.random() < 0.5
    if commas:
        rows[1:] = [
            [cell.replace(".", ",") if cell.replace(".", "", 1).isdigit() else cell for cell in row]
            for row in rows[1:]
        ]
    write(path, rows, mark, rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    return f"{mark!r} between cells" + (", decimal commas" if commas else "")


def _odd_cell(rows: Rows, rng: Random) -> str:
    i = rng.randrange(1, len(rows))
    j = rng.randrange(len(rows[i]))
    value = rng.choice(ODD)
    rows[i][j] = value
    return f"row {i + 1}, {rows[0][j]}: {value[:40]!r}"


def _odd_column(rows: Rows, rng: Random) -> str:
    j, value = rng.randrange(len(rows[0])), rng.choice(ODD)
    for row in rows[1:]:
        row[j] = value[:1000]
    return f"column {rows[0][j]}: {value[:40]!r}"


def _odd_name(rows: Rows, rng: Random) -> str:
    j, value = rng.randrange(len(rows[0])), rng.choice([*ODD, rows[0][0].upper()])
    old, rows[0][j] = rows[0][j], value[:1000]
    return f"column {old} named {value[:40]!r}"


def _columns_swapped(rows: Rows, rng: Random) -> str:
    a, b = rng.randrange(len(rows[0])), rng.randrange(len(rows[0]))
    header_only = rng.random() < 0.5
    for row in rows[:1] if header_only else rows:
        row[a], row[b] = row[b], row[a]
    return f"columns {a} and {b} swapped{' in the header only' if header_only else ''}"


def _column_gone(rows: Rows, rng: Random) -> str:
    j = rng.randrange(len(rows[0]))
    name = rows[0][j]
    for row in rows:
        del row[j]
    return f"without column {name}"


def _column_added(rows: Rows, rng: Random) -> str:
    j, name = rng.randrange(len(rows[0]) + 1), rng.choice(["note", "", "Unnamed: 0", rows[0][0]])
    for i, row in enumerate(rows):
        row.insert(j, "x" if i else name)
    return f"a column {name!r} at place {j}"


def _row_twice(rows: Rows, rng: Random) -> str:
    i = rng.randrange(1, len(rows))
    rows.insert(rng.randrange(1, len(rows) + 1), list(rows[i]))
    return f"row {i + 1} twice"


def _row_gone(rows: Rows, rng: Random) -> str:
    i = rng.randrange(1, len(rows))
    del rows[i]
    return f"without row {i + 1}"


def _rows_swapped(rows: Rows, rng: Random) -> str | None:
    if len(rows) < 3:
        return None
    a, b = rng.sample(range(1, len(rows)), 2)
    rows[a], rows[b] = rows[b], rows[a]
    return f"rows {a + 1} and {b + 1} swapped"


def _rows_many(rows: Rows, rng: Random) -> str:
    rows[1:] = rows[1:] * 50
    return "all rows 50 times"


def _ragged(rows: Rows, rng: Random) -> str:
    i = rng.randrange(len(rows))
    rows[i] = rng.choice([rows[i][:-1], rows[i] + ["x"], rows[i][:1], ["x"] * 3000])
    return f"row {i + 1} with {len(rows[i])} cells"


def _header_only(rows: Rows, rng: Random) -> str:
    del rows[1:]
    return "the header only"


def _no_header(rows: Rows, rng: Random) -> str:
    del rows[0]
    return "no header"


def _header_twice(rows: Rows, rng: Random) -> str:
    i = rng.randrange(1, len(rows) + 1)
    rows.insert(i, list(rows[0]))
    return f"the header again as row {i + 1}"


def _spaces(rows: Rows, rng: Random) -> str:
    for row in rows[rng.randrange(2) :]:
        row[:] = [f" {cell} " for cell in row]
    return "spaces around all cells"


def _open_quote(path: Path, rng: Random) -> str:
    content = path.read_bytes()
    n = rng.randrange(len(content) + 1)
    replace(path, content[:n] + b'"' + content[n:])
    return f"a quote at byte {n}"


_TABLES = ("*.csv", "*.tsv")

MUTATIONS = (
    Mutation("separators", _separators, _TABLES),
    Mutation("odd cell", changing(_odd_cell), _TABLES),
    Mutation("odd cell 2", changing(_odd_cell), _TABLES),
    Mutation("odd cell 3", changing(_odd_cell), _TABLES),
    Mutation("odd cells", changing(_odd_column), _TABLES),
    Mutation("odd name of a column", changing(_odd_name), _TABLES),
    Mutation("columns swapped", changing(_columns_swapped), _TABLES),
    Mutation("column gone", changing(_column_gone), _TABLES),
    Mutation("column added", changing(_column_added), _TABLES),
    Mutation("row twice", changing(_row_twice), _TABLES),
    Mutation("row gone", changing(_row_gone), _TABLES),
    Mutation("rows swapped", changing(_rows_swapped), _TABLES),
    Mutation("many rows", changing(_rows_many), _TABLES),
    Mutation("ragged", changing(_ragged), _TABLES),
    Mutation("header only", changing(_header_only), _TABLES),
    Mutation("no header", changing(_no_header), _TABLES),
    Mutation("header twice", changing(_header_twice), _TABLES),
    Mutation("spaces", changing(_spaces), _TABLES),
    Mutation("open quote", _open_quote, _TABLES),
)
