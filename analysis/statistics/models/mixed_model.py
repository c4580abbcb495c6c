"""Logistic mixed model of being correct, with crossed participants and units."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.special import expit
from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM

from analysis.data.dataset import NO_SCHEME, Dataset

FIXED_PRIOR_SD = 2.0
VARIANCE_PRIOR_SD = 1.0
NEWTON_STEPS = 50
LAPLACE, MCMC = "Laplace", "MCMC"


@dataclass(frozen=True)
class MixedFit:
    """A fitted model.

    Attributes
    ----------
    terms : list of str
        Fixed effects.
    estimates, errors : ndarray, shape (k,)
        Log odds and their standard errors.
    random_sd : dict
        Standard deviation of each random effect (log odds).
    """

    terms: list[str]
    estimates: np.ndarray
    errors: np.ndarray
    random_sd: dict[str, float]


def fit_mixed(trials: pd.DataFrame, formula: str, seed: int = 0) -> MixedFit:
    """Fit a logistic model with random intercepts of participants and units.

    Parameters
    ----------
    trials : DataFrame
        Tidy table of answered trials, with a column ``y`` (0 or 1).
    formula : str
        Fixed effects, as in ``y ~ condition``.
    seed : int
        Seed of the starting values.

    Notes
    -----
    The standard deviations of the random effects are the variational posterior means of
    statsmodels' ``BinomialBayesMixedGLM``. Its mean-field posterior takes fixed and random effects
    as independent, so that its standard deviations of fixed effects are far too small; fixed and
    random effects are therefore found again, given those standard deviations, at their joint
    posterior mode, with the covariance of the Laplace approximation there (the way of penalised
    quasi-likelihood and of glmer with nAGQ = 0).

    References
    ----------
    Breslow, N. E., & Clayton, D. G. (1993). Approximate inference in generalized linear mixed
    models. Journal of the American Statistical Association, 88(421), 9–25.
    """
    random = {"participant": "0 + C(participant)", "unit": "0 + C(unit)"}
    model = BinomialBayesMixedGLM.from_formula(
        formula, random, trials, vcp_p=VARIANCE_PRIOR_SD, fe_p=FIXED_PRIOR_SD
    )
    # The same optimum as with the default BFGS, four times faster.
    variational = model.fit_vb(fit_method="L-BFGS-B", rng=np.random.default_rng(seed))
    random_sd = np.exp(variational.vcp_mean)
    start = np.r_[variational.fe_mean, variational.vc_mean]
    prior = np.r_[np.full(model.k_fep, FIXED_PRIOR_SD**-2), random_sd[model.ident] ** -2]
    design = sparse.hstack([sparse.csr_matrix(model.exog), model.exog_vc], format="csr")
    mode, covariance = penalised_logistic(design, np.asarray(model.endog), prior, start)
    k = model.k_fep
    return MixedFit(
        list(model.fep_names),
        mode[:k],
        np.sqrt(np.diag(covariance)[:k]),
        dict(zip(model.vcp_names, random_sd, strict=True)),
    )


def penalised_logistic(
    design: sparse.csr_matrix, y: np.ndarray, precision: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Posterior mode and Laplace covariance of a logistic model with normal priors around 0.

    Parameters
    ----------
    design : sparse matrix, shape (n, k)
        Fixed and random effects side by side.
    y : ndarray, shape (n,)
        0 or 1.
    precision : ndarray, shape (k,)
        Prior precisions.
    start : ndarray, shape (k,)
        Where Newton's method starts.

    Returns
    -------
    mode : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
        Inverse of the negative Hessian at the mode.
    """
    parameters, turned, weighted = start.copy(), design.T.tocsr(), design.copy()
    in_row = np.diff(design.indptr)
    for _ in range(NEWTON_STEPS):
        probability = expit(design @ parameters)
        gradient = turned @ (y - probability) - precision * parameters
        weighted.data = design.data * np.repeat(probability * (1 - probability), in_row)
        information = (turned @ weighted).toarray() + np.diag(precision)
        step = np.linalg.solve(information, gradient)
        parameters = parameters + step
        if np.abs(step).max() < 1e-8:
            break
    return parameters, np.linalg.inv(information)


def mixed_table(dataset: Dataset) -> pd.DataFrame:
    """The model of an experiment, columns of ``MIXED_TABLE``; no rows without model data."""
    specified = model_data(dataset)
    if specified is None:
        return pd.DataFrame()
    data, formula = specified
    fit = fit_mixed(data, formula, dataset.seed)
    half = stats.norm.ppf(0.975) * fit.errors
    fixed = pd.DataFrame(
        {
            "term": [plain_term(term) for term in fit.terms],
            "log_odds": fit.estimates,
            "se": fit.errors,
            "ci_low": fit.estimates - half,
            "ci_high": fit.estimates + half,
            "odds_ratio": np.exp(fit.estimates),
            "p": 2 * stats.norm.sf(np.abs(fit.estimates / fit.errors)),
        }
    )
    random = pd.DataFrame(
        {
            "term": [f"SD of {name}s" for name in fit.random_sd],
            "log_odds": list(fit.random_sd.values()),
        }
    )
    table = pd.concat([fixed, random], ignore_index=True)
    return table.assign(experiment=dataset.experiment, method=LAPLACE)


def model_data(dataset: Dataset) -> tuple[pd.DataFrame, str] | None:
    """The trials of the model and the formula of its fixed effects.

    Returns
    -------
    tuple of DataFrame and str, or None
        ``y`` (0 or 1), ``participant``, ``unit``, ``condition``, and ``scheme`` where there are
        several; the formula has the condition, and with several schemes the scheme and their
        interaction, among the trials with references, as far as the trials tell them apart.
        The first level of each is the reference.
        None where there are fewer than two participants, units or kinds of answers.
    """
    trials = dataset.main
    several = len(dataset.schemes) > 1
    if several:
        trials = trials[trials["scheme"] != NO_SCHEME]
    y = trials["correct"].astype("float64")
    if min(trials["participant"].nunique(), trials["unit"].nunique(), y.nunique()) < 2:
        return None
    conditions = [c for c in dataset.conditions if (trials["condition"] == c).any()]
    data = trials[["participant", "unit"]].astype(str).assign(y=y)
    data["condition"] = pd.Categorical(trials["condition"], conditions)
    if several:
        shown = [scheme for scheme in dataset.schemes if (trials["scheme"] == scheme).any()]
        data["scheme"] = pd.Categorical(trials["scheme"], shown)
    factors = [
        name for name in ("condition", "scheme") if name in data and data[name].nunique() > 1
    ]
    return data, f"y ~ {_estimable(data, factors)}"


def _estimable(data: pd.DataFrame, factors: list[str]) -> str:
    """The fullest fixed effects that the trials tell apart; others would be the prior's alone.

    Where kinds were shown with schemes of their own, a scheme is known by its kinds.
    """
    if len(factors) < 2:
        return "".join(factors) or "1"
    cells = data[factors].drop_duplicates()
    levels = [data[name].nunique() for name in factors]
    if len(cells) == np.prod(levels):
        return " * ".join(factors)
    overlap = np.linalg.matrix_rank(pd.get_dummies(cells, dtype=float).to_numpy())
    return " + ".join(factors) if overlap == sum(levels) - 1 else factors[0]


def plain_term(term: str) -> str:
    """A name of patsy in short.

    >>> plain_term("condition[T.synthetic]:scheme[T.Max-9]")
    'condition synthetic : scheme Max-9'
    """
    short = term.replace("[T.", " ").replace("]", "").replace(":", " : ")
    return short.replace("Intercept", "intercept")
