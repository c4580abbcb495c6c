"""What a scan says of the pool, as tables: distributions, histograms, extremes, odd images."""

import numpy as np
import pandas as pd

from conditions.folder import StudyFolder
from conditions.tables.files import write_table
from conditions.tables.stimuli import EXTREMES, HISTOGRAM, POOL, POOL_REPORT
from stimgen.natural.extremes import NONE, Extremes
from stimgen.natural.scan import PoolScan
from stimgen.pool.decoding.decode import USABLE, Status
from stimgen.pool.images import Pool
from stimgen.pool.names import printable

HISTOGRAM_BINS = 40


def write_pool_tables(folder: StudyFolder, scan: PoolScan, table: pd.DataFrame) -> None:
    """Write what the pool does to the study's units, the first columns of the scan."""
    names = list(table["unit"])
    part = scan.select(np.arange(len(names)))
    write_table(histograms(part, names), HISTOGRAM, folder.histogram_table)
    # Last: its presence says that the scan is done.
    write_table(distributions(part, names), POOL, folder.pool_table)


def write_all_units(
    folder: StudyFolder, scan: PoolScan, pool: Pool, names: list[str], columns: list[int]
) -> None:
    """Write extremes and distributions of the units in some columns of the scan."""
    target = folder.stimuli / "all_units"
    part = scan.select(np.array(columns))
    chosen = [names[column] for column in columns]
    shown = folder.study.natural.bins
    write_table(extremes_table(part, pool, chosen, shown), EXTREMES, target / "extremes.csv")
    write_table(distributions(part, chosen), POOL, target / "pool.csv")


def distributions(scan: PoolScan, units: list[str]) -> pd.DataFrame:
    """Distribution of each unit's activation over the pool, rows of the table ``pool``.

    ``units`` name the columns of the scan.
    """
    sample = _sample(scan.extremes)
    quartiles = np.quantile(sample, [0.25, 0.5, 0.75], axis=0)
    return pd.DataFrame(
        {
            "unit": units,
            "n_images": scan.n_images,
            "mean": sample.mean(0),
            "sd": sample.std(0, ddof=1),
            "min": scan.extremes.low[0].astype(np.float64),
            **dict(zip(("q25", "median", "q75"), quartiles, strict=True)),
            "max": scan.extremes.high[0].astype(np.float64),
        }
    )


def histograms(scan: PoolScan, units: list[str]) -> pd.DataFrame:
    """Histogram of each unit over the sample, from its lowest to its highest activation."""
    sample = _sample(scan.extremes)
    rows = []
    for column, unit in enumerate(units):
        limits = (float(scan.extremes.low[0, column]), float(scan.extremes.high[0, column]))
        counts, edges = np.histogram(sample[:, column], HISTOGRAM_BINS, limits)
        rows.append(
            pd.DataFrame({"unit": unit, "low": edges[:-1], "high": edges[1:], "count": counts})
        )
    return pd.concat(rows, ignore_index=True)


def extremes_table(scan: PoolScan, pool: Pool, units: list[str], shown: int) -> pd.DataFrame:
    """The ``shown`` most extreme images a unit and pole, rows of the table ``extremes``."""
    parts = []
    sources: dict[int, str] = {}
    for pole, values, images in (
        ("max", scan.extremes.high, scan.extremes.high_images),
        ("min", scan.extremes.low, scan.extremes.low_images),
    ):
        values, images = values[:shown], images[:shown]
        for index in np.unique(images[images != NONE]):
            sources.setdefault(int(index), pool.source(int(index)))
        place, column = np.nonzero(images != NONE)
        parts.append(
            pd.DataFrame(
                {
                    "unit": np.array(units)[column],
                    "pole": pole,
                    "place": place + 1,
                    "activation": values[place, column].astype(np.float64),
                    "source": [sources[int(i)] for i in images[place, column]],
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["unit", "pole", "place"], ignore_index=True)


def odd_images(scan: PoolScan, pool: Pool) -> pd.DataFrame:
    """Images that were not taken as they are, rows of the table ``pool_report``."""
    rows = [
        {
            "image": pool.source(index),
            "status": Status(scan.status[index]).name.lower(),
            "detail": printable(scan.details.get(index, "")) or None,
            "duplicate_of": (
                pool.source(int(scan.duplicate_of[index]))
                if scan.duplicate_of[index] >= 0
                else None
            ),
        }
        for index in map(int, np.flatnonzero(scan.status != Status.GOOD))
    ]
    return pd.DataFrame(rows, columns=POOL_REPORT.column_names)


def status_counts(scan: PoolScan) -> dict[str, int]:
    """Number of images by what became of them, those that occur."""
    counts = np.bincount(scan.status, minlength=len(Status))
    return {status.name.lower(): int(counts[status]) for status in Status if counts[status]}


def odd_counts(scan: PoolScan) -> dict[str, int]:
    """Number of images that cannot be chosen, by why."""
    usable = {Status(status).name.lower() for status in USABLE}
    return {status: n for status, n in status_counts(scan).items() if status not in usable}


def _sample(extremes: Extremes) -> np.ndarray:
    return extremes.sample[extremes.sample_images != NONE].astype(np.float64)
