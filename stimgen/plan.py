"""What a command would do, and about how long: measured on a sample, on this machine."""

import io
import time
from itertools import islice

import numpy as np
from rich.table import Table
from typing_extensions import Unpack

from conditions.commands.command_line import console
from conditions.folder import StudyFolder
from conditions.study.recipes import ImageSize
from stimgen.models.model import Model
from stimgen.natural.same_pool import noted_pool, refuse_other_pool
from stimgen.natural.scanning.activations import columns_of, unit_activations
from stimgen.natural.scanning.scan import HowToScan, ScanSettings
from stimgen.natural.tasks import is_done, missing_units, settings_for, spans, units_to_rank
from stimgen.natural.write import images_per_unit
from stimgen.pool.decoding.decode import UnusableImageError, decode
from stimgen.pool.finding.find import open_pool
from stimgen.pool.images import Pool
from stimgen.pool.loader import load_batches
from stimgen.pool.names import printable
from stimgen.pool.scanned import refuse_other_weights
from stimgen.units import checked_units
from stimgen.work.planned import PlannedStep, memory_now

# What is measured: batches of the pool after a first one, and images encoded.
SAMPLED_BATCHES, SAMPLED_IMAGES = 3, 8
_MEBIBYTE = 1 << 20


def plan_natural(
    folder: StudyFolder,
    model: Model,
    images: str | None = None,
    all_units: bool = False,
    **how: Unpack[HowToScan],
) -> list[PlannedStep]:
    """The scan of the pool and the writing of the images that are not there; none if all are."""
    table = checked_units(folder, model)
    missing = missing_units(folder, table)
    if is_done(folder, missing, all_units):
        return []
    size = folder.study.image
    pool = open_pool(images or folder.study.natural.pool, size)
    for remark in pool.remarks:
        console.print(f"pool {printable(pool.name)}: {remark}")
    refuse_other_weights(folder, model, noted_pool(folder))
    refuse_other_pool(folder, pool)
    units = units_to_rank(model, table, all_units)
    settings = settings_for(folder, pool, **how)
    parts = spans(len(pool), settings.batch_size, split=True)
    scan_s = _seconds_an_image(model, pool, size, units, settings) * len(pool)
    unit_s = _seconds_a_file(pool, size) * images_per_unit(folder.study)
    kept = len(units) * (settings.kept * 2 * 20 + settings.sampled * 4)
    return [
        PlannedStep("natural, scan", len(parts), scan_s / len(parts), memory_now() + kept),
        PlannedStep("natural, write", len(missing), unit_s, memory_now()),
    ]


def show_plan(steps: list[PlannedStep], workers: int) -> None:
    """Print the plan as a table, with the sum of all."""
    table = Table(title=f"To do on {workers} workers, each as fast as this process")
    for name in ("step", "tasks", "s each", "s in all", "MiB a worker"):
        table.add_column(name, justify="left" if name == "step" else "right")
    for step in steps:
        table.add_row(
            step.name,
            str(step.tasks),
            f"{step.seconds_each:.3g}",
            f"{step.seconds(workers):.3g}",
            f"{step.memory_bytes / _MEBIBYTE:.0f}",
        )
    if not steps:
        table.add_row("nothing", "0", "", "", "")
    console.print(table)
    console.print(f"{sum(step.seconds(workers) for step in steps):.0f} s in all")


def _seconds_an_image(
    model: Model,
    pool: Pool,
    size: ImageSize,
    units: list[tuple[str, int]],
    settings: ScanSettings,
) -> float:
    columns, each, moment = columns_of(units), [], time.perf_counter()
    sample = load_batches(pool, size, settings.batch_size, 0)
    for batch in islice(sample, SAMPLED_BATCHES + 1):
        # Images of no use are all zeros, and where a batch has no other, of no size.
        if batch.usable.any():
            unit_activations(model, batch.pixels, columns, settings.autocast)
        each.append((time.perf_counter() - moment) / len(batch.indices))
        moment = time.perf_counter()
    # The first one warms up; where the pool has no more it has to do.
    return float(np.median(each[1:] or each))


def _seconds_a_file(pool: Pool, size: ImageSize) -> float:
    """Of the first images that can be shown; what is broken is skipped here as in a scan."""
    started, done = time.perf_counter(), 0
    for index in range(len(pool)):
        try:
            image, _ = decode(pool.read(index), size, pool.box(index))
        except (UnusableImageError, OSError):
            continue
        image.save(io.BytesIO(), "PNG")
        done += 1
        if done == SAMPLED_IMAGES:
            break
    return (time.perf_counter() - started) / max(1, done)
