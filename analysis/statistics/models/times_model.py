"""Linear mixed models of the logarithm of reaction times, with crossed participants and units."""

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.measures import MEASURES
from analysis.result_columns import EXPERIMENT, MEASURE
from analysis.statistics.models.crossed.design import crossed_design
from analysis.statistics.models.crossed.effects import fit_crossed
from analysis.statistics.models.estimates import estimates
from analysis.statistics.models.mixed_model import (
    CI_HIGH,
    CI_LOW,
    DF,
    NOTE,
    SE,
    TERM,
    MixedModel,
    P,
    fixed_rows,
    spread_rows,
)
from analysis.statistics.models.model_terms import term_contrasts
from analysis.statistics.models.model_trials import model_trials
from analysis.wording import counted
from conditions.tables.schema import Column, Table

TIMES_MODEL_TABLE = Table(
    "mixed_model_rt",
    "Linear models (REML) of the natural logarithm of reaction times in seconds, with crossed "
    "participants and units, both with what is their own in each condition. Reference level: the "
    "first condition (and scheme).",
    (
        EXPERIMENT,
        MEASURE,
        TERM,
        Column("log_rt", "float", "Estimate (log seconds; SD of the random effect)."),
        SE,
        DF,
        CI_LOW,
        CI_HIGH,
        Column(
            "ratio",
            "float",
            "exp(log_rt) of fixed effects: ratio of reaction times; of the intercept: seconds.",
            required=False,
        ),
        P,
        NOTE,
    ),
    key=("experiment", "measure", "term"),
)
MODELLED = ("log_rt_correct", "log_rt")


def times_model(dataset: Dataset) -> MixedModel:
    """The models of correct and of all answered main trials, :data:`TIMES_MODEL_TABLE`.

    Reaction times that are not above 0 have no logarithm and are left out.
    """
    tables, remarks = [], []
    for measure in (one for one in MEASURES if one.name in MODELLED):
        model = model_trials(dataset, measure.values(dataset.main))
        if isinstance(model, str):
            if dataset.main["rt"].notna().any():
                of = "correct answers" if "correct" in measure.name else "all answers"
                remarks.append(f"There is no mixed model of the reaction times of {of}: {model}.")
            continue
        design = crossed_design(model.trials, model.formula)
        terms = term_contrasts(model, design.names)
        fit = fit_crossed(design, gaussian=True)
        found = estimates(fit, np.array(list(terms.values())))
        fixed = fixed_rows(list(terms), found, "log_rt").assign(ratio=np.exp(found.value))
        table = pd.concat([fixed, spread_rows(fit, "log_rt")], ignore_index=True)
        tables.append(table.assign(experiment=dataset.experiment, measure=measure.name))
    impossible = int((dataset.main["rt"] <= 0).sum())
    if tables and impossible:
        remarks.append(
            f"The mixed models of reaction times leave out {counted(impossible, 'trial')} with a "
            "time of 0 s or less."
        )
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return MixedModel(table, tuple(remarks))
