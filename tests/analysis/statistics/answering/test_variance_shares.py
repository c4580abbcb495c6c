"""Shares of variance: add up, follow from the models' standard deviations, and none without."""

import numpy as np
import pandas as pd
import pytest

from analysis.statistics.answering.variance_shares import (
    VARIANCE_SHARES_TABLE,
    variance_shares,
)
from analysis.statistics.models.mixed_model import mixed_model
from analysis.statistics.models.times_model import times_model
from tests.analysis.simulated import dataset_of_kinds


def test_shares_are_of_the_sum_of_variances():
    dataset = dataset_of_kinds({"natural": 1.5, "synthetic": 0.5}, 12, 40)
    accuracy, times = mixed_model(dataset).table, times_model(dataset).table
    table = variance_shares(accuracy, times).set_index(["measure", "part"])
    assert table.groupby("measure")["share"].sum().to_numpy() == pytest.approx(1)
    sd = accuracy[accuracy["term"].str.startswith("SD ")].set_index("term")["log_odds"]
    assert len(sd) == 4
    total = (sd**2).sum() + np.pi**2 / 3
    share = table.loc["accuracy", "share"]
    assert share["units"] == pytest.approx(sd["SD of units"] ** 2 / total)
    assert share["single answers"] == pytest.approx(np.pi**2 / 3 / total)
    # Times were drawn with a spread of 0.4 around the mean of a condition alone.
    answers = table.loc["log_rt"].loc["single answers"]
    assert answers["share"] > 0.95
    assert answers["sd"] == pytest.approx(0.4, abs=0.04)


def test_without_models_there_are_no_shares():
    table = variance_shares(pd.DataFrame(), pd.DataFrame())
    assert table.columns.tolist() == VARIANCE_SHARES_TABLE.column_names
    assert table.empty
