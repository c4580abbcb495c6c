"""The step that makes all synthetic images of a study."""

import time
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from conditions.commands import console, progress_bar
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.recipes import ImageSize, SyntheticImages
from conditions.tables.files import read_table, write_table
from conditions.tables.stimuli import POLES, POOL, SYNTHETIC_REPORT
from stimgen.dead_units import warn_of_dead_units
from stimgen.models.model import Model
from stimgen.out_of_memory import OutOfMemoryError, memory_watched
from stimgen.paced import Paced
from stimgen.pool.scanned import (
    ScannedPool,
    open_scanned,
    refuse_other_weights,
    scanned_pool,
)
from stimgen.records import record_step
from stimgen.stimuli import add_stimuli, finished, known_stimuli, one_writer
from stimgen.synthetic.fourier import FourierImages
from stimgen.synthetic.maco import MacoImages, pool_magnitudes
from stimgen.synthetic.optimise import MakeImages, side_seen
from stimgen.synthetic.quality import diversity_weights, natural_levels
from stimgen.synthetic.spectrum import spectrum_pool
from stimgen.synthetic.write import Wanted, make_sets, write_set
from stimgen.units import checked_units, write_units
from stimgen.workers import (
    THIS_PROCESS,
    OnProgress,
    Outcome,
    Shared,
    Step,
    Task,
    Workers,
    failures,
    refuse_failed,
)

# What follows where numbers are left: diversity, and often gradients, take in the whole layer.
ANOTHER = (
    ": its activation or that of another channel of its layer is not finite (NaN or infinite); "
    "choose another unit in the study file"
)


def make_synthetic(folder: StudyFolder, model: Model, by: Workers = THIS_PROCESS) -> None:
    """Write synthetic images, the report on them and their provenance, where missing.

    Raises
    ------
    StudyError
        Where the recipe needs the scanned pool and there is none; at the end, naming each unit
        whose optimisation failed (the others are done).
    """
    started = time.monotonic()
    table = checked_units(folder, model)
    recipe = folder.study.synthetic
    refuse_other_weights(folder, model, scanned_pool(folder))
    wanted = missing_sets(folder, table)
    there = len(table) * len(POLES) - len(wanted)
    if not wanted:
        write_units(folder, table)
        console.print(f"{folder.stimuli}: synthetic images of {len(table)} units are there")
        return
    warn_of_dead_units(folder)
    check_sides(folder, model, wanted)
    pool = spectrum_pool(folder)
    given = (recipe, folder.study.image, pool)
    shared = Shared(parameterisation(*given), parameterisation, given)
    write_units(folder, table)
    failed: list[Outcome] = []
    with progress_bar() as progress:
        bar = progress.add_task("Optimising synthetic", total=len(wanted) * recipe.steps)
        tasks = [
            Task(names_of(batch), (batch,), len(batch) * recipe.steps)
            for batch in batches(wanted, recipe.units_per_batch)
        ]
        with Paced[WrittenSet](lambda sets: _note(folder, sets)) as written:
            for outcome in by.each(
                Step(make_batch, folder, model, tasks, shared, lambda n: progress.advance(bar, n))
            ):
                if outcome.error is not None:
                    failed.append(outcome)
                    continue
                failed += outcome.result.failed
                for one in outcome.result.written:
                    written.add(one)
    record_step(
        folder,
        model,
        "synthetic",
        started,
        method=recipe.method,
        **({} if pool is None else {"pool": pool.pool, "pool_sha256": pool.sha256}),
        sets=len(wanted),
        workers=by.count,
        failed=failures(failed),
    )
    _tell(folder, len(wanted), there)
    refuse_failed(failed)


# Rows of the table of stimuli, and the row of the report.
WrittenSet = tuple[pd.DataFrame, dict]


@dataclass(frozen=True)
class BatchMade:
    """The sets that were written, and those that have failed."""

    written: list[WrittenSet]
    failed: list[Outcome]


def make_batch(
    folder: StudyFolder,
    model: Model,
    on_progress: OnProgress,
    make: MakeImages,
    batch: list[Wanted],
) -> BatchMade:
    """Optimise sets of one layer side by side and write their images."""
    try:
        with memory_watched(model.device):
            made = make_sets(folder, model, batch, make, on_progress)
    except (FloatingPointError, OutOfMemoryError) as error:
        if len(batch) == 1:
            advice = ANOTHER if isinstance(error, FloatingPointError) else ""
            failed = Outcome(Task(names_of(batch), ()), error=f"{error}{advice}")
            return BatchMade([], [failed])
        # Each by itself: only the set that fails is lost, and a small one may fit into memory.
        alone = [make_batch(folder, model, on_progress, make, [one]) for one in batch]
        return BatchMade(
            [written for part in alone for written in part.written],
            [outcome for part in alone for outcome in part.failed],
        )
    result = BatchMade([], [])
    for one in made:
        if np.isfinite(one.quality.activations).all():
            result.written.append(write_set(folder, model, one))
        else:
            task = Task(names_of([one.wanted]), ())
            result.failed.append(Outcome(task, error=f"an image drives it to no number{ANOTHER}"))
    return result


