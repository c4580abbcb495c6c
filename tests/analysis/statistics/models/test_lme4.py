"""The mixed models against lme4 in R, where that is installed (Debian: r-cran-lme4)."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY, MEASURES
from analysis.statistics.models.crossed.design import TERMS, crossed_design
from analysis.statistics.models.crossed.effects import CrossedFit, fit_crossed
from analysis.statistics.models.model_trials import ModelTrials, model_trials

SCRIPT = """
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
trials <- read.csv(arguments[1])
for (name in c("condition", "scheme", "participant", "unit"))
    if (name %in% names(trials)) trials[[name]] <- factor(trials[[name]])
model <- as.formula(paste("y ~", arguments[2], "+ (1|participant) + (1|participant:condition)",
                          "+ (1|unit) + (1|unit:condition)"))
fit <- if (arguments[3] == "binomial") {
    glmer(model, trials, binomial, nAGQ = 1, control = glmerControl("bobyqa"))
} else lmer(model, trials)
fixed <- coef(summary(fit))
spread <- as.data.frame(VarCorr(fit))
write.csv(data.frame(name = c(rownames(fixed), spread$grp),
                     value = c(fixed[, 1], spread$sdcor),
                     se = c(fixed[, 2], rep(NA, nrow(spread)))), arguments[4], row.names = FALSE)
"""
# Standard deviations below this one are hardly told from none: compared as they are.
NEAR_ZERO = 0.25


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("lme4")]


@pytest.fixture(scope="module")
def lme4() -> None:
    ask = ["Rscript", "-e", "library(lme4)"]
    if shutil.which("Rscript") is None or subprocess.run(ask, capture_output=True).returncode:
        pytest.skip("needs R with lme4 (Debian: r-cran-lme4)")


def by_lme4(model: ModelTrials, family: str, folder: Path) -> pd.DataFrame:
    """Its estimates, columns ``value`` and ``se``, by name."""
    script, data, out = (folder / name for name in ("fit.R", "trials.csv", "found.csv"))
    script.write_text(SCRIPT)
    model.trials.to_csv(data, index=False)
    formula = model.formula.replace("C(", "(")
    command = ["Rscript", str(script), str(data), formula, family, str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(out).set_index("name")


def assert_alike(fit: CrossedFit, model: ModelTrials, family: str, folder: Path) -> None:
    expected = by_lme4(model, family, folder)
    fixed = expected.iloc[: len(fit.fixed)]
    assert (np.abs(fit.fixed - fixed["value"]) < 0.1 * fixed["se"]).all()
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(fixed["se"], rel=0.1)
    for name, sd in fit.random_sd.items():
        theirs = expected.loc["Residual" if name == "residual" else name, "value"]
        if theirs < NEAR_ZERO:
            assert sd == pytest.approx(theirs, abs=0.05), name
        else:
            assert sd == pytest.approx(theirs, rel=0.1), name


def test_accuracy_in_the_published_experiment(experiment_1, tmp_path):
    model = model_trials(experiment_1, ACCURACY.values(experiment_1.main))
    fit = fit_crossed(crossed_design(model.trials, model.formula))
    assert_alike(fit, model, "binomial", tmp_path)


def test_times_in_the_published_experiment(experiment_1, tmp_path):
    (log_rt,) = [measure for measure in MEASURES if measure.name == "log_rt"]
    model = model_trials(experiment_1, log_rt.values(experiment_1.main))
    fit = fit_crossed(crossed_design(model.trials, model.formula), gaussian=True)
    assert_alike(fit, model, "gaussian", tmp_path)


@pytest.mark.parametrize("family", ["binomial", "gaussian"])
def test_a_simulated_study_with_several_schemes(experiment_2, family, tmp_path):
    model = several_schemes(experiment_2, family)
    fit = fit_crossed(crossed_design(model.trials, model.formula), gaussian=family == "gaussian")
    assert_alike(fit, model, family, tmp_path)


def several_schemes(dataset: Dataset, family: str) -> ModelTrials:
    """The trials of Experiment II, answered anew by people who differ, on units that differ."""
    model = model_trials(dataset, ACCURACY.values(dataset.main))
    trials, rng = model.trials, np.random.default_rng(8)
    linear = 0.8 + 0.4 * trials["scheme"] - 0.6 * (trials["condition"] == 1)
    for term, sd in zip(TERMS, (0.5, 0.3, 0.9, 0.5), strict=True):
        groups = trials.groupby(term.split(":")).ngroup()
        linear = linear + rng.normal(0, sd, groups.max() + 1)[groups]
    if family == "binomial":
        y = (rng.random(len(trials)) < expit(linear)).astype(float)
    else:
        y = linear + rng.normal(0, 0.6, len(trials))
    return ModelTrials(trials.assign(y=y), model.formula, model.levels)
