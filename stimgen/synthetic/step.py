"""The step that makes all synthetic images of a study."""

import time

from conditions.commands import console, progress_bar
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.tables import POLES, POOL, read_table
from stimgen.models import Model
from stimgen.records import record_step
from stimgen.stimuli import add_stimuli, finished_units
from stimgen.synthetic.write import write_synthetic
from stimgen.units import ensure_units


def make_synthetic(folder: StudyFolder, model: Model) -> None:
    """Write synthetic images and their provenance, where missing."""
    started = time.monotonic()
    table = ensure_units(folder, model)
    if not folder.pool_table.exists():
        raise StudyError(
            f"{folder.pool_table}: no such file; the weight of diversity follows from the pool: "
            f"first run `python -m stimgen natural {folder.path}`"
        )
    spread = read_table(folder.pool_table, POOL).set_index("unit")["sd"]
    recipe = folder.study.synthetic
    wanted = recipe.images * len(POLES)
    done = finished_units(folder, "synthetic", wanted)
    missing = table[~table["unit"].isin(done)]
    if missing.empty:
        console.print(f"{folder.stimuli}: synthetic images of {len(done)} units are there")
        return
    with progress_bar() as progress:
        task = progress.add_task(
            "Optimising synthetic", total=len(missing) * len(POLES) * recipe.steps
        )
        for unit in missing.itertuples():
            rows = write_synthetic(
                folder,
                model,
                unit.unit,
                unit.layer,
                unit.channel,
                spread[unit.unit],
                lambda: progress.advance(task),
            )
            add_stimuli(folder, rows)
    record_step(folder, model, "synthetic", started, units=len(missing))
    console.print(
        f"{folder.stimuli}: {wanted} synthetic images for each of {len(missing)} units, "
        f"{len(done)} units were there"
    )
