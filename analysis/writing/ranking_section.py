"""The ranking of a study's kinds as a subject of the report's details."""

import base64
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.data.kinds import Kinds
from analysis.figures import ranking as figure
from analysis.statistics.ranking.ranked import Ranking
from analysis.statistics.ranking.table import PEOPLE
from analysis.wording import counted, number, p_cell, percent
from analysis.writing.page import Shown
from analysis.writing.page_table import Cell, PageTable, Row, page_table, records, words
from analysis.writing.ranking import (
    ranked_rows,
    ranking_method,
    ranking_sentences,
    write_table_and_figure,
)


def ranking_section(ranking: Ranking, kinds: Kinds, table: Path, image: Path) -> dict[str, Any]:
    """What the report shows of a ranking, whose table and figure are written too."""
    picture = write_table_and_figure(ranking, kinds, table, image)
    tables = [_table(ranking, observer) for observer in ranking.observers]
    return {
        "title": figure.title(ranking),
        "figure": Shown(
            figure.title(ranking),
            figure.caption(ranking),
            _shows(ranking),
            base64.b64encode(picture).decode(),
            100,
        ),
        "tables": [table for table in tables if table],
        "undecided": _undecided(ranking),
        "method": ranking_method(ranking),
        "sentences": ranking_sentences(ranking),
    }


def _table(ranking: Ranking, observer: str) -> PageTable | None:
    rows = records(pd.DataFrame(ranked_rows(ranking, observer)))
    columns = [
        words("condition", "Kind"),
        Cell("accuracy (%)", _accuracy),
        Cell(f"against {ranking.baseline}", lambda row: _difference(row, "baseline")),
        Cell("p", lambda row: p_cell(row["baseline_p_holm"])),
        Cell("better", lambda row: row["better"] or "", numeric=False),
    ]
    if any(row["none_difference"] is not None for row in rows):
        columns += [
            Cell("against none", lambda row: _difference(row, "none")),
            Cell("p", lambda row: p_cell(row["none_p_holm"])),
        ]
    return page_table(
        f"Kinds by their accuracy: {observer}. Differences in points; in brackets 95 % intervals, "
        "for other people and other units; p after Holm's "
        "correction over the kinds of this table.",
        rows,
        columns,
    )


def _accuracy(row: Row) -> str:
    return percent(row["mean"]) + _bounds(row, "mean")


def _difference(row: Row, prefix: str) -> str:
    value = row[f"{prefix}_difference"]
    return "–" if value is None else number(100 * value, 1) + _bounds(row, prefix)


def _bounds(row: Row, prefix: str) -> str:
    low, high = row[f"{prefix}_low"], row[f"{prefix}_high"]
    return "" if low is None else f" [{number(100 * low, 1)}, {number(100 * high, 1)}]"


def _undecided(ranking: Ranking) -> list[str]:
    """What it would take to decide, a sentence a kind."""
    rows = ranking.rows(PEOPLE)
    return [
        f"Whether {row['condition']} is better than {ranking.baseline} is not decided; it would "
        f"take {row['would_take']} where the difference is as found."
        for row in rows[rows["would_take"].notna()].to_dict("records")
    ]


def _shows(ranking: Ranking) -> str:
    """The figure in numbers."""
    parts = []
    for observer in ranking.observers:
        rows = records(pd.DataFrame(ranked_rows(ranking, observer)))
        found = [f"{row['condition']} {_accuracy(row)}" for row in rows]
        parts.append(f"{counted(len(rows), 'kind')} by {observer}, % correct: {', '.join(found)}.")
    return " ".join(parts)
