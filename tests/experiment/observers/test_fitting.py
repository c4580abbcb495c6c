"""The slope of a machine observer: recovered from choices that were made with it."""

import numpy as np
import pytest
from scipy.special import expit

from conditions.errors import StudyError
from experiment.observers.embeddings.pictures import pixels
from experiment.observers.fitting import fit_alpha, fit_to_people
from experiment.observers.judging import Rule
from experiment.observers.machine import Settings, run_machine
from tests.experiment.rehearsed import tiny_study


def simulated(alpha: float, n: int, rng) -> tuple[np.ndarray, np.ndarray]:
    evidence = rng.normal(0, 0.2, n)
    return evidence, rng.random(n) < expit(alpha * evidence)


@pytest.mark.parametrize("alpha", [2.0, 10.0, 40.0])
def test_alpha_lies_in_its_interval_as_often_as_it_should(alpha):
    rng = np.random.default_rng(1)
    fits = [fit_alpha(*simulated(alpha, 300, rng)) for _ in range(400)]
    covered = np.mean([fit.low <= alpha <= fit.high for fit in fits])
    # Binomial error of 400 runs at 95 %: 2 × 1.1 points.
    assert covered == pytest.approx(0.95, abs=0.025)
    assert np.median([fit.alpha for fit in fits]) == pytest.approx(alpha, rel=0.1)


def test_the_maximum_is_that_of_the_likelihood():
    evidence, says_upper = simulated(8.0, 200, np.random.default_rng(2))
    fit = fit_alpha(evidence, says_upper)
    signed = np.where(says_upper, 1, -1) * evidence

    def log_likelihood(alpha):
        return np.log(expit(alpha * signed)).sum()

    assert fit.log_likelihood == pytest.approx(log_likelihood(fit.alpha))
    grid = np.linspace(0, 30, 3001)
    assert max(log_likelihood(alpha) for alpha in grid) <= fit.log_likelihood + 1e-9
    for end in (fit.low, fit.high):
        assert fit.log_likelihood - log_likelihood(end) == pytest.approx(1.92, abs=0.01)


def test_choices_that_follow_the_evidence_or_never_do_have_no_slope():
    evidence = np.array([0.1, -0.2, 0.3])
    with pytest.raises(StudyError, match="all 3 choices follow the similarities"):
        fit_alpha(evidence, evidence > 0)
    with pytest.raises(StudyError, match="do not predict the 3 choices"):
        fit_alpha(evidence, evidence < 0)
    with pytest.raises(StudyError, match="do not predict the 0 choices"):
        fit_alpha(np.zeros(5), np.ones(5, dtype=bool))


def test_the_slope_of_a_sampled_observer_is_recovered_from_its_sessions(tmp_path):
    folder = tiny_study(tmp_path, participants=40)
    made = Settings(alpha=20, sampled=True, seed=3, name="made")
    run_machine(folder, list(range(1, 41)), "pixels", made)
    found, files = fit_to_people(folder, folder.machine / "made", pixels(), Rule.MEAN)
    assert len(files) == 40
    # Eight main trials with references a participant.
    assert found.n_trials == 320
    assert found.low <= 20 <= found.high
    assert found.high - found.low < 15


def test_trials_of_another_study_are_refused(tmp_path):
    folder = tiny_study(tmp_path / "one")
    other = tiny_study(tmp_path / "other", seed=6)
    run_machine(other, [1], "pixels", Settings(sampled=True))
    path = other.machine_session("pixels-seed0", 1) / "trials.csv"
    with pytest.raises(StudyError, match=r"trial \d+ of participant 1 is not that of the study's"):
        fit_to_people(folder, path, pixels(), Rule.MEAN)
    with pytest.raises(StudyError, match=r"no trials\.csv in this folder"):
        fit_to_people(folder, folder.conditions, pixels(), Rule.MEAN)
