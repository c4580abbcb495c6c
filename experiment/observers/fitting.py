"""The slope of a machine observer, from the choices that people made."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, stats

from conditions.check import images_of
from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.tables.files import read_table
from conditions.tables.machine import MACHINE_TRIALS
from experiment.observers.embeddings.embedding import Embedding
from experiment.observers.judging import Rule, judge
from experiment.plan import Trial, as_rows
from experiment.records.start import load_trials

# Twice the drop of the log-likelihood that bounds a 95 % interval of one parameter.
DROP = float(stats.chi2.ppf(0.95, 1))
STEEPEST = 1e9


@dataclass(frozen=True)
class Slope:
    """An estimate of α with its 95 % profile-likelihood interval, in 1 / similarity."""

    alpha: float
    low: float
    high: float
    n_trials: int
    log_likelihood: float


def fit_alpha(evidence: np.ndarray, says_upper: np.ndarray) -> Slope:
    """Maximum-likelihood slope of P(upper) = σ(α · evidence).

    Parameters
    ----------
    evidence : array_like, shape (n,)
        Of each trial.
    says_upper : array_like of bool, shape (n,)
        The choices.

    Raises
    ------
    StudyError
        Where no finite positive slope exists: all choices follow the evidence, or they do not
        follow it at all.
    """
    signed = np.where(np.asarray(says_upper, dtype=bool), 1, -1) * np.asarray(evidence, dtype=float)
    signed = signed[signed != 0]

    def log_likelihood(alpha: float) -> float:
        return float(-np.logaddexp(0, -alpha * signed).sum())

    def gradient(alpha: float) -> float:
        return float((signed / (1 + np.exp(np.minimum(alpha * signed, 700)))).sum())

    if not len(signed) or gradient(0) <= 0:
        raise StudyError(
            f"alpha cannot be fitted: the similarities do not predict the {len(signed)} choices"
        )
    if (signed > 0).all():
        raise StudyError(
            f"alpha cannot be fitted: all {len(signed)} choices follow the similarities, so that "
            "no slope is too steep; give --alpha"
        )
    # The likelihood is concave: its maximum lies where the gradient changes sign.
    alpha = optimize.brentq(gradient, 0, _beyond(gradient, 1 / np.abs(signed).max()))
    best = log_likelihood(alpha)

    def left(slope: float) -> float:
        return DROP / 2 - (best - log_likelihood(slope))

    span = max(alpha, 1 / np.abs(signed).max())
    low = optimize.brentq(left, alpha - _beyond(lambda d: left(alpha - d), span), alpha)
    high = optimize.brentq(left, alpha, alpha + _beyond(lambda d: left(alpha + d), span))
    return Slope(alpha, low, high, len(signed), best)


def fit_to_people(
    folder: StudyFolder, data: Path, embedding: Embedding, rule: Rule
) -> tuple[Slope, dict[str, str]]:
    """The slope that makes an observer most like people in their main trials with references.

    Parameters
    ----------
    folder : StudyFolder
        The study, with condition files and images.
    data : Path
        A session's ``trials.csv``, or a folder of sessions.
    embedding, rule
        The observer.

    Returns
    -------
    Slope, dict
        And the SHA-256 of each file that was read.

    Raises
    ------
    StudyError
        Where there are no such trials, or they are not those of the study's condition files.
    """
    files = sorted(data.rglob("trials.csv")) if data.is_dir() else [data]
    if not files:
        raise StudyError(f"{data}: no trials.csv in this folder")
    evidence, says_upper = [], []
    for path in files:
        trials = read_table(path, MACHINE_TRIALS)
        for participant, answered in trials.groupby(trials["participant"].astype(int)):
            shown = load_trials(folder, int(participant))
            embedding.look(folder.path, images_of(shown))
            decided = {row["trial"]: row for row in as_rows(shown)}
            for row in as_rows(_fitted(answered)):
                trial = _shown(decided, row, path)
                evidence.append(judge(embedding, trial, rule, 1.0).evidence)
                says_upper.append(row["response"] == "upper")
    if not evidence:
        raise StudyError(f"{data}: no answered main trials")
    hashes = {path.as_posix(): sha256_of(path) for path in files}
    return fit_alpha(np.array(evidence), np.array(says_upper)), hashes


def _fitted(trials: pd.DataFrame) -> pd.DataFrame:
    # Trials without references have no evidence, and say nothing about the slope.
    chosen = (trials["phase"] == "main") & ~trials["catch"]
    return trials[chosen & trials["response"].notna()]


def _shown(decided: dict[int, Trial], row: Trial, path: Path) -> Trial:
    trial = decided.get(row["trial"])
    same = ("unit", "condition", "upper", "lower")
    if trial is None or any(trial[name] != row[name] for name in same):
        raise StudyError(
            f"{path}: trial {row['trial']} of participant {row['participant']} is not that of the "
            "study's condition file"
        )
    return trial


def _beyond(function: Callable[[float], float], step: float) -> float:
    """A step, doubled until the function is negative there."""
    while function(step) >= 0 and step < STEEPEST:
        step *= 2
    return step
