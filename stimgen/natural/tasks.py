"""The work of natural images, divided into tasks: spans of the pool to scan, units to write."""

from pathlib import Path

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from conditions.folder import StudyFolder
from stimgen.layers.layer import Layer
from stimgen.models.model import Model
from stimgen.natural.choose import Candidates
from stimgen.natural.scanning.scan import HowToScan, PoolScan, ScanSettings, scan, state_file
from stimgen.natural.write import images_per_unit, write_natural
from stimgen.pool.images import Pool
from stimgen.readouts.readout import Readout
from stimgen.stimuli import finished
from stimgen.work.workers import OnProgress

# Parts that a pool is divided into for several workers, and how many images one has at most: a
# part is what a worker that dies has to do again.
SPANS = 64
LONGEST_SPAN = 16_384


def missing_units(folder: StudyFolder, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table of units whose natural images are not all there."""
    study = folder.study
    done = finished(folder, study.photographs, ["unit"], images_per_unit(study))
    return table[~table["unit"].isin(done)]


def is_done(folder: StudyFolder, missing: pd.DataFrame, all_units: bool) -> bool:
    """Whether there is nothing left to scan and to write."""
    all_done = (folder.stimuli / "all_units" / "pool.csv").exists() or not all_units
    return folder.pool_table.exists() and missing.empty and all_done


def settings_for(folder: StudyFolder, pool: Pool, **how: Unpack[HowToScan]) -> ScanSettings:
    """How a study's pool is scanned: as many images a pole are kept as may be chosen."""
    wanted = max(folder.study.natural_sets) * folder.study.natural.batches
    return ScanSettings(kept=min(len(pool), wanted * _images_a_photograph(pool)), **how)


def units_to_rank(model: Model, table: pd.DataFrame, all_units: bool) -> list[tuple[str, int]]:
    """Readouts and channels of the study's units, then those of all others where they are asked."""
    units = list(zip(table["layer"], table["channel"].astype(int), strict=True))
    if all_units:
        ranked: list[Layer | Readout] = [*model.different_layers(), *model.readouts.values()]
        units += [(one.name, channel) for one in ranked for channel in range(one.channels)]
    return units


def spans(n_images: int, batch_size: int, split: bool) -> list[range]:
    """Parts of a pool for workers to scan; they do not depend on how many workers there are.

    All but the last are as long and begin at multiples of the batch size, so that the batches are
    those of an undivided pass.
    """
    length = n_images
    if split:
        batches = -(-n_images // (SPANS * batch_size))
        length = min(batches * batch_size, max(LONGEST_SPAN // batch_size, 1) * batch_size)
    return [range(n_images)[start : start + length] for start in range(0, n_images, length)]


def scan_span(
    folder: StudyFolder,
    model: Model,
    on_progress: OnProgress,
    pool: Pool,
    units: list[tuple[str, int]],
    settings: ScanSettings,
    span: range,
) -> PoolScan:
    """Scan a part of the pool; see :func:`scan`."""
    size = folder.study.image
    return scan(model, pool, size, units, settings, _states(folder), on_progress, span)


def forget_scan(
    folder: StudyFolder,
    model: Model,
    pool: Pool,
    units: list[tuple[str, int]],
    settings: ScanSettings,
    parts: list[range],
) -> None:
    """Let the next run scan the pool again."""
    given = (model, pool, folder.study.image, units, settings, _states(folder))
    for span in parts:
        state_file(*given, span).unlink(missing_ok=True)


def write_unit(
    folder: StudyFolder,
    model: Model,
    on_progress: OnProgress,
    pool: Pool,
    candidates: Candidates,
    unit: pd.Series,
) -> pd.DataFrame:
    """Write a unit's images; rows of the table of stimuli."""
    rows = write_natural(folder, model, pool, candidates, unit)
    on_progress(1)
    return rows


def _states(folder: StudyFolder) -> Path:
    return folder.stimuli / "scans"


def _images_a_photograph(pool: Pool) -> int:
    """Most images of one photograph: so many times more extremes may be passed over."""
    if pool.boxes is None:
        return 1
    names = [pool.photograph(index) for index in range(len(pool))]
    return int(np.unique(names, return_counts=True)[1].max())
