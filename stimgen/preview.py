"""A page with every unit's images, to look at before anybody is tested."""

from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape

from conditions.files import write_text
from conditions.folder import StudyFolder
from conditions.tables.files import read_table
from conditions.tables.machine import DIFFICULTY, UNIT_FLAGS
from conditions.tables.stimuli import HISTOGRAM, POLES, POOL, STIMULI, UNITS

# Participants' batches start at 1; the sheet shows the first of them.
SHOWN_BATCH = 1
# Size of a histogram in the units of its drawing.
PLOT_WIDTH, PLOT_HEIGHT = 1000, 60


def write_preview(folder: StudyFolder) -> Path:
    """Write ``stimuli/preview.html``; images are linked, not copied.

    Where machine observers have judged the units (``report/difficulty``), it says how hard they
    found each.

    Returns
    -------
    Path
        The page.
    """
    stimuli = read_table(folder.stimuli_table, STIMULI)
    histogram = read_table(folder.histogram_table, HISTOGRAM)
    pool = read_table(folder.pool_table, POOL).set_index("unit")
    difficulty = _difficulty(folder)
    units = [
        {
            "name": unit["unit"],
            "role": unit["role"],
            "pool": pool.loc[unit["unit"]],
            "sheets": (sheets := _sheets(stimuli, unit["unit"])),
            "plot": _histogram_plot(histogram[histogram["unit"] == unit["unit"]], sheets),
            "difficulty": difficulty.get(unit["unit"], []),
        }
        for unit in read_table(folder.units_table, UNITS).to_dict("records")
    ]
    environment = Environment(
        loader=PackageLoader("stimgen"), autoescape=select_autoescape(), trim_blocks=True
    )
    page = environment.get_template("preview.html").render(
        study=folder.study,
        units=units,
        batch=SHOWN_BATCH,
        n_images=len(stimuli),
        observers=_observers(difficulty),
    )
    write_text(folder.preview, page)
    return folder.preview


def _difficulty(folder: StudyFolder) -> dict[str, list[dict]]:
    """What observers make of each unit, a row a condition and scheme; empty before they ran."""
    table_file, flags_file = (folder.difficulty / name for name in ("difficulty.csv", "flags.csv"))
    if not (table_file.is_file() and flags_file.is_file()):
        return {}
    table = read_table(table_file, DIFFICULTY)
    place = ["unit", "condition", "scheme"]
    flags = read_table(flags_file, UNIT_FLAGS).set_index(place)["flag"].to_dict()
    found: dict[str, list[dict]] = {}
    shown = table[table["condition"] != "none"]
    for (unit, condition, scheme), group in shown.groupby(place, sort=True):
        marks = [
            {"observer": row.observer, "role": row.role, "predicted": row.predicted}
            for row in group.itertuples()
        ]
        facts = {"condition": condition, "scheme": scheme, "marks": marks}
        flag = flags.get((unit, condition, scheme))
        found.setdefault(str(unit), []).append(facts | {"flag": flag})
    return found


def _observers(difficulty: dict[str, list[dict]]) -> dict[str, str]:
    """Role of each observer, in the order of the table."""
    rows = [row for rows in difficulty.values() for row in rows]
    return {mark["observer"]: mark["role"] for row in rows for mark in row["marks"]}


def _sheets(stimuli: pd.DataFrame, unit: str) -> list[dict]:
    """The images of a unit in four rows, the most extreme first."""
    stimuli = stimuli[stimuli["unit"] == unit]
    sheets = []
    for pole in reversed(POLES):
        for kind in ("natural", "synthetic"):
            rows = stimuli[(stimuli["kind"] == kind) & (stimuli["pole"] == pole)]
            if kind == "natural":
                batch = rows["path"].str.contains(f"/{unit}/batch_{SHOWN_BATCH:02d}/", regex=False)
                rows = rows[batch]
            if rows.empty:
                continue
            rows = rows.sort_values("rank", ascending=pole == "min")
            images = [
                {"path": row["path"].removeprefix("stimuli/"), "activation": row["activation"]}
                for row in rows.to_dict("records")
            ]
            sheets.append({"kind": kind, "pole": pole, "images": images})
    return sheets


def _histogram_plot(histogram: pd.DataFrame, sheets: list[dict]) -> dict:
    """Bars of the pool's activations and places of the shown images, in drawing units."""
    shown = [(s["kind"], image["activation"]) for s in sheets for image in s["images"]]
    least = min([histogram["low"].min(), *(value for _, value in shown)])
    most = max([histogram["high"].max(), *(value for _, value in shown)])
    tallest = max(1, histogram["count"].max())

    def place(value: float) -> float:
        return PLOT_WIDTH * (value - least) / ((most - least) or 1)

    bars = [
        {
            "x": place(row["low"]),
            "width": max(1.0, place(row["high"]) - place(row["low"])),
            "height": PLOT_HEIGHT * row["count"] / tallest,
        }
        for row in histogram.to_dict("records")
    ]
    marks = [{"x": place(value), "kind": kind} for kind, value in shown]
    return {"bars": bars, "marks": marks, "least": least, "most": most}
