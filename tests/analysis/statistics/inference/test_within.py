"""Error bars within participants."""

import numpy as np
import pandas as pd
import pingouin
import pytest

from analysis.statistics.inference.within import within_participants


def averages(values: np.ndarray, names: list[str]) -> pd.DataFrame:
    """One row a participant and cell; NaN are left out."""
    rows = [
        (person, name, value)
        for person, row in enumerate(values)
        for name, value in zip(names, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=["participant", "cell", "value"]).dropna()


def test_two_cells_have_the_interval_of_their_difference():
    rng = np.random.default_rng(1)
    values = rng.normal(0, 3, (9, 1)) + rng.normal(0, 1, (9, 2))
    bars = within_participants(averages(values, ["a", "b"]), ["cell"])
    low, high = pingouin.ttest(values[:, 0], values[:, 1], paired=True)["CI95"].iloc[0]
    assert bars.paired
    assert (bars.n, bars.n_all) == (9, 9)
    half = (values[:, 0] - values[:, 1]).std(ddof=1) / 3 * 2.306004
    assert high - low == pytest.approx(2 * half, abs=0.02)
    assert bars.half.to_numpy() == pytest.approx(half / np.sqrt(2), rel=1e-6)


def test_what_participants_have_in_common_is_no_error():
    values = np.arange(6)[:, None] * 10 + np.array([[1.0, 2, 4]]) + np.eye(6, 3)
    one = within_participants(averages(values, ["a", "b", "c"]), ["cell"]).half
    other = within_participants(averages(values * [[1]] - 7, ["a", "b", "c"]), ["cell"]).half
    assert one.to_numpy() == pytest.approx(other.to_numpy())
    assert (one < 2).all()


def test_participants_without_a_cell_are_left_out_and_too_many_of_them_leave_single_means():
    values = np.random.default_rng(2).normal(0, 1, (6, 2))
    values[:2, 1] = np.nan
    bars = within_participants(averages(values, ["a", "b"]), ["cell"])
    assert bars.paired
    assert (bars.n, bars.n_all) == (4, 6)
    values[:4, 1] = np.nan
    bars = within_participants(averages(values, ["a", "b"]), ["cell"])
    assert not bars.paired
    assert bars.n == 6


def test_sparse_cells_have_no_bars():
    for values in (np.array([[0.5, 0.7]]), np.full((4, 2), 0.5), np.array([[0.2], [np.nan]])):
        names = ["a", "b"][: values.shape[1]]
        bars = within_participants(averages(values, names), ["cell"])
        assert bars.half.isna().all()