def missing_sets(folder: StudyFolder, table: pd.DataFrame, planned: bool = False) -> list[Wanted]:
    """The sets of images of a study's units that are not there yet.

    For a plan the pool need not have been scanned: the weights are then of no meaning.
    """
    recipe = folder.study.synthetic
    _refuse_mixing(folder, recipe.method)
    done = finished(folder, "synthetic", ["unit", "pole"], recipe.images)
    return [one for one in _all_wanted(folder, table, planned) if (one.unit, one.pole) not in done]


def check_sides(folder: StudyFolder, model: Model, wanted: list[Wanted]) -> None:
    """Check that the network takes images of the size that the optimisation shows it.

    Raises
    ------
    StudyError
        Where it does not.
    """
    padding = folder.study.synthetic.padding
    side = folder.study.image.crop + 2 * padding
    for name in dict.fromkeys(one.layer for one in wanted):
        seen = side_seen(model.readout(name), side, padding)
        model.check_side(seen, f"synthetic.padding: found {padding}")


def names_of(batch: list[Wanted]) -> str:
    """The sets of a batch for people: unit and pole of each."""
    return ", ".join(f"{one.unit} {one.pole}" for one in batch)


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


def _all_wanted(folder: StudyFolder, table: pd.DataFrame, planned: bool) -> list[Wanted]:
    recipe = folder.study.synthetic
    spread = dict.fromkeys(table["unit"], 1.0) if planned else _pool_spread(folder)
    levels = natural_levels(known_stimuli(folder))
    if recipe.beat_natural and not levels and not planned:
        raise StudyError(
            f"{folder.stimuli_table}: no natural images; synthetic.beat_natural compares with "
            f"them: first run `python -m stimgen natural {folder.path}`"
        )
    return [
        Wanted(
            unit["unit"],
            unit["layer"],
            int(unit["channel"]),
            pole,
            # A unit that no image of the pool drives to a finite number has no row there.
            diversity_weights(recipe.diversity, spread.get(unit["unit"], 0.0), recipe.beat_natural),
            levels.get((unit["unit"], pole)),
        )
        for unit in table.to_dict("records")
        for pole in POLES
    ]


def _pool_spread(folder: StudyFolder) -> dict[str, float]:
    if folder.pool_table.exists():
        pool = read_table(folder.pool_table, POOL)
        return dict(zip(pool["unit"], pool["sd"], strict=True))
    if folder.study.synthetic.diversity == "auto":
        raise StudyError(
            f"{folder.pool_table}: no such file; synthetic.diversity auto follows from the pool: "
            f"first run `python -m stimgen natural {folder.path}`"
        )
    return {}


def parameterisation(
    recipe: SyntheticImages, size: ImageSize, pool: ScannedPool | None
) -> MakeImages:
    """Makes images by the recipe's method; a new one is a module and a case here.

    ``pool`` is that of the photographs whose spectrum MACO's images have; Fourier needs none.
    """
    side = size.crop + 2 * recipe.padding
    if recipe.method == "fourier":
        return partial(FourierImages, side)
    assert pool is not None  # spectrum_pool refuses a study that has none
    photographs = open_scanned(pool.path, size, pool.sha256)
    return partial(MacoImages, pool_magnitudes(photographs, size, side))


def batches(wanted: list[Wanted], length: int) -> list[list[Wanted]]:
    """Sets of one layer together, so that none is run deeper than it needs."""
    layers = dict.fromkeys(one.layer for one in wanted)
    groups = [[one for one in wanted if one.layer == layer] for layer in layers]
    return [
        group[start : start + length] for group in groups for start in range(0, len(group), length)
    ]


def _note(folder: StudyFolder, sets: list[WrittenSet]) -> None:
    """Add sets to the report, then to the table of stimuli: what is in that is done."""
    new = pd.DataFrame([report for _, report in sets], columns=SYNTHETIC_REPORT.column_names)
    with one_writer(folder):
        if folder.synthetic_report.exists():
            known = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
            made = pd.MultiIndex.from_frame(new[["unit", "pole"]])
            kept = known[~pd.MultiIndex.from_frame(known[["unit", "pole"]]).isin(made)]
            new = pd.concat([kept, new], ignore_index=True) if len(kept) else new
        new = new.sort_values(["unit", "pole"], ignore_index=True)
        write_table(new, SYNTHETIC_REPORT, folder.synthetic_report)
        add_stimuli(folder, pd.concat([rows for rows, _ in sets]))


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
