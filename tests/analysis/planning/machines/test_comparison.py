"""Machine observers against people: correlation, its interval, the noise ceiling."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.data.dataset import Dataset
from analysis.data.machine import Machine
from analysis.planning.machines.comparison import (
    Cells,
    comparison_sentences,
    comparison_table,
    correlation_interval,
    pairs_table,
    shared_trials,
)
from analysis.planning.machines.tables import COMPARISON_TABLE
from conditions.errors import StudyError
from conditions.tables.files import typed, write_table
from conditions.tables.sessions import TRIALS
from experiment.observers.machine import Settings, run_machine
from tests.analysis.simulated import simulate_session
from tests.conftest import in_process
from tests.experiment.rehearsed import tiny_study


def simulated(rng, units: int = 45, people: int = 12, likeness: float = 0.6):
    """Difficulty of units in log odds, and what a machine and people make of them."""
    difficulty = rng.normal(1.5, 1, units)
    noise = rng.normal(0, 1, units)
    machine = expit(likeness * difficulty + np.sqrt(1 - likeness**2) * noise)
    human = (rng.random((units, people)) < expit(difficulty)[:, None]).astype(float)
    return difficulty, Cells(np.arange(units), np.repeat(machine[:, None], people, 1), human)


def test_the_interval_covers_the_correlation_as_often_as_it_should(monkeypatch):
    monkeypatch.setattr("analysis.planning.machines.comparison.RESAMPLES", 300)
    rng = np.random.default_rng(1)
    truth = np.mean([simulated(rng)[1].rho for _ in range(1000)])
    found = [correlation_interval(simulated(rng)[1], rng) for _ in range(120)]
    covered = np.mean([interval.low <= truth <= interval.high for interval in found])
    assert covered == pytest.approx(0.95, abs=0.045)


def test_resamples_without_a_correlation_count_as_the_worst_and_are_told():
    """Only some of twelve units are ever wrong: resamples may miss all of these."""
    machine = np.linspace(0.5, 0.9, 12)[:, None]
    hard = {1: [], 5: [], 8: []}
    for n in hard:
        human = np.ones((12, 1))
        human[:n] = np.arange(n)[:, None] / n
        hard[n] = correlation_interval(
            Cells(np.arange(12), machine, human), np.random.default_rng(n)
        )
    # The one hard unit is missed by (11/12) ** 12 = 35 % of the resamples.
    assert hard[1].undefined == pytest.approx(0.352 * 2000, abs=100)
    assert np.isnan([hard[1].low, hard[1].high]).all()
    # Five of them by 0.2 %: both ends are among those that are left.
    assert 1 <= hard[5].undefined <= 12
    assert hard[8].undefined == 0
    assert -1 < hard[5].low < hard[5].high <= 1


def test_an_interval_takes_ten_units():
    rng = np.random.default_rng(6)
    for units in (2, 9):
        interval = correlation_interval(simulated(rng, units)[1], rng)
        assert np.isnan([interval.low, interval.high]).all()
    assert not np.isnan(correlation_interval(simulated(rng, 10)[1], rng).low)


@pytest.mark.parametrize(
    ("n_units", "easy", "words"),
    [
        (9, 0, "no interval: it would take 10 units"),
        (12, 11, "resamples of the units accuracy does not vary) over 12 units"),
        (12, 7, "of 2000 resamples of the units, which count as -1 and as 1) over 12 units"),
        (12, 0, "(95 % bootstrap interval 1.00 to 1.00) over 12 units"),
    ],
)
def test_a_sentence_says_what_became_of_the_interval(n_units, easy, words):
    units = [f"u{i:02d}" for i in range(n_units)]
    right = [[p < i or i >= n_units - easy for p in range(12)] for i in range(n_units)]
    people = dataset(
        [(p, i, unit, "a b", right[i][p]) for p in range(12) for i, unit in enumerate(units)]
    )
    answers = [(p, i, u, "a b", i / 100) for p in range(12) for i, u in enumerate(units)]
    table = comparison_table([machine(answers)], people)
    COMPARISON_TABLE.schema().validate(typed(table, COMPARISON_TABLE))
    (sentence,) = comparison_sentences(table)
    assert words in sentence


def dataset(rows: list[tuple]) -> Dataset:
    columns = ["participant", "trial", "unit", "condition", "correct"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.assign(phase="main", catch=False)
    frame["correct"] = frame["correct"].astype("boolean")
    return Dataset("x", "x", frame, pd.DataFrame())


def machine(rows: list[tuple], role: str = "observer") -> Machine:
    columns = ["participant", "trial", "unit", "condition", "p_correct"]
    frame = pd.DataFrame(rows, columns=columns).assign(phase="main", catch=False)
    return Machine("net", role, frame)


def test_only_trials_that_both_answered_count():
    people = dataset(
        [
            (1, 0, "a", "natural", True),
            (1, 1, "b", "natural", False),
            (1, 2, "a", "none", True),
            (2, 0, "a", "natural", False),
        ]
    )
    answers = [(1, 0, "a", "natural", 0.9), (1, 1, "b", "natural", 0.4), (1, 2, "a", "none", 0.5)]
    shared = shared_trials(machine([*answers, (3, 0, "c", "natural", 1.0)]), people)
    assert shared[["participant", "trial"]].to_numpy().tolist() == [[1, 0], [1, 1]]
    pairs = pairs_table([machine(answers)], people)
    assert pairs[["unit", "machine", "human"]].to_numpy().tolist() == [["a", 0.9, 1], ["b", 0.4, 0]]


def test_ranks_in_the_same_order_correlate_fully():
    units = list("abcdef")
    people = dataset(
        [(p, i, unit, "natural", p <= 2 * i) for p in range(1, 11) for i, unit in enumerate(units)]
    )
    answers = [(p, i, u, "natural", i / 10) for p in range(1, 11) for i, u in enumerate(units)]
    table = comparison_table([machine(answers)], people)
    assert table["rho"].tolist() == pytest.approx([1])
    assert table["condition"].tolist() == ["natural"]
    assert table["ceiling"][0] > 0.9


def test_the_ceiling_is_not_compared_and_nobody_in_common_is_an_error():
    people = dataset([(1, 0, "a", "natural", True)])
    answers = [(1, 0, "a", "natural", 0.9)]
    for machines, words in (
        (
            [machine(answers, "ceiling")],
            "no machine observer but the ceiling, which is always right",
        ),
        ([machine([(2, 0, "a", "natural", 0.9)])], "no machine observer has answered trials"),
    ):
        with pytest.raises(StudyError, match=words):
            comparison_table(machines, people)


def test_the_command_compares_and_names_who_is_no_person(tmp_path):
    folder = tiny_study(tmp_path, participants=6, repeats=None)
    run_machine(folder, [1, 2, 3, 4, 5, 6], "pixels", Settings())
    rng = np.random.default_rng(5)
    for participant in range(1, 7):
        session = simulate_session(folder.study, participant, rng)
        write_table(session, TRIALS, folder.session(participant) / "trials.csv")
    done = in_process("analysis", "compare", str(folder.path))
    assert done.returncode == 0, done.stderr
    out = folder.report / "comparison"
    assert "pixels over all conditions" in (out / "comparison.txt").read_text(encoding="utf-8")
    pairs = pd.read_csv(out / "units.csv")
    assert len(pairs) == 8
    assert (pairs["n_trials"] == 6).all()
    assert (out / "comparison.png").stat().st_size > 10_000
