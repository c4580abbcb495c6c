"""The table of tests: names of comparisons."""

from dataclasses import replace

import numpy as np

from analysis.statistics.comparisons import tests_table as table_of_tests
from tests.analysis.simulated import dataset_of_kinds


def test_names_of_conditions_may_have_hyphens_and_brackets():
    dataset = dataset_of_kinds({"a - b": 1.0, "c (d)": 0.0}, 6, 8)
    trials = dataset.trials.copy()
    odd = trials["participant"] % 2 == 1
    trials["first_condition"] = np.where(odd, "a - b", "c (d)")
    table = table_of_tests(replace(dataset, trials=trials))
    order = table[table["comparison"].str.contains("first")]["comparison"].unique().tolist()
    assert order == ["a - b first - c (d) first (a - b)", "a - b first - c (d) first (c (d))"]
