"""Whether recorded trials are those of the condition file, cell by cell."""

from typing import Any

import pandas as pd

from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.sessions import TRIALS

_DECIDED = [name for name in CONDITION_FILE.column_names if name in TRIALS.column_names]
_OTHER = {"upper": "lower", "lower": "upper"}


def differences(
    trials: pd.DataFrame, planned: pd.DataFrame
) -> list[tuple[int, str, object, object]]:
    """Cells of recorded trials that are not those of the condition file.

    Parameters
    ----------
    trials : DataFrame
        Columns of ``TRIALS``. A repeat is compared with the trial that it repeats; its queries
        may have changed places.
    planned : DataFrame
        Columns of ``CONDITION_FILE``.

    Returns
    -------
    list of tuple
        Trial, column, value found, value planned; by trial.
    """
    repeat = trials["phase"] == "repeat"
    rows = trials.assign(planned=trials["trial"].where(~repeat, trials["repeat_of"]))
    plan = planned.set_index("trial").reindex(rows["planned"].fillna(-1))
    plan.index = rows.index
    turned = repeat & (rows["upper"] == plan["lower"])
    for name, other in _OTHER.items():
        rows[name] = trials[name].mask(turned, trials[other])
    rows["correct_response"] = trials["correct_response"].mask(
        turned, trials["correct_response"].map(_OTHER)
    )
    found = []
    for name in _DECIDED:
        if name == "trial":
            continue
        a, b = rows[name].astype("object"), plan[name].astype("object")
        same = (a == b) | (a.isna() & b.isna())
        if name in ("phase", "block"):
            same |= repeat
        found += [(rows["trial"][i], name, _cell(a[i]), _cell(b[i])) for i in rows.index[~same]]
    return sorted(found, key=lambda difference: difference[0])


def _cell(value: Any) -> str:
    return "empty" if pd.isna(value) else str(value)
