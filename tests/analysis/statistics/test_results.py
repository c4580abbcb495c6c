"""How results are computed, whatever they are."""

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from analysis.statistics import results
from tests.analysis.simulated import dataset_of_kinds


class FittedError(Exception):
    """The model was about to be fitted."""


def test_models_are_fitted_with_one_thread(monkeypatch):
    counts = []

    def model(dataset):
        counts.extend(p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas")
        raise FittedError

    monkeypatch.setattr(results, "mixed_model", model)
    data = dataset_of_kinds({"natural": 1.0, "synthetic": 0.5}, 3, 4)
    with threadpool_limits(limits=2, user_api="blas"), pytest.raises(FittedError):
        results.analyse(data)
    assert set(counts) == {1}
