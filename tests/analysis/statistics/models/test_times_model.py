"""The mixed models of reaction times as a table."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.statistics.models.times_model import TIMES_MODEL_TABLE, times_model
from conditions.tables.files import typed
from tests.analysis.simulated import dataset_of_kinds


def test_effects_are_ratios_of_times():
    """Simulated: 4 s with the first kind, 6 s with the second, with the same relative spread."""
    found = times_model(dataset_of_kinds({"a": 2.0, "b": 1.0}, 10, 20))
    assert not found.remarks
    frame = found.table.reindex(columns=TIMES_MODEL_TABLE.column_names)
    TIMES_MODEL_TABLE.schema().validate(typed(frame, TIMES_MODEL_TABLE))
    for measure in ("log_rt", "log_rt_correct"):
        table = found.table[found.table["measure"] == measure].set_index("term")
        row = table.loc["condition b"]
        assert np.exp(row["ci_low"]) < 1.5 < np.exp(row["ci_high"])
        assert row["ratio"] == pytest.approx(1.5, rel=0.1)
        assert table.loc["intercept", "ratio"] == pytest.approx(4, rel=0.1)
        assert table.loc["SD of residuals", "log_rt"] == pytest.approx(0.4, abs=0.05)


def test_times_without_a_logarithm_are_left_out_and_told(experiment_1):
    found = times_model(experiment_1)
    assert found.remarks == (
        "The mixed models of reaction times leave out 1 trial with a time of 0 s or less.",
    )
    assert np.isfinite(found.table["log_rt"]).all()


def test_without_times_there_is_nothing_and_without_enough_a_remark():
    dataset = dataset_of_kinds({"a": 2.0, "b": 1.0}, 5, 6)
    none = times_model(replace(dataset, trials=dataset.trials.assign(rt=np.nan)))
    assert none.table.empty
    assert none.remarks == ()
    alike = times_model(replace(dataset, trials=dataset.trials.assign(rt=1.0)))
    assert alike.table.empty
    assert "of all answers: all its trials are alike." in " ".join(alike.remarks)
