"""Extremes: any split of a pool, merged in any order, gives what one pass gives."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from stimgen.natural.scanning import collector as collector_module
from stimgen.natural.scanning import extremes, not_finite
from stimgen.natural.scanning.collector import ExtremesCollector
from stimgen.natural.scanning.extremes import NONE, Extremes

KEPT, SAMPLED, UNITS, LISTED = 4, 6, 3, 5


@pytest.fixture(autouse=True, scope="module")
def sort_often():
    """Sort after a few images, so that small pools are sorted many times; list but a few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collector_module, "SORTED_TOGETHER", 5)
        for module in (extremes, not_finite):
            patch.setattr(module, "LISTED", LISTED)
        yield


def collect(activations: np.ndarray, digests: np.ndarray, places: np.ndarray) -> Extremes:
    """One part of a pool, as a scan gives it: batch by batch, no digest twice."""
    collector = ExtremesCollector(UNITS, KEPT, SAMPLED, torch.device("cpu"))
    seen: set[int] = set()
    for start in range(0, len(places), 3):
        chunk = places[start : start + 3]
        new = [p for p in chunk if digests[p] not in seen and not seen.add(digests[p])]
        if new:
            rows = np.array(new)
            collector.add(torch.from_numpy(activations[rows]), rows, digests[rows])
    return collector.result()


def brute_force(activations: np.ndarray, digests: np.ndarray) -> Extremes:
    """All activations in memory, sorted."""
    places = np.sort(np.unique(digests, return_index=True)[1])
    values = activations[places]

    def top(keys: np.ndarray, ties: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        kept = np.full((KEPT, UNITS), np.nan, dtype=np.float32)
        images = np.full((KEPT, UNITS), NONE, dtype=np.int64)
        marks = np.zeros((KEPT, UNITS), dtype=np.uint64)
        for unit in range(UNITS):
            order = np.lexsort((ties[places], keys[:, unit]))
            order = order[np.isfinite(keys[order, unit])][:KEPT]
            kept[: len(order), unit] = values[order, unit]
            images[: len(order), unit] = places[order]
            marks[: len(order), unit] = digests[places[order]]
        return kept, images, marks

    sampled = places[np.argsort(digests[places])][:SAMPLED]
    short = SAMPLED - len(sampled)
    numbers = np.where(np.isfinite(activations), activations, np.nan)
    lists = [places[~np.isfinite(values[:, unit])][:LISTED] for unit in range(UNITS)]
    listed = np.full((max(map(len, lists)), UNITS), NONE, dtype=np.int64)
    for unit, images in enumerate(lists):
        listed[: len(images), unit] = images
    return Extremes(
        *top(-values, digests),
        *top(values, ~digests),
        np.pad(numbers[sampled], ((0, short), (0, 0)), constant_values=np.nan),
        np.pad(sampled, (0, short), constant_values=NONE),
        np.pad(digests[sampled], (0, short)),
        listed,
        np.where(listed == NONE, np.uint64(0), digests[listed]),
    )


def assert_same(one: Extremes, other: Extremes) -> None:
    for name, value in vars(one).items():
        np.testing.assert_array_equal(value, getattr(other, name), err_msg=name)


@st.composite
def pools(draw) -> tuple[np.ndarray, np.ndarray]:
    """Activations with many ties, and images of which some are equal (and then answer equally).

    In some pools a few activations, or most, are no finite numbers.
    """
    n_different = draw(st.integers(1, 20))
    which = draw(st.lists(st.integers(0, n_different - 1), min_size=1, max_size=30))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    values = rng.integers(-3, 4, (n_different, UNITS)).astype(np.float32)
    broken = rng.random(values.shape) < draw(st.sampled_from([0, 0.1, 0.9]))
    values[broken] = rng.choice([np.nan, np.inf, -np.inf], broken.sum())
    digests = rng.permutation(np.arange(1, 500, dtype=np.uint64))[:n_different]
    # Half of them beyond what a signed integer holds.
    digests += np.uint64(1 << 63) * (digests % 2)
    return values[which], digests[which]


@given(pools())
def test_one_pass_gives_what_sorting_everything_gives(pool):
    activations, digests = pool
    assert_same(
        collect(activations, digests, np.arange(len(digests))), brute_force(activations, digests)
    )


@given(pools(), st.data())
def test_any_split_merged_in_any_order_gives_the_same(pool, data):
    activations, digests = pool
    parts = data.draw(st.integers(1, 5))
    part_of = np.array(
        data.draw(st.lists(st.integers(0, parts - 1), min_size=len(digests), max_size=len(digests)))
    )
    results = [collect(activations, digests, np.flatnonzero(part_of == p)) for p in range(parts)]
    while len(results) > 1:
        first = results.pop(data.draw(st.integers(0, len(results) - 1)))
        second = results.pop(data.draw(st.integers(0, len(results) - 1)))
        results.append(first.merge(second))
    assert_same(results[0], brute_force(activations, digests))


@given(pools(), pools(), pools())
def test_merging_is_associative(one, two, three):
    activations = np.concatenate([pool[0] for pool in (one, two, three)])
    # Different pools have different images here: their digests do not meet.
    digests = np.concatenate([pool[1] + 1000 * i for i, pool in enumerate((one, two, three))])
    ends = np.cumsum([0] + [len(pool[1]) for pool in (one, two, three)])
    a, b, c = (
        collect(activations, digests, np.arange(start, stop)) for start, stop in pairwise(ends)
    )
    assert_same(a.merge(b).merge(c), a.merge(b.merge(c)))
    assert_same(a.merge(b), b.merge(a))


@given(pools(), st.integers(0, 30))
def test_a_collector_goes_on_from_an_earlier_one(pool, cut):
    activations, digests = pool
    places = np.sort(np.unique(digests, return_index=True)[1])
    cut = min(cut, len(places))
    collector = ExtremesCollector(UNITS, KEPT, SAMPLED, torch.device("cpu"))
    if cut:
        collector.resume(collect(activations, digests, places[:cut]))
    if cut < len(places):
        rest = places[cut:]
        collector.add(torch.from_numpy(activations[rest]), rest, digests[rest])
    assert_same(collector.result(), brute_force(activations, digests))
