"""The mixed model by MCMC with bambi, for who wants the whole posterior; bambi is optional."""

from types import ModuleType
from typing import TYPE_CHECKING

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.statistics.models.mixed_model import (
    FIXED_PRIOR_SD,
    MCMC,
    model_data,
    plain_term,
)
from conditions.errors import StudyError

if TYPE_CHECKING:
    import xarray as xr

BAMBI = "bambi==0.16.0"
DRAWS, CHAINS = 1000, 4
INTERVAL = (0.025, 0.975)


def sampled_table(dataset: Dataset) -> pd.DataFrame:
    """The mixed model of an experiment, sampled.

    Returns
    -------
    DataFrame
        Columns of ``MIXED_TABLE``; ``log_odds`` is the posterior mean, ``se`` the posterior
        standard deviation, the interval holds 95 % of the posterior; no p values.

    Raises
    ------
    StudyError
        Where bambi is not installed.
    """
    bambi = _import_bambi()
    specified = model_data(dataset)
    if specified is None:
        return pd.DataFrame()
    data, formula = specified
    # Of unordered levels bambi takes the alphabetically first as the reference.
    for column in data.select_dtypes("category"):
        data[column] = data[column].cat.as_ordered()
    model = bambi.Model(
        f"{formula} + (1|participant) + (1|unit)",
        data,
        family="bernoulli",
        priors={"common": bambi.Prior("Normal", mu=0, sigma=FIXED_PRIOR_SD)},
    )
    fitted = model.fit(
        draws=DRAWS, chains=CHAINS, cores=1, random_seed=dataset.seed, progressbar=False
    )
    posterior = fitted.posterior.stack(sample=("chain", "draw"))
    rows = []
    for name, values in posterior.data_vars.items():
        if name.endswith(("|participant", "|unit")):
            continue
        for term, draws in _terms(name, values):
            low, high = draws.quantile(INTERVAL)
            rows.append((term, draws.mean(), draws.std(), low, high))
    frame = pd.DataFrame(rows, columns=["term", "log_odds", "se", "ci_low", "ci_high"])
    return frame.assign(experiment=dataset.experiment, method=MCMC)


def _terms(name: str, values: "xr.DataArray") -> list[tuple[str, pd.Series]]:
    """The draws of one variable, one series a level."""
    if name.endswith("_sigma"):
        return [(f"SD of {name.split('|')[1].removesuffix('_sigma')}s", values.to_series())]
    table = values.to_pandas()
    if isinstance(table, pd.Series):
        return [(plain_term(name), table)]
    assert isinstance(table, pd.DataFrame)  # levels × draws
    columns = [column.strip() for column in name.split(":")]
    terms = []
    for level, draws in table.iterrows():
        levels = [part.strip() for part in str(level).split(",")]
        parts = [
            f"{column.split('(')[-1].split(',')[0]} {part}"
            for column, part in zip(columns, levels, strict=True)
        ]
        terms.append((" : ".join(parts), draws))
    return terms


def _import_bambi() -> ModuleType:
    try:
        import bambi
    except (ImportError, AttributeError) as error:
        # An AttributeError comes from within, where its plotting does not fit matplotlib.
        raise StudyError(
            f"--sampled needs bambi, which cannot be imported ({error}); pip install {BAMBI}"
        ) from error
    return bambi
