"""The step that scans a pool and makes all natural images of a study."""

import time
from dataclasses import replace
from typing import Unpack

import numpy as np
import pandas as pd
import torch

from conditions.commands import console, progress_bar
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.recipes import ImageSize
from conditions.study.unit_names import unit_name
from conditions.tables.files import write_table
from conditions.tables.stimuli import EXTREMES, HISTOGRAM, POLES, POOL, POOL_REPORT
from stimgen.models import Model
from stimgen.natural.choose import candidates_of
from stimgen.natural.pool_tables import (
    distributions,
    extremes_table,
    histograms,
    odd_images,
    status_counts,
)
from stimgen.natural.precision import TOLERANCE, disagreement
from stimgen.natural.scan import HowToScan, PoolScan, ScanSettings, columns_of, unit_activations
from stimgen.natural.tasks import (
    is_done,
    missing_units,
    scan_span,
    settings_for,
    spans,
    units_to_rank,
    write_unit,
)
from stimgen.natural.write import images_per_unit
from stimgen.paced import Paced
from stimgen.pool.find import absolute, open_pool, reopen
from stimgen.pool.images import Pool
from stimgen.pool.loader import load_batches
from stimgen.records import record_step
from stimgen.stimuli import add_stimuli
from stimgen.units import checked_units, write_units
from stimgen.workers import (
    THIS_PROCESS,
    Outcome,
    Shared,
    Step,
    Task,
    Workers,
    failures,
    refuse_failed,
)

# Images of the pool that reduced precision is tried on.
TRIED = 128


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
    if is_done(folder, missing, all_units):
        write_units(folder, table)
        console.print(f"{folder.stimuli}: natural images of {len(table)} units are there")
        return
    pool = open_pool(images or recipe.pool, size)
    _check_enough(len(pool), pool, per_pole)
    units = units_to_rank(model, table, all_units)
    settings = settings_for(folder, pool, **how)
    if settings.autocast and not _agrees(model, pool, size, units, settings):
        settings = replace(settings, autocast=False)
    write_units(folder, table)
    shared = Shared(pool, reopen, (absolute(pool.name), size, pool.fingerprint()))
    failed: list[Outcome] = []
    with progress_bar() as progress:
        bar = progress.add_task("Scanning the pool", total=len(pool))
        tasks = [
            Task(f"images {span.start} to {span.stop - 1}", (units, settings, span), len(span))
            for span in spans(len(pool), settings.batch_size, by.splits)
        ]
        scanned = by.merged(
            Step(scan_span, folder, model, tasks, shared, lambda n: progress.advance(bar, n)),
            PoolScan.merge,
        )
        _check_enough(scanned.n_images, pool, per_pole)
        bar = progress.add_task("Writing natural images", total=len(missing))
        tasks = [
            Task(unit.unit, (candidates_of(scanned.extremes, column, recipe), unit))
            for column, (_, unit) in zip(missing.index, missing.iterrows(), strict=True)
        ]
        with Paced[pd.DataFrame](lambda parts: add_stimuli(folder, pd.concat(parts))) as written:
            for outcome in by.each(
                Step(write_unit, folder, model, tasks, shared, lambda n: progress.advance(bar, n))
            ):
                if outcome.error is not None:
                    failed.append(outcome)
                else:
                    written.add(outcome.result)
    _write_tables(folder, scanned, pool, table)
    if all_units:
        names = [unit_name(*unit) for unit in units]
        _write_all_units(folder, scanned, pool, names, list(range(len(table), len(units))))
    counts = status_counts(scanned)
    record_step(
        folder,
        model,
        "natural",
        started,
        pool=pool.name,
        pool_sha256=pool.fingerprint(),
        pool_images=counts,
        autocast=settings.autocast,
        workers=by.count,
        failed=failures(failed),
    )
    console.print(
        f"{folder.stimuli}: {sum(per_unit.values())} natural images for each of "
        f"{len(missing) - len(failed)} units; pool of {len(pool)} images: "
        + ", ".join(f"{count} {status}" for status, count in counts.items())
    )
    refuse_failed(failed)


def _check_enough(usable: int, pool: Pool, per_pole: int) -> None:
    if usable < per_pole * len(POLES):
        raise StudyError(
            f"pool {pool.name}: {usable} different usable images, but both poles of a "
            f"unit take {per_pole * len(POLES)} (bins × batches × 2)"
        )


def _agrees(
    model: Model,
    pool: Pool,
    size: ImageSize,
    units: list[tuple[str, int]],
    settings: ScanSettings,
) -> bool:
    """Whether reduced precision agrees with full precision on the beginning of the pool."""
    columns = columns_of(units)
    full, reduced = [], []
    for batch in load_batches(pool, size, settings.batch_size, 0):
        full.append(unit_activations(model, batch.pixels, columns, False))
        reduced.append(unit_activations(model, batch.pixels, columns, True))
        if sum(map(len, full)) >= TRIED:
            break
    rms, correlation = disagreement(torch.cat(full), torch.cat(reduced))
    agrees = rms <= TOLERANCE
    console.print(
        f"autocast: differs by at most {rms:.4f} standard deviations of a unit (root mean square; "
        f"tolerance {TOLERANCE}), rank correlation at least {correlation:.5f}: "
        + ("used" if agrees else "not used")
    )
    return agrees


def _write_tables(folder: StudyFolder, scanned: PoolScan, pool: Pool, table: pd.DataFrame) -> None:
    names, columns = list(table["unit"]), np.arange(len(table))
    part = scanned.select(columns)
    write_table(histograms(part, names), HISTOGRAM, folder.histogram_table)
    write_table(odd_images(scanned, pool), POOL_REPORT, folder.stimuli / "pool_report.csv")
    # Last: its presence says that the scan is done.
    write_table(distributions(part, names), POOL, folder.pool_table)


def _write_all_units(
    folder: StudyFolder, scanned: PoolScan, pool: Pool, names: list[str], columns: list[int]
) -> None:
    target = folder.stimuli / "all_units"
    part = scanned.select(np.array(columns))
    chosen = [names[column] for column in columns]
    shown = folder.study.natural.bins
    write_table(extremes_table(part, pool, chosen, shown), EXTREMES, target / "extremes.csv")
    write_table(distributions(part, chosen), POOL, target / "pool.csv")
