"""The draws behind the repeats of a participant, for every number of answers there can be.

Which trials are repeated depends on the answers, but what is drawn depends on their number alone:
with a table of the draws a page chooses what :func:`conditions.trials.repeats.choose_repeats`
chooses, without random numbers of its own.
"""

from typing import Any

import numpy as np
import pandas as pd

from conditions.seeds import named_rng
from conditions.study.parts import Repeats
from conditions.study.study import Study


def repeat_draws(study: Study, participant: int, trials: pd.DataFrame) -> dict[str, Any] | None:
    """The table of draws.

    Parameters
    ----------
    study, participant, trials
        See :func:`conditions.trials.repeats.choose_repeats`.

    Returns
    -------
    dict or None
        None without repeats. ``order``: the conditions in the order of their blocks;
        ``first_block`` and ``first_trial``: numbers to count from; ``least`` and ``most``;
        ``draws``: by condition a list, whose entry n is for n main trials with a confidence:
        ``shuffle`` (their order, in which ties are broken), ``order`` (of the chosen) and
        ``swap`` (whether the queries change places).
    """
    if study.repeats is None:
        return None
    session = trials[trials["phase"] != "intuitiveness"]
    can = session[(session["phase"] == "main") & ~session["catch"].astype(bool)]
    conditions = study.repeated_conditions
    order = _rng(study, participant, "order").permutation(len(conditions))
    counts = {name: int((can["condition"] == name).sum()) for name in conditions}
    return {
        "order": [conditions[i] for i in order],
        "first_block": int(session["block"].max()) + 1,
        "first_trial": int(session["trial"].max()) + 1,
        "least": study.repeats.least,
        "most": study.repeats.most,
        "draws": {
            name: [
                _drawn(study.repeats, _rng(study, participant, name), n) for n in range(count + 1)
            ]
            for name, count in counts.items()
        },
    }


def _drawn(repeats: Repeats, rng: np.random.Generator, n: int) -> dict[str, list]:
    shuffle = rng.permutation(n).tolist()
    least = min(repeats.least, n)
    chosen = least + min(repeats.most, n - least)
    order = rng.permutation(chosen).tolist()
    return {"shuffle": shuffle, "order": order, "swap": (rng.random(chosen) < 0.5).tolist()}


def _rng(study: Study, participant: int, what: str) -> np.random.Generator:
    return named_rng(study.seed, f"participant-{participant:03d}/repeats/{what}")
