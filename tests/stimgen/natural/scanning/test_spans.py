"""A pool scanned in spans: what is merged is what one pass gives."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.study.recipes import ImageSize
from stimgen.natural.scanning.extremes import Extremes
from stimgen.natural.scanning.scan import PoolScan, ScanSettings, scan
from stimgen.natural.tasks import LONGEST_SPAN, spans
from stimgen.pool.finding.find import open_pool

SIZE = ImageSize(resize=72, crop=64)
UNITS = [("block02", 4), ("block02", 7)]


def assert_same(one: PoolScan, other: PoolScan) -> None:
    for name in ("status", "digests", "duplicate_of"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for name in Extremes.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one.extremes, name), getattr(other.extremes, name))
    assert one.details == other.details


@pytest.mark.parametrize("batches", [1, 3])
def test_merged_spans_are_the_whole(lite0, photographs, tmp_path, batches):
    """Duplicates of images in earlier spans and unusable images are among them."""
    pool = open_pool(str(photographs), SIZE)
    settings = ScanSettings(kept=20, batch_size=8, workers=0)
    whole = scan(lite0, pool, SIZE, UNITS, settings, tmp_path / "whole")
    length = 8 * batches
    every = range(len(pool))
    parts = [
        scan(lite0, pool, SIZE, UNITS, settings, tmp_path / "parts", span=every[start:][:length])
        for start in every[::length]
    ]
    assert len(parts) > 4
    assert_same(reduce(PoolScan.merge, parts), whole)
    middle = len(parts) // 2
    early, late = reduce(PoolScan.merge, parts[:middle]), reduce(PoolScan.merge, parts[middle:])
    assert_same(early.merge(late), whole)
    with pytest.raises(ValueError, match="no neighbours"):
        late.merge(early)


@given(st.integers(1, 300_000), st.integers(1, 256))
def test_spans_cover_a_pool_by_whole_batches(n_images, batch_size):
    parts = spans(n_images, batch_size, split=True)
    assert [place for part in parts for place in (part.start, part.stop)] == [
        0,
        *(place for part in parts[1:] for place in (part.start, part.start)),
        n_images,
    ]
    assert all(part.start % batch_size == 0 for part in parts)
    assert max(map(len, parts)) <= max(LONGEST_SPAN, batch_size)
    assert spans(n_images, batch_size, split=False) == [range(n_images)]


def test_a_large_pool_has_enough_spans_for_many_workers():
    assert len(spans(1_281_167, 32, split=True)) == 79
    assert len(spans(10_000, 32, split=True)) >= 60
