"""Logistic mixed model of being correct, with crossed participants and units."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.data.dataset import Dataset
from analysis.data.measures import ACCURACY
from analysis.result_columns import EXPERIMENT
from analysis.statistics.models.crossed.design import crossed_design
from analysis.statistics.models.crossed.effects import LARGEST_SD, CrossedFit, fit_crossed
from analysis.statistics.models.estimates import Estimates, estimates
from analysis.statistics.models.model_terms import (
    SD_WORDS,
    condition_cells,
    mean_of_schemes,
    term_contrasts,
)
from analysis.statistics.models.model_trials import CONDITION, SCHEME, ModelTrials, model_trials
from analysis.statistics.models.unbounded import unbounded
from analysis.wording import counted, listed, with_condition
from conditions.tables.schema import Column, Table

AT_LOWER_BOUND, AT_UPPER_BOUND = "at its bound", "at its upper bound"
NODES = 31
LAPLACE = "Laplace"

TERM = Column("term", "str", "Fixed effect, or standard deviation of a random effect.")
SE = Column("se", "float", "Standard error.", required=False)
DF = Column(
    "df", "float", "Degrees of freedom of Student's t, after Satterthwaite.", required=False
)
CI_LOW = Column("ci_low", "float", "Lower end of the 95 % interval.", required=False)
CI_HIGH = Column("ci_high", "float", "Upper end.", required=False)
P = Column("p", "float", "Two-sided p value of t.", minimum=0, maximum=1, required=False)
NOTE = Column(
    "note", "str", "Where a standard deviation is the bound of what is searched.", required=False
)

MIXED_TABLE = Table(
    "mixed_model",
    "Logistic model of being correct with crossed participants and units, both with what is their "
    "own in each condition. Reference level: the first condition (and scheme). Odds are those of "
    "the same participant and unit; differences are means over all participants and units like "
    "these.",
    (
        EXPERIMENT,
        Column("method", "str", "How the likelihood is integrated over participants and units."),
        TERM,
        Column("log_odds", "float", "Estimate (log odds; SD of the random effect)."),
        SE,
        DF,
        CI_LOW,
        CI_HIGH,
        Column("odds_ratio", "float", "exp(log_odds) of fixed effects.", required=False),
        P,
        Column(
            "difference",
            "float",
            "Of conditions: the difference in accuracy that the model implies, this condition "
            "minus the first; with several schemes as the mean over them.",
            unit="0–1",
            required=False,
        ),
        Column("difference_low", "float", "Lower end of its 95 % interval.", required=False),
        Column("difference_high", "float", "Upper end.", required=False),
        NOTE,
    ),
    key=("experiment", "term"),
)


@dataclass(frozen=True)
class MixedModel:
    """A model as a table, and what a reader has to know of it.

    Attributes
    ----------
    table : DataFrame
        Columns of its table; no rows where there is no model.
    remarks : tuple of str
        Why there is none, or what it lacks.
    """

    table: pd.DataFrame
    remarks: tuple[str, ...] = ()


def mixed_model(dataset: Dataset) -> MixedModel:
    """The model of an experiment's accuracy, columns of :data:`MIXED_TABLE`.

    Effects that the answers leave without a bound, as next to a condition with right answers alone,
    have no rows but a remark.
    """
    model = model_trials(dataset, ACCURACY.values(dataset.main))
    if isinstance(model, str):
        return MixedModel(pd.DataFrame(), (f"There is no mixed model of accuracy: {model}.",))
    design = crossed_design(model.trials, model.formula)
    terms = term_contrasts(model, design.names)
    known = ~unbounded(design, np.array(list(terms.values())))
    remarks = () if known.all() else (_unbounded_remark(model),)
    terms = {term: row for (term, row), keep in zip(terms.items(), known, strict=True) if keep}
    if not terms or (len(design.names) > 1 and set(terms) == {"intercept"}):
        return MixedModel(pd.DataFrame(), remarks)
    fit = fit_crossed(design)
    found = estimates(fit, np.array(list(terms.values())))
    fixed = fixed_rows(list(terms), found, "log_odds").assign(odds_ratio=np.exp(found.value))
    table = pd.concat([fixed, spread_rows(fit, "log_odds")], ignore_index=True)
    if (table["note"] == AT_UPPER_BOUND).any():
        remarks = (*remarks, _rough_remark(table))
    table = table.merge(_differences(model, fit, terms), on="term", how="left")
    return MixedModel(table.assign(experiment=dataset.experiment, method=LAPLACE), remarks)


def fixed_rows(terms: list[str], found: Estimates, value: str) -> pd.DataFrame:
    """A row a term, its estimate in a column of that name."""
    return pd.DataFrame(
        {
            "term": terms,
            value: found.value,
            "se": found.se,
            "df": found.df,
            "ci_low": found.low,
            "ci_high": found.high,
            "p": found.p,
        }
    )


def spread_rows(fit: CrossedFit, value: str) -> pd.DataFrame:
    """A row a random term, its standard deviation in a column of that name."""
    spreads = fit.random_sd
    notes = [
        AT_LOWER_BOUND if sd == 0 else AT_UPPER_BOUND if sd >= LARGEST_SD else None
        for sd in spreads.values()
    ]
    words = [SD_WORDS[name] for name in spreads]
    return pd.DataFrame({"term": words, value: list(spreads.values()), "note": notes})


def _differences(model: ModelTrials, fit: CrossedFit, terms: dict[str, np.ndarray]) -> pd.DataFrame:
    """Differences in accuracy over all participants and units, in the rows of the conditions.

    Means over the random effects by Gauss-Hermite quadrature, intervals by the delta method, given
    the standard deviations.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    around = nodes * np.sqrt(sum(fit.variances.values()))
    weights = weights / weights.sum()
    rows, slopes, values = [], [], []
    for condition, cells in condition_cells(model, fit.design.names).items():
        averaged = mean_of_schemes(condition)
        term = averaged if averaged in terms else f"{CONDITION} {condition}"
        if term not in terms:
            continue
        chances = [expit((cell @ fit.fixed)[:, None] + around) for cell in cells]
        first, second = ((chance @ weights).mean() for chance in chances)
        steep = [(chance * (1 - chance)) @ weights for chance in chances]
        gradients = [s @ cell / len(cell) for s, cell in zip(steep, cells, strict=True)]
        rows.append(term)
        values.append(second - first)
        slopes.append(gradients[1] - gradients[0])
    columns = ["term", "difference", "difference_low", "difference_high"]
    if not rows:
        return pd.DataFrame(columns=columns)
    found = estimates(fit, np.array(slopes), np.array(values))
    low, high = (np.clip(end, -1, 1) for end in (found.low, found.high))
    return pd.DataFrame(dict(zip(columns, (rows, found.value, low, high), strict=True)))


def _unbounded_remark(model: ModelTrials) -> str:
    factors = list(model.levels)
    cells = model.trials.groupby(factors)["y"].agg(["mean", "size"]).reset_index()
    parts = [
        f"all {counted(int(cell['size']), 'answer')} {_cell_words(cell, model.levels)} are "
        f"{'right' if cell['mean'] == 1 else 'wrong'}"
        for cell in cells.to_dict("records")
        if cell["mean"] in (0, 1)
    ]
    return (
        f"The mixed model of accuracy gives no odds ratio for some effects, which have no bound: "
        f"{listed(parts)}."
    )


def _rough_remark(table: pd.DataFrame) -> str:
    spreads = table.loc[table["note"] == AT_UPPER_BOUND, "term"]
    return (
        "The mixed model of accuracy is rough: people or units are almost always right or almost "
        f"always wrong, so that the {listed(spreads.tolist())} came to the largest that is "
        f"searched, {LARGEST_SD:g} in log odds."
    )


def _cell_words(cell: dict[Hashable, float], levels: dict[str, list[str]]) -> str:
    words = with_condition(levels[CONDITION][int(cell[CONDITION])])
    return f"{words} ({levels[SCHEME][int(cell[SCHEME])]})" if SCHEME in levels else words
