"""Units as pages show them, in the order of the index."""

from dataclasses import dataclass

import pandas as pd

from conditions.folder import StudyFolder
from stimgen.preview.facts import Facts
from stimgen.preview.marks import Mark, marks_of
from stimgen.preview.plot import Plot, plot
from stimgen.preview.sheets import Files, Series, series_of

# A browser opens so much at once (``benchmarks/preview.py``).
UNITS_A_PAGE = 100
IMAGES_A_PAGE = 12_000
# What the index groups units by.
GROUPS = ("role", "block", "layer")


@dataclass(frozen=True)
class Unit:
    """A unit as a page shows it; ``row`` is what the table of units says of it."""

    name: str
    row: dict
    pool: dict | None
    series: list[Series]
    plot: Plot | None
    marks: list[Mark]
    difficulty: list[dict]


def unit_of(folder: StudyFolder, facts: Facts, kinds: list[str], files: Files, row: dict) -> Unit:
    """All that is known of the unit of a row of the table of units."""
    name = row["unit"]
    images = facts.stimuli.get(name, [])
    series = series_of(folder.study, name, row["role"], images, kinds, files)
    bins = facts.histogram.get(name)
    return Unit(
        name,
        row,
        facts.pool.get(name),
        series,
        plot(bins, series, kinds) if bins else None,
        marks_of(name, facts, series),
        facts.difficulty.get(name, []),
    )


def grouped(units: pd.DataFrame) -> dict[str, list[dict]]:
    """Rows of the table of units by role, block and layer, in order of their first appearance.

    Empty cells are None.
    """
    places: tuple[dict, ...] = tuple({} for _ in GROUPS)
    groups: dict[tuple, list[dict]] = {}
    for row in units.astype("object").where(units.notna(), None).to_dict("records"):
        key = tuple(row[name] for name in GROUPS)
        for known, value in zip(places, key, strict=True):
            known.setdefault(value, len(known))
        groups.setdefault(key, []).append(row)

    def place(key: tuple) -> list[int]:
        return [known[value] for known, value in zip(places, key, strict=True)]

    return {_group_name(*key): groups[key] for key in sorted(groups, key=place)}


def _group_name(role: str, block: str | None, layer: str) -> str:
    return ", ".join([role, *([f"block {block}"] if block else []), layer])


def dealt(rows: list[dict], facts: Facts) -> list[list[dict]]:
    """Units page by page: none is too much for a browser, no unit is cut in two.

    There is one page at least, if an empty one.
    """
    pages: list[list[dict]] = [[]]
    images = 0
    for row in rows:
        own = len(facts.stimuli.get(row["unit"], []))
        if pages[-1] and (len(pages[-1]) == UNITS_A_PAGE or images + own > IMAGES_A_PAGE):
            pages.append([])
            images = 0
        pages[-1].append(row)
        images += own
    return pages
