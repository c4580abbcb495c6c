"""How much participants and units differ: what a simulated study is made of."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, sparse

from analysis.data.dataset import Dataset
from analysis.statistics.models.mixed_model import penalised_logistic
from conditions.errors import StudyError

# Log odds. Below the first an SD is as good as 0, above the second nothing is learnt from answers.
SMALLEST, LARGEST = 0.01, 5.0
# Fixed effects are integrated over as well, with next to no prior (restricted likelihood).
FLAT = 1e-6
START = (0.3, 0.3, 0.7, 0.4)


@dataclass(frozen=True)
class Components:
    """Accuracy in two conditions and the spread around it.

    Attributes
    ----------
    source : str
        Where they come from.
    conditions : tuple of str
        First and second.
    accuracy : tuple of float
        Proportion correct in each, 0…1.
    participant, participant_by_condition, unit, unit_by_condition : float
        Standard deviations in log odds: what a participant (unit) has in common over both
        conditions, and what is its own in each.
    n_participants, n_trials : int
        Of the data.
    remarks : tuple of str
        What a reader has to know about the data.
    """

    source: str
    conditions: tuple[str, str]
    accuracy: tuple[float, float]
    participant: float
    participant_by_condition: float
    unit: float
    unit_by_condition: float
    n_participants: int
    n_trials: int
    remarks: tuple[str, ...] = ()


# The design whose first two kinds were compared there: photographs, then visualisations.
PUBLISHED_DESIGN = "experiment_1"
# Of the released data of Borowski et al. (2021), Experiment I, main trials, by estimate_components.
PUBLISHED = Components(
    source="the published Experiment I (Borowski et al. 2021)",
    conditions=("photographs", "feature visualisations"),
    accuracy=(415 / 450, 369 / 450),
    participant=0.01,
    participant_by_condition=0.18,
    unit=0.90,
    unit_by_condition=0.46,
    n_participants=10,
    n_trials=900,
)


def estimate_components(dataset: Dataset, conditions: tuple[str, str]) -> Components:
    """Estimate the components from main trials.

    Parameters
    ----------
    dataset : Dataset
        A pilot, or a whole study.
    conditions : tuple of str
        The two to be compared.

    Raises
    ------
    StudyError
        Where a condition has no trials, or there are fewer than two participants or units.

    Notes
    -----
    Maximum of the Laplace approximation of the restricted marginal likelihood of a logistic model
    with a mean a condition and four crossed random effects: participants, participants by
    condition, units, units by condition (Breslow & Clayton 1993, see
    :func:`analysis.statistics.models.mixed_model.fit_mixed`).
    """
    trials = dataset.main[dataset.main["condition"].isin(conditions)]
    _check(dataset, trials, conditions)
    y = trials["correct"].astype(float).to_numpy()
    which = (trials["condition"] == conditions[1]).astype(int).to_numpy()
    blocks = [_indicators(which)]
    for column in ("participant", "unit"):
        codes = pd.factorize(trials[column])[0]
        blocks += [_indicators(codes), _indicators(2 * codes + which)]
    design = sparse.hstack(blocks, format="csr")
    sizes = [block.shape[1] for block in blocks[1:]]

    mode = np.zeros(design.shape[1])

    def loss(log_sd: np.ndarray) -> float:
        # From the mode of the spreads before, which are near, Newton's method takes few steps.
        nonlocal mode
        value, mode = _negative_log_likelihood(design, y, np.exp(log_sd), sizes, mode)
        return value

    bounds = [(np.log(SMALLEST), np.log(LARGEST))] * len(sizes)
    options = {"xatol": 0.01, "fatol": 0.005, "maxiter": 1000}
    found = optimize.minimize(
        loss, np.log(START), method="Nelder-Mead", bounds=bounds, options=options
    )
    means = trials.assign(y=y).groupby("condition")["y"].mean()
    participant, participant_by_condition, unit, unit_by_condition = np.exp(found.x).tolist()
    return Components(
        source=dataset.title,
        conditions=conditions,
        accuracy=(float(means[conditions[0]]), float(means[conditions[1]])),
        participant=participant,
        participant_by_condition=participant_by_condition,
        unit=unit,
        unit_by_condition=unit_by_condition,
        n_participants=int(trials["participant"].nunique()),
        n_trials=len(trials),
    )


def _negative_log_likelihood(
    design: sparse.csr_matrix, y: np.ndarray, sd: np.ndarray, sizes: list[int], start: np.ndarray
) -> tuple[float, np.ndarray]:
    """Laplace's approximation, joint density at its mode and the curvature there; and the mode."""
    precision = np.r_[FLAT, FLAT, np.repeat(sd**-2.0, sizes)]
    mode, covariance = penalised_logistic(design, y, precision, start)
    log_odds = design @ mode
    data = (y * log_odds - np.logaddexp(0, log_odds)).sum()
    prior = -0.5 * (precision * mode**2).sum() - (np.array(sizes) * np.log(sd)).sum()
    return -(data + prior + 0.5 * np.linalg.slogdet(covariance)[1]), mode


def _indicators(codes: np.ndarray) -> sparse.csr_matrix:
    values, columns = np.unique(codes, return_inverse=True)
    shape = (len(codes), len(values))
    return sparse.csr_matrix((np.ones(len(codes)), (np.arange(len(codes)), columns)), shape=shape)


def _check(dataset: Dataset, trials: pd.DataFrame, conditions: tuple[str, str]) -> None:
    for condition in conditions:
        if not (trials["condition"] == condition).any():
            raise StudyError(
                f"{dataset.title}: no main trials of condition {condition}; it has "
                f"{', '.join(dataset.conditions) or 'none'}"
            )
    for column in ("participant", "unit"):
        if trials[column].nunique() < 2:
            raise StudyError(
                f"{dataset.title}: found 1 {column}, wanted two or more to see how they differ"
            )
