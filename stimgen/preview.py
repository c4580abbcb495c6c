"""A page with every unit's images, to look at before anybody is tested."""

from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape

from conditions.files import write_text
from conditions.folder import StudyFolder
from conditions.tables import POLES, POOL, STIMULI, UNITS, read_table

# Participants' batches start at 1; the sheet shows the first of them.
SHOWN_BATCH = 1


def write_preview(folder: StudyFolder) -> Path:
    """Write ``stimuli/preview.html``; images are linked, not copied.

    Returns
    -------
    Path
        The page.
    """
    stimuli = read_table(folder.stimuli_table, STIMULI)
    pool = read_table(folder.pool_table, POOL).set_index("unit")
    units = [
        {
            "name": unit.unit,
            "role": unit.role,
            "pool": pool.loc[unit.unit],
            "sheets": _sheets(stimuli[stimuli["unit"] == unit.unit]),
        }
        for unit in read_table(folder.units_table, UNITS).itertuples()
    ]
    environment = Environment(
        loader=PackageLoader("stimgen"), autoescape=select_autoescape(), trim_blocks=True
    )
    page = environment.get_template("preview.html").render(
        study=folder.study, units=units, batch=SHOWN_BATCH, n_images=len(stimuli)
    )
    write_text(folder.preview, page)
    return folder.preview


def _sheets(stimuli: pd.DataFrame) -> list[dict]:
    """The images of a unit in four rows, the most extreme first."""
    sheets = []
    for pole in reversed(POLES):
        for kind in ("natural", "synthetic"):
            rows = stimuli[(stimuli["kind"] == kind) & (stimuli["pole"] == pole)]
            if kind == "natural":
                rows = rows[rows["batch"] == SHOWN_BATCH]
            if rows.empty:
                continue
            rows = rows.sort_values("rank", ascending=pole == "min")
            images = [
                {"path": row.path.removeprefix("stimuli/"), "activation": row.activation}
                for row in rows.itertuples()
            ]
            sheets.append({"kind": kind, "pole": pole, "images": images})
    return sheets
