"""The step that makes all synthetic images of a study."""

import time

import pandas as pd

from conditions.commands import console, progress_bar
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.table_files import read_table, write_table
from conditions.tables import POLES, POOL, SYNTHETIC_REPORT
from stimgen.models import Model
from stimgen.pool.find import open_pool
from stimgen.records import record_step
from stimgen.stimuli import add_stimuli, finished, known_stimuli
from stimgen.synthetic.fourier import FourierImages
from stimgen.synthetic.maco import MacoImages, pool_magnitudes
from stimgen.synthetic.optimise import MakeImages
from stimgen.synthetic.quality import diversity_weights, natural_levels
from stimgen.synthetic.write import Wanted, make_sets, write_set
from stimgen.units import ensure_units


def make_synthetic(folder: StudyFolder, model: Model) -> None:
    """Write synthetic images, the report on them and their provenance, where missing.

    Raises
    ------
    StudyError
        Where the recipe needs the scanned pool and there is none; at the end, naming each unit
        whose optimisation failed (the others are done).
    """
    started = time.monotonic()
    table = ensure_units(folder, model)
    recipe = folder.study.synthetic
    _refuse_mixing(folder, recipe.method)
    done = finished(folder, "synthetic", ["unit", "pole"], recipe.images)
    wanted = [one for one in _all_wanted(folder, table) if (one.unit, one.pole) not in done]
    if not wanted:
        console.print(f"{folder.stimuli}: synthetic images of {len(table)} units are there")
        return
    make = _method(folder)
    failed: list[str] = []
    with progress_bar() as progress:
        task = progress.add_task("Optimising synthetic", total=len(wanted) * recipe.steps)
        waiting = _batches(wanted, recipe.units_per_batch)
        while waiting:
            batch = waiting.pop(0)
            try:
                made = make_sets(folder, model, batch, make, lambda n: progress.advance(task, n))
            except FloatingPointError as error:
                if len(batch) == 1:
                    failed.append(str(error))
                # Each by itself: only the set that fails is lost.
                waiting = [[one] for one in batch if len(batch) > 1] + waiting
                continue
            for one in made:
                rows, report = write_set(folder, model, one)
                add_stimuli(folder, rows)
                _add_report(folder, report)
    record_step(
        folder, model, "synthetic", started, method=recipe.method, sets=len(wanted), failed=failed
    )
    _tell(folder, len(wanted), len(done))
    if failed:
        raise StudyError("these units have no synthetic images:\n" + "\n".join(failed))


def _refuse_mixing(folder: StudyFolder, method: str) -> None:
    if not folder.synthetic_report.exists():
        return
    others = set(read_table(folder.synthetic_report, SYNTHETIC_REPORT)["method"]) - {method}
    if others:
        raise StudyError(
            f"{folder.synthetic_report}: the synthetic images that are there were made by "
            f"{', '.join(sorted(others))}, found method {method}; a folder holds those of one "
            "method: give the study another name or another --root"
        )


def _all_wanted(folder: StudyFolder, table: pd.DataFrame) -> list[Wanted]:
    recipe = folder.study.synthetic
    spread = _pool_spread(folder)
    levels = natural_levels(known_stimuli(folder))
    if recipe.beat_natural and not levels:
        raise StudyError(
            f"{folder.stimuli_table}: no natural images; synthetic.beat_natural compares with "
            f"them: first run `python -m stimgen natural {folder.path}`"
        )
    return [
        Wanted(
            unit.unit,
            unit.layer,
            int(unit.channel),
            pole,
            diversity_weights(recipe.diversity, spread.get(unit.unit), recipe.beat_natural),
            levels.get((unit.unit, pole)),
        )
        for unit in table.itertuples()
        for pole in POLES
    ]


def _pool_spread(folder: StudyFolder) -> dict[str, float]:
    if folder.pool_table.exists():
        return read_table(folder.pool_table, POOL).set_index("unit")["sd"].to_dict()
    if folder.study.synthetic.diversity == "auto":
        raise StudyError(
            f"{folder.pool_table}: no such file; synthetic.diversity auto follows from the pool: "
            f"first run `python -m stimgen natural {folder.path}`"
        )
    return {}


def _method(folder: StudyFolder) -> MakeImages:
    """Makes images by the study's method; a new one is a module and a case here."""
    study = folder.study
    side = study.image.crop + 2 * study.synthetic.padding
    if study.synthetic.method == "maco":
        pool = open_pool(study.natural.pool, study.image)
        magnitudes = pool_magnitudes(pool, study.image, side)
        return lambda generators, count, device: MacoImages(magnitudes, generators, count, device)
    return lambda generators, count, device: FourierImages(side, generators, count, device)


def _batches(wanted: list[Wanted], length: int) -> list[list[Wanted]]:
    """Sets of one layer together, so that none is run deeper than it needs."""
    layers = dict.fromkeys(one.layer for one in wanted)
    groups = [[one for one in wanted if one.layer == layer] for layer in layers]
    return [
        group[start : start + length] for group in groups for start in range(0, len(group), length)
    ]


def _add_report(folder: StudyFolder, row: dict) -> None:
    new = pd.DataFrame([row], columns=SYNTHETIC_REPORT.column_names)
    if folder.synthetic_report.exists():
        known = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
        kept = known[(known["unit"] != row["unit"]) | (known["pole"] != row["pole"])]
        new = pd.concat([kept, new], ignore_index=True) if len(kept) else new
    write_table(
        new.sort_values(["unit", "pole"], ignore_index=True),
        SYNTHETIC_REPORT,
        folder.synthetic_report,
    )


def _tell(folder: StudyFolder, made: int, before: int) -> None:
    if not folder.synthetic_report.exists():
        return
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    losing = report[~report["beats_natural"].fillna(True).astype(bool)]
    console.print(
        f"{folder.stimuli}: {made} sets of synthetic images (a unit and pole each), {before} were "
        "there"
    )
    if len(losing):
        names = ", ".join(f"{row.unit} {row.pole}" for row in losing.itertuples())
        console.print(
            f"warning: in {len(losing)} of {len(report)} sets the weakest synthetic image is less "
            f"extreme than the most extreme natural one: {names} (see {folder.synthetic_report})"
        )
