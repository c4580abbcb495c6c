"""Repeats: the change that their choice brings, and what is left without it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.data.dataset import Dataset, tidy
from analysis.statistics.answering.repeats import repeats_table
from tests.analysis.simulated import dataset_of_kinds

FOLLOWS = ["baseline", "turn", "first_condition", "scheme_turn"]


def with_repeats(
    dataset: Dataset, rng: np.random.Generator, bounds: tuple[float, float], shift: float
) -> Dataset:
    """Confidence by noisy evidence; each participant's 3 least and 3 most sure trials again.

    ``shift`` is how much the evidence seems to grow from the first to the second time.
    """
    main = dataset.trials.drop(columns=FOLLOWS)
    evidence = rng.normal(0, 0.6**0.5, len(main))
    limits = np.array(bounds)
    first, again = (
        np.searchsorted(limits, evidence + rng.normal(0, 0.4**0.5, len(main)) + moved) + 1
        for moved in (0.0, shift)
    )
    main = main.assign(confidence=first)
    repeats = []
    for _, trials in main.assign(again=again).groupby(["participant", "condition"]):
        order = trials.sample(frac=1, random_state=rng).sort_values("confidence", kind="stable")
        chosen = pd.concat([order.head(3), order.tail(3)])
        repeats.append(chosen.assign(phase="repeat", repeat_of=chosen["trial"]))
    repeated = pd.concat(repeats, ignore_index=True)
    repeated = repeated.assign(
        confidence=repeated["again"], trial=1000 + np.arange(len(repeated))
    ).drop(columns="again")
    return replace(dataset, trials=tidy(pd.concat([main, repeated], ignore_index=True)))


@pytest.mark.parametrize(
    ("bounds", "shift", "change"),
    [((-1.2, -0.3), 0.0, 0.0), ((0.5, 1.5), 0.0, 0.0), ((-1.2, -0.3), 0.3, 0.155)],
)
def test_regression_to_the_mean_is_no_change(bounds, shift, change):
    rng = np.random.default_rng(1)
    plain = dataset_of_kinds({"natural": 1.0}, 80, 45)
    table = repeats_table(with_repeats(plain, rng, bounds, shift)).set_index("measure")
    row = table.loc["confidence_change"]
    assert abs(row["mean"] - change) > 0.15
    assert row["adjusted"] == pytest.approx(change, abs=0.07)
    assert row["adjusted_low"] < row["adjusted"] < row["adjusted_high"]
    assert "egresses to the mean" in row["caveat"]


def test_the_published_changes_are_partly_regression(experiment_1):
    table = repeats_table(experiment_1).set_index(["measure", "condition"])
    raw = table.loc["confidence_change", "mean"]
    left = table.loc["confidence_change", "adjusted"]
    # Photographs make most people sure: the least sure of their trials regress upwards.
    assert raw["natural"] == pytest.approx(0.3)
    assert 0 < left["natural"] < raw["natural"]
    assert table.loc["same_confidence", "adjusted"].isna().all()
    assert (table.loc["same_choice", "adjusted"] <= 1).all()


SPARSE = {
    "one participant": lambda t: t[t["participant"] == 1],
    "no repeats": lambda t: t[t["phase"] != "repeat"],
    "no first times": lambda t: t[t["phase"] == "repeat"],
    "no confidence": lambda t: t.assign(confidence=t["confidence"].mask(t["trial"] >= 0)),
    "one confidence": lambda t: t.assign(confidence=2),
    "a repeat each": lambda t: t[~t.duplicated(["participant", "condition", "phase"])],
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", SPARSE)
def test_sparse_repeats_give_no_warning(name, experiment_1):
    table = repeats_table(replace(experiment_1, trials=SPARSE[name](experiment_1.trials).copy()))
    if name in ("no repeats", "no first times"):
        assert table.empty
    if name == "one confidence":
        assert table["adjusted"].isna().all()
        assert (table.loc[table["measure"] == "same_confidence", "mean"] == 1).all()
    if name == "one participant":
        assert table["adjusted_low"].isna().all()
