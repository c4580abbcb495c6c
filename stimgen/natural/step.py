"""The step that scans a pool and makes all natural images of a study."""

import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
from typing_extensions import Unpack

from conditions.commands.command_line import console, progress_bar
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.units.names import unit_name
from conditions.tables.files import write_table
from conditions.tables.stimuli import POLES, POOL_REPORT
from stimgen.dead_units import warn_of_dead_units
from stimgen.models.model import Model
from stimgen.natural.choose import candidates_of
from stimgen.natural.same_pool import (
    has_changed,
    note_place,
    note_pool,
    noted_pool,
    refuse_other_pixels,
    refuse_other_pool,
)
from stimgen.natural.scanning.agreement import agrees
from stimgen.natural.scanning.remarks import broken_units, of_images, warnings
from stimgen.natural.scanning.scan import HowToScan, PoolScan
from stimgen.natural.scanning.tables import (
    odd_counts,
    odd_images,
    status_counts,
    write_all_units,
    write_pool_tables,
)
from stimgen.natural.tasks import (
    forget_scan,
    is_done,
    missing_units,
    scan_span,
    settings_for,
    spans,
    units_to_rank,
    write_unit,
)
from stimgen.natural.write import images_per_unit
from stimgen.pool.finding.find import absolute, open_pool, reopen
from stimgen.pool.images import Pool
from stimgen.pool.names import printable, written
from stimgen.pool.scanned import refuse_other_weights
from stimgen.records import StepRecord
from stimgen.stimuli import add_stimuli, one_writer
from stimgen.units import checked_units, write_units
from stimgen.work.paced import Paced
from stimgen.work.workers import (
    THIS_PROCESS,
    Outcome,
    Shared,
    Step,
    Task,
    Workers,
    failures,
    refuse_failed,
)


def make_natural(
    folder: StudyFolder,
    model: Model,
    images: str | None = None,
    all_units: bool = False,
    by: Workers = THIS_PROCESS,
    **how: Unpack[HowToScan],
) -> None:
    """Write natural images, what is known of the pool, and their provenance, where missing.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    model : Model
        Its network.
    images : str, optional
        The pool, instead of the one that the study names; see ``open_pool``.
    all_units : bool
        Also rank the pool for every channel of every layer.
    by : Workers, optional
        Who does the work.
    **how
        ``batch_size``, ``workers`` and ``autocast`` of :class:`ScanSettings`.

    Raises
    ------
    StudyError
        Where the pool does not exist or is too small; at the end, naming what has failed (all
        else is done).
    """
    started = time.monotonic()
    table = checked_units(folder, model)
    recipe, size = folder.study.natural, folder.study.image
    per_pole = max(folder.study.natural_sets) * recipe.batches
    per_unit = images_per_unit(folder.study)
    missing = missing_units(folder, table)
    refuse_other_weights(folder, model, noted_pool(folder))
    if is_done(folder, missing, all_units):
        if images is not None:
            given = open_pool(images, size)
            refuse_other_pool(folder, given)
            note_place(folder, model, given)
        write_units(folder, table)
        console.print(f"{folder.stimuli}: natural images of {len(table)} units are there")
        warn_of_dead_units(folder)
        return
    pool = open_pool(images or recipe.pool, size)
    for remark in pool.remarks:
        console.print(f"pool {printable(pool.name)}: {remark}")
    refuse_other_pool(folder, pool)
    _check_enough(pool, per_pole)
    record = StepRecord(folder, model, folder.study.photographs, started)
    units = units_to_rank(model, table, all_units)
    settings = settings_for(folder, pool, **how)
    if settings.autocast and not agrees(model, pool, size, units, settings):
        settings = replace(settings, autocast=False)
    write_units(folder, table)
    shared = Shared(pool, reopen, (absolute(pool.name), size, pool.fingerprint()))
    report = folder.stimuli / "pool_report.csv"
    failed: list[Outcome] = []
    with progress_bar() as progress:
        bar = progress.add_task("Scanning the pool", total=len(pool))
        parts = spans(len(pool), settings.batch_size, by.splits)
        tasks = [
            Task(f"images {span.start} to {span.stop - 1}", (units, settings, span), len(span))
            for span in parts
        ]
        scanned = by.merged(
            Step(scan_span, folder, model, tasks, shared, lambda n: progress.advance(bar, n)),
            PoolScan.merge,
        )
        if has_changed(pool):
            forget_scan(folder, model, pool, units, settings, parts)
            console.print(
                f"warning: pool {printable(pool.name)}: has changed while it was scanned; images "
                "that are not what was scanned are not written, and the next run scans it again"
            )
        names = [unit_name(*unit) for unit in units]
        broken = broken_units(scanned, names)
        for warning in warnings(scanned, pool, broken):
            console.print(f"warning: {warning}")
        # Also where it is refused for what stands there.
        odd = odd_images(scanned, pool, of_images(scanned, names))
        write_table(odd, POOL_REPORT, report)
        _check_enough(pool, per_pole, scanned, report)
        refuse_other_pixels(folder, scanned)
        note_pool(folder, model, pool, scanned)
        bar = progress.add_task("Writing natural images", total=len(missing))
        reduced = settings.autocast
        tasks = [
            Task(unit.unit, (candidates_of(scanned.extremes, column, recipe, reduced), unit))
            for column, (_, unit) in zip(missing.index, missing.iterrows(), strict=True)
        ]
        with Paced[pd.DataFrame](lambda parts: _note(folder, parts, record)) as portions:
            for outcome in by.each(
                Step(write_unit, folder, model, tasks, shared, lambda n: progress.advance(bar, n))
            ):
                if outcome.error is not None:
                    failed.append(outcome)
                else:
                    portions.add(outcome.result)
    write_pool_tables(folder, scanned, table)
    if all_units:
        write_all_units(folder, scanned, pool, names, list(range(len(table), len(units))))
    counts = status_counts(scanned)
    record.finish(
        pool=written(pool.name),
        pool_path=written(absolute(pool.name)),
        pool_sha256=pool.fingerprint(),
        pool_size=len(pool),
        pool_images=counts,
        not_finite={
            one.unit: one.images if one.counted else f"about {one.images}" for one in broken
        },
        autocast=settings.autocast,
        workers=by.count,
        failed=failures(failed),
    )
    console.print(
        f"{folder.stimuli}: {per_unit} natural images for each of "
        f"{len(missing) - len(failed)} units; pool of {len(pool)} images: "
        + ", ".join(f"{count} {status}" for status, count in counts.items())
    )
    warn_of_dead_units(folder)
    refuse_failed(failed)


def _note(folder: StudyFolder, parts: list[pd.DataFrame], record: StepRecord) -> None:
    with one_writer(folder):
        record.begin()
        add_stimuli(folder, pd.concat(parts))


def _check_enough(
    pool: Pool, per_pole: int, scanned: PoolScan | None = None, report: Path | None = None
) -> None:
    """Refuse a pool that is too small for a unit's images, before and after it was scanned."""
    wanted = per_pole * len(POLES)
    usable, found = len(pool), f"{len(pool)} images"
    if scanned is not None:
        usable = scanned.n_images
        odd = [f"{n} {what.replace('_', ' ')}" for what, n in odd_counts(scanned).items()]
        found = f"{usable} usable of {len(pool)} images ({', '.join(odd)}; see {report})"
    if usable < wanted:
        raise StudyError(
            f"pool {printable(pool.name)}: {found}, but both poles of a unit take {wanted} "
            "(bins × batches × 2)"
        )
