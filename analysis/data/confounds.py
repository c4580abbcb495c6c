"""What the trials that were answered cannot tell apart, as a reader of the results has to know."""

import pandas as pd

from analysis.data.tidy_table import NO_SCHEME
from conditions.trials.told.confounds import associations, factors
from conditions.trials.told.confounds_in_words import confounded

_OTHER = {"upper": "lower", "lower": "upper"}


def confounds_of(trials: pd.DataFrame) -> list[str]:
    """A sentence for each thing that tells the condition, the scheme or an order, if there is any.

    Parameters
    ----------
    trials : DataFrame
        Columns of :data:`analysis.data.dataset.TIDY`.

    Returns
    -------
    list of str
        Of few participants none: it could be chance.
    """
    right = trials["response"].where(trials["correct"].eq(True), trials["response"].map(_OTHER))
    asked = trials.assign(
        correct_response=right.where(trials["correct"].notna(), None),
        scheme=trials["scheme"].where(trials["scheme"] != NO_SCHEME, None),
    )
    return confounded(associations(factors(asked)))
