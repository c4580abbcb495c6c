"""What a scan says of the pool, as tables: distributions, histograms, extremes, odd images."""

import numpy as np
import pandas as pd

from conditions.folder import StudyFolder
from conditions.tables.files import write_table
from conditions.tables.stimuli import EXTREMES, HISTOGRAM, POOL, POOL_REPORT
from stimgen.natural.scanning.extremes import NONE, Extremes
from stimgen.natural.scanning.scan import PoolScan
from stimgen.pool.decoding.decode import USABLE, Status
from stimgen.pool.images import Pool
from stimgen.pool.names import printable

HISTOGRAM_BINS = 40
_QUARTILES = (0.25, 0.5, 0.75)


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

    ``units`` name the columns of the scan. Of activations that are not finite nothing enters; a
    unit that has no others has no row.
    """
    extremes = scan.extremes
    sample = _sample(extremes)
    mean, sd = sample.mean(0), sample.std(0, ddof=1)
    quartiles = np.quantile(sample, _QUARTILES, axis=0)
    for column in np.flatnonzero(extremes.ranked & ~np.isfinite(sample).all(0)):
        values = extremes.sampled(column)
        mean[column], sd[column] = values.mean(), values.std(ddof=min(1, len(values) - 1))
        quartiles[:, column] = np.quantile(values, _QUARTILES)
    table = pd.DataFrame(
        {
            "unit": units,
            "n_images": scan.n_images,
            "mean": mean,
            "sd": sd,
            "min": extremes.low[0].astype(np.float64),
            **dict(zip(("q25", "median", "q75"), quartiles, strict=True)),
            "max": extremes.high[0].astype(np.float64),
        }
    )
    return table[extremes.ranked].reset_index(drop=True)


def histograms(scan: PoolScan, units: list[str]) -> pd.DataFrame:
    """Histogram of each unit over the sample, from its lowest to its highest activation."""
    rows = [pd.DataFrame(columns=HISTOGRAM.column_names)]
    for column in np.flatnonzero(scan.extremes.ranked):
        least, most = (float(end[0, column]) for end in (scan.extremes.low, scan.extremes.high))
        # Bins around a constant have a width, also where the numbers are far apart.
        reach = max(0.5, 1e-9 * abs(least)) if least == most else 0.0
        limits = (least - reach, most + reach)
        counts, edges = np.histogram(scan.extremes.sampled(column), HISTOGRAM_BINS, limits)
        bins = {"low": edges[:-1], "high": edges[1:], "count": counts}
        rows.append(pd.DataFrame({"unit": units[column]} | bins))
    return pd.concat(rows[1:] or rows, ignore_index=True)


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


def odd_images(
    scan: PoolScan, pool: Pool, not_finite: dict[int, str] | None = None
) -> pd.DataFrame:
    """Images that were not taken as they are, rows of the table ``pool_report``.

    ``not_finite`` says of images, by place, for which units their activations are no numbers;
    these are listed too.
    """
    not_finite = not_finite or {}
    odd = np.flatnonzero(scan.status != Status.GOOD)
    rows = [
        {
            "image": pool.source(index),
            "status": Status(scan.status[index]).name.lower(),
            "detail": _detail(scan.details.get(index, ""), not_finite.get(index, "")),
            "duplicate_of": (
                pool.source(int(scan.duplicate_of[index]))
                if scan.duplicate_of[index] >= 0
                else None
            ),
        }
        for index in sorted({*map(int, odd), *not_finite})
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


def _detail(*said: str) -> str | None:
    return printable("; ".join(filter(None, said))) or None


def _sample(extremes: Extremes) -> np.ndarray:
    return extremes.sample[extremes.sample_images != NONE].astype(np.float64)
