"""Studies of which cells, rows, conditions or people are missing: a report, or one message."""

import contextlib
import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.data.dataset import Dataset, no_ratings, tidy
from analysis.data.study import load_study
from analysis.writing import report
from conditions.errors import StudyError
from conditions.folder import open_study
from tests.analysis.simulated import simulate_study, write_ratings

FOLLOWS = ["baseline", "turn", "first_condition", "scheme_turn"]
COLUMNS = ["confidence", "correct", "rt", "expertise", "layer", "branch", "pick", "block", "batch"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Dataset:
    folder = open_study("demo", tmp_path_factory.mktemp("study"))
    simulate_study(folder, 4, expertise=("expert", "lay"))
    write_ratings(folder, 1, {"beginning": [1, 2, 3], "end": [4, -5, 6]})
    write_ratings(folder, 2, {"beginning": [1, 2]})
    return load_study(folder)


def without(cells: pd.Series, gone: pd.Series) -> pd.Series:
    return cells.mask(gone, None if cells.dtype == "object" else pd.NA)


def no_answers(trials: pd.DataFrame, of: pd.Series) -> pd.DataFrame:
    gone = {name: without(trials[name], of) for name in ("correct", "response", "confidence", "rt")}
    return trials.assign(**gone, timed_out=trials["timed_out"] | of)


def with_trials(dataset: Dataset, trials: pd.DataFrame) -> Dataset:
    return replace(dataset, trials=tidy(trials.drop(columns=FOLLOWS).reset_index(drop=True)))


def reported(dataset: Dataset, out) -> None:
    with contextlib.suppress(StudyError):
        report.write_report([dataset], out, "title")


SPARSE = {
    "one participant": lambda t: t[t["participant"] == 2],
    "one trial": lambda t: t[t["phase"] == "main"].head(1),
    "one condition": lambda t: t[t["condition"] == "synthetic"],
    "no references": lambda t: t[t["condition"] == "none"],
    "no confidence": lambda t: t.assign(confidence=without(t["confidence"], t["trial"] >= 0)),
    "no confidence of one group": lambda t: t.assign(
        confidence=without(t["confidence"], t["expertise"] == "lay")
    ),
    "nobody answered": lambda t: no_answers(t, t["trial"] >= 0),
    "one group did not answer": lambda t: no_answers(t, t["expertise"] == "lay"),
    "one group was always wrong": lambda t: t.assign(
        correct=t["correct"] & (t["expertise"] != "lay")
    ),
    "all correct": lambda t: t.assign(correct=True),
    "all the same": lambda t: t.assign(correct=True, rt=1.0, confidence=2, response="upper"),
    "no times": lambda t: t.assign(rt=np.nan),
    "only practice": lambda t: t[t["phase"] == "practice"],
    "only catch trials": lambda t: t[t["catch"]],
}


@pytest.mark.parametrize("name", SPARSE)
def test_what_is_missing_from_a_study_does_not_stop_its_report(name, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(report, "write_figure", lambda figure, path: b"")
    reported(with_trials(whole, SPARSE[name](whole.trials)), tmp_path)
    assert (tmp_path / "report.html").exists() == (
        name not in ("nobody answered", "only practice", "only catch trials")
    )


@pytest.mark.slow
def test_whatever_is_missing_does_not_stop_a_report(whole, tmp_path, monkeypatch):

    @settings(
        max_examples=int(os.environ.get("EXAMPLES", "4")),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        seed=st.integers(0, 2**32 - 1),
        people=st.sets(st.integers(1, 4), min_size=1),
        conditions=st.sets(st.sampled_from(["natural", "synthetic", "none"]), min_size=1),
        rows=st.sampled_from([0.05, 0.3, 1.0]),
        gone=st.dictionaries(st.sampled_from(COLUMNS), st.sampled_from([0.1, 0.9, 1.0])),
        ratings=st.sampled_from([0.0, 0.5, 1.0]),
    )
    def check(seed, people, conditions, rows, gone, ratings) -> None:
        rng, trials = np.random.default_rng(seed), whole.trials
        chosen = trials["participant"].isin(people) & trials["condition"].isin(conditions)
        trials = trials[chosen & (rng.random(len(trials)) < rows)].copy()
        for column, share in gone.items():
            trials[column] = without(
                trials[column], pd.Series(rng.random(len(trials)) < share, index=trials.index)
            )
        rated = whole.ratings[rng.random(len(whole.ratings)) < ratings].reset_index(drop=True)
        dataset = with_trials(whole, trials) if len(trials) else replace(whole, trials=trials)
        reported(replace(dataset, ratings=rated if len(rated) else no_ratings()), tmp_path)

    check()
