"""Meta-d′: recovered from simulated confidence, the true maximum, none where there is none."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize
from scipy.special import ndtr, ndtri

from analysis.data.dataset import Dataset
from analysis.statistics.answering.metacognition.m_ratio import m_ratio_tables
from analysis.statistics.answering.metacognition.meta_d import fit_meta_d, shares_of_confidence
from tests.analysis.simulated import dataset_of_kinds

DISTANCES = np.array([[0.5, 0.6], [0.4, 0.7]])


def answers(rng, trials: int, d: float, ratio: float, criterion: float = 0.1) -> np.ndarray:
    """Counts of a person of a sensitivity d (of a yes/no task) whose confidence knows a share."""
    upper = ndtr([-d / 2 - criterion, d / 2 - criterion])
    shares = shares_of_confidence(ratio * d / np.sqrt(2), criterion / d, DISTANCES)
    counts = np.zeros((2, 2, 3))
    for shown in (0, 1):
        chosen = rng.binomial(trials // 2, upper[shown])
        counts[shown, 1] = rng.multinomial(chosen, shares[shown, 1])
        counts[shown, 0] = rng.multinomial(trials // 2 - chosen, shares[shown, 0])
    return counts


@pytest.mark.parametrize("ratio", [1.0, 0.7])
@pytest.mark.parametrize("d", [1.0, 2.8])
def test_the_ratio_is_recovered(ratio, d):
    rng = np.random.default_rng(1)
    found = fit_meta_d(np.array([answers(rng, 2000, d, ratio) for _ in range(60)]))
    assert found.m_ratio.mean() == pytest.approx(ratio, abs=0.04)
    assert found.d_prime.mean() == pytest.approx(d / np.sqrt(2), abs=0.03)


def test_confidence_by_the_evidence_itself_is_perfect():
    """No formula of the model: confidence is how far the evidence lies from the criterion."""
    rng = np.random.default_rng(2)
    shown = rng.random(400_000) < 0.5
    evidence = rng.normal(np.where(shown, 0.8, -0.8))
    confidence = np.searchsorted([0.5, 1.1], np.abs(evidence))
    counts = np.zeros((2, 2, 3))
    np.add.at(counts, (shown.astype(int), (evidence > 0).astype(int), confidence), 1)
    assert fit_meta_d(counts).m_ratio == pytest.approx(1, abs=0.01)
    blurred = np.searchsorted([0.5, 1.1], np.abs(evidence + rng.normal(0, 0.5, len(evidence))))
    counts = np.zeros((2, 2, 3))
    np.add.at(counts, (shown.astype(int), (evidence > 0).astype(int), blurred), 1)
    assert 0.5 < fit_meta_d(counts).m_ratio < 0.9


def test_it_is_the_maximum_that_another_search_finds():
    """The likelihood written anew, with criteria in place of distances."""
    rng = np.random.default_rng(3)
    counts = answers(rng, 450, 1.5, 0.8)
    padded = counts + 1 / 6
    z = ndtri(padded[:, 1].sum(-1) / padded.sum((1, 2)))
    relative = -z.sum() / 2 / (z[1] - z[0])

    def loss(theta: np.ndarray) -> float:
        meta, criterion = theta[0], relative * theta[0]
        above = np.r_[criterion, criterion + np.cumsum(np.exp(theta[1:3])), np.inf]
        below = np.r_[criterion, criterion - np.cumsum(np.exp(theta[3:5])), -np.inf]
        total = 0.0
        for shown, mean in ((0, -meta / 2), (1, meta / 2)):
            upper = np.diff(ndtr(above - mean))
            lower = -np.diff(ndtr(below - mean))
            total += (padded[shown, 1] * np.log(upper / upper.sum())).sum()
            total += (padded[shown, 0] * np.log(lower / lower.sum())).sum()
        return -total

    start = np.r_[1.0, np.full(4, -0.7)]
    options = {"xatol": 1e-7, "fatol": 1e-9, "maxiter": 8000, "maxfev": 8000}
    best = optimize.minimize(loss, start, method="Nelder-Mead", options=options)
    assert fit_meta_d(counts).meta_d_prime * np.sqrt(2) == pytest.approx(best.x[0], abs=1e-3)


def with_confidence(dataset: Dataset, ratio: float, seed: int) -> Dataset:
    """The same people, whose sensitivity and bias differ, with a common ratio."""
    rng = np.random.default_rng(seed)
    trials = dataset.trials.copy()
    for _, rows in trials.groupby("participant").groups.items():
        d = max(2.0 + rng.normal(0, 0.4), 0.3)
        counts = answers(rng, len(rows), d, ratio, rng.normal(0, 0.3))
        shown, chosen, level = np.repeat(np.argwhere(counts >= 0), counts.astype(int).ravel(), 0).T
        trials.loc[rows, "response"] = np.where(chosen, "upper", "lower")
        trials.loc[rows, "correct"] = shown == chosen
        trials.loc[rows, "confidence"] = level + 1
    return replace(dataset, trials=trials)


def test_the_table_holds_the_truth_and_says_what_it_is_not():
    plain = dataset_of_kinds({"natural": 1.0}, 20, 80)
    for ratio in (1.0, 0.6):
        table, people = m_ratio_tables(with_confidence(plain, ratio, 4))
        rows = table.set_index("over")
        row = rows.loc["participants"]
        assert row["ci_low"] < ratio < row["ci_high"]
        assert row["ci_high"] - row["ci_low"] < 0.5
        assert (row["n_participants"], row["n_trials"]) == (20, 1600)
        assert "Fewer than 100 trials" in row["caveat"]
        assert rows.loc["all trials together", "m_ratio"] == pytest.approx(ratio, abs=0.2)
        assert people["m_ratio"].isna().all()
    table, people = m_ratio_tables(with_confidence(dataset_of_kinds({"x": 1.0}, 4, 300), 0.8, 5))
    assert people["m_ratio"].between(0.3, 1.4).all()
    assert table.set_index("over")["caveat"].isna().tolist() == [True, False]


def test_without_sensitivity_there_is_no_ratio(experiment_1):
    table, _ = m_ratio_tables(experiment_1)
    rows = table.set_index(["condition", "over"])
    assert rows.loc["none", "m_ratio"].isna().all()
    assert rows.loc["none", "caveat"].str.contains("below 0.5").all()
    assert rows.loc[["natural", "synthetic"], "m_ratio"].between(0.3, 1.5).all()


SPARSE = {
    "one participant": lambda t: t[t["participant"] == 1],
    "one trial": lambda t: t.head(1),
    "always right": lambda t: t.assign(correct=True),
    "always above": lambda t: t.assign(response="upper"),
    "no confidence": lambda t: t.assign(confidence=t["confidence"].mask(t["trial"] >= 0)),
    "one confidence": lambda t: t.assign(confidence=3),
    "confidence against the answers": lambda t: t.assign(
        confidence=3 - 2 * t["correct"].astype(int)
    ),
    "perfect confidence": lambda t: t.assign(confidence=1 + 2 * t["correct"].astype(int)),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", SPARSE)
def test_sparse_data_gives_no_warning(name, experiment_1):
    trials = SPARSE[name](experiment_1.main).copy()
    table, people = m_ratio_tables(replace(experiment_1, trials=trials))
    if name in ("no confidence", "one confidence"):
        assert table.empty
    if name == "one participant":
        assert table["ci_low"].isna().all()
    if name == "no confidence":
        assert people.empty
