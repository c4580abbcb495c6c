"""The step that makes all synthetic images of a study."""

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from conditions.commands.command_line import console, progress_bar
from conditions.commands.typed import typed_command
from conditions.folder import StudyFolder
from conditions.tables.stimuli import POLES
from stimgen.dead_units import warn_of_dead_units
from stimgen.models.model import Model
from stimgen.out_of_memory import OutOfMemoryError, memory_watched
from stimgen.pool.scanned import refuse_other_weights, scanned_pool
from stimgen.records import StepRecord
from stimgen.stimuli import add_stimuli, known_stimuli, one_writer
from stimgen.synthetic.images.by_method import MakeImages, parameterisation
from stimgen.synthetic.images.spectrum import spectrum_pool
from stimgen.synthetic.judged.compared import compare_sets
from stimgen.synthetic.judged.judging import judge_sets
from stimgen.synthetic.judged.poor import tell_poor_sets
from stimgen.synthetic.judged.report import add_to_report, read_report, without_a_row
from stimgen.synthetic.optimising.optimise import ANOTHER
from stimgen.synthetic.precision import settled
from stimgen.synthetic.recipe import recipe_of
from stimgen.synthetic.sets import batches, missing_sets, names_of
from stimgen.synthetic.write import Wanted, make_sets, write_set
from stimgen.units import checked_units, write_units
from stimgen.wording import no_row_of
from stimgen.work.paced import Paced
from stimgen.work.workers import (
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


def make_synthetic(
    folder: StudyFolder, model: Model, name: str, by: Workers = THIS_PROCESS
) -> None:
    """Write the visualisations of a kind, the report on them and their provenance, where missing.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    model : Model
        Its network.
    name : str
        The study's name of the kind.
    by : Workers, optional
        Who does the work.

    Raises
    ------
    StudyError
        Where the recipe needs the scanned pool and there is none; at the end, naming each unit
        whose optimisation failed or which lacks natural images to beat (the others are done).
    """
    started = time.monotonic()
    table = checked_units(folder, model)
    recipe = recipe_of(folder.study, name)
    refuse_other_weights(folder, model, scanned_pool(folder))
    missing = missing_sets(folder, name, table)
    there = len(table) * len(POLES) - len(missing)
    wanted = [one for one in missing if one.natural or not recipe.beat_natural]
    failed = [
        _lacks_natural(folder, one) for one in missing if recipe.beat_natural and not one.natural
    ]
    if not wanted:
        write_units(folder, table)
        units = len(table) - len({one.unit for one in missing})
        console.print(f"{folder.stimuli}: {name} images of {units} units are there")
        if _judge(folder, model, name, table, by):
            tell_poor_sets(folder, name)
        refuse_failed(failed)
        return
    warn_of_dead_units(folder)
    _tell_of_no_effect(folder, name)
    pool = spectrum_pool(folder, name)
    record = StepRecord(folder, model, name, started)
    given = (recipe, folder.study.image, pool)
    shared = Shared(parameterisation(*given), parameterisation, given)
    write_units(folder, table)
    wanted = settled(folder, model, table, wanted, shared.value)
    made = 0
    with progress_bar() as progress:
        bar = progress.add_task(f"Optimising {name}", total=len(wanted) * recipe.steps)
        tasks = [
            Task(names_of(batch), (batch,), len(batch) * recipe.steps)
            for batch in batches(wanted, recipe.units_per_batch)
        ]
        with Paced[WrittenSet](lambda sets: _note(folder, sets, record)) as written:
            for outcome in by.each(
                Step(make_batch, folder, model, tasks, shared, lambda n: progress.advance(bar, n))
            ):
                if outcome.error is not None:
                    failed.append(outcome)
                    continue
                failed += outcome.result.failed
                made += len(outcome.result.written)
                for one in outcome.result.written:
                    written.add(one)
    record.finish(
        method=recipe.method,
        **({} if pool is None else {"pool": pool.pool, "pool_sha256": pool.sha256}),
        precision={one.layer: one.precision for one in wanted},
        sets=made,
        workers=by.count,
        failed=failures(failed),
    )
    _judge(folder, model, name, table, by)
    console.print(
        f"{folder.stimuli}: {made} sets of {name} images (a unit and pole each), {there} were there"
    )
    tell_poor_sets(folder, name)
    refuse_failed(failed)


def _lacks_natural(folder: StudyFolder, one: Wanted) -> Outcome:
    """The outcome of a set that has to beat natural images where there are none."""
    first = typed_command("stimgen", "natural", *folder.typed)
    error = (
        f"{folder.stimuli_table}: no natural images of it; references.{one.name}.beat_natural "
        f"compares with them: first run `{first}`"
    )
    return Outcome(Task(names_of([one]), ()), error=error)


def _judge(folder: StudyFolder, model: Model, name: str, table: pd.DataFrame, by: Workers) -> bool:
    """Compare and judge the sets of a kind; whether anything was not known before."""
    stimuli = known_stimuli(folder)
    unknown = without_a_row(read_report(folder), stimuli[stimuli["name"] == name])
    if unknown:
        words = no_row_of("visualisations", unknown)
        console.print(f"warning: {folder.synthetic_report} {words}", markup=False)
    compared = compare_sets(folder, name, stimuli)
    return judge_sets(folder, model, name, table, by) + compared > 0


def _tell_of_no_effect(folder: StudyFolder, name: str) -> None:
    """Say what of a recipe changes nothing."""
    recipe, field = recipe_of(folder.study, name), f"{folder.study_file}: references.{name}"
    if "padding" in recipe.model_fields_set:
        console.print(
            f"{field}.padding has no effect any more: images have no border that would be cut off"
        )
    if recipe.stop_when_flat and recipe.learning == "falling":
        console.print(
            f"{field}.stop_when_flat has no effect with learning: falling, whose end sharpens "
            "images; wanted fewer steps, or learning: constant"
        )


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
            failed = Outcome(Task(names_of(batch), ()), error=str(error))
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


def _note(folder: StudyFolder, sets: list[WrittenSet], record: StepRecord) -> None:
    """Add sets to the report, then to the table of stimuli: what is in that is done."""
    with one_writer(folder):
        record.begin()
        add_to_report(folder, [report for _, report in sets])
        add_stimuli(folder, pd.concat([rows for rows, _ in sets]))
