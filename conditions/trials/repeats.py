"""The trials that are shown again at the end: the only ones that depend on the answers."""

import numpy as np
import pandas as pd

from conditions.seeds import named_rng
from conditions.study.parts import Repeats
from conditions.study.study import Study
from conditions.tables.condition_file import CONDITION_FILE
from conditions.trials.sides import swapped


def choose_repeats(
    study: Study, participant: int, trials: pd.DataFrame, confidence: dict[int, int]
) -> pd.DataFrame:
    """The repeated trials of a session, in the order in which they are to be shown.

    For each condition (in shuffled order, a block each) the main trials of least and of most
    confidence, ties broken at random, shuffled; which query is on top is tossed anew. All chance
    comes from the study's seed and the participant's number: the same answers give the same
    trials, also after a restart.

    Parameters
    ----------
    study : Study
        Its ``repeats`` give the numbers; without them the result is empty.
    participant : int
        Number of the participant.
    trials : DataFrame
        The participant's condition file.
    confidence : dict
        Confidence, 1 to 3, by number of trial. Main trials that are not in it (the deadline
        passed) are not repeated; catch and practice trials never are.

    Returns
    -------
    DataFrame
        Columns of :data:`conditions.tables.condition_file.CONDITION_FILE` and ``repeat_of``, the
        number of the first showing. Trials and blocks go on counting where the condition file's
        end.
    """
    columns = [*CONDITION_FILE.column_names, "repeat_of"]
    if study.repeats is None:
        return pd.DataFrame(columns=columns)
    session = trials[trials["phase"] != "intuitiveness"]
    can = session[(session["phase"] == "main") & ~session["catch"].astype(bool)]
    can = can[can["trial"].isin(list(confidence))]
    rng = _rng(study, participant, "order")
    rows = []
    block = int(session["block"].max()) + 1
    for i in rng.permutation(len(study.repeated_conditions)):
        condition = study.repeated_conditions[i]
        of_condition = can[can["condition"] == condition].sort_values("trial")
        of_its_own = _rng(study, participant, condition)
        chosen = _chosen(study.repeats, of_condition, confidence, of_its_own)
        rows += [row | {"block": block} for row in chosen]
        block += 1
    first = int(session["trial"].max()) + 1
    numbered = [row | {"trial": first + i} for i, row in enumerate(rows)]
    return pd.DataFrame(numbered, columns=columns)


def _chosen(
    repeats: Repeats,
    trials: pd.DataFrame,
    confidence: dict[int, int],
    rng: np.random.Generator,
) -> list[dict]:
    plain = trials.astype(object).where(trials.notna(), None).to_dict("records")
    # A stable sort of shuffled trials breaks ties at random.
    shuffled = [plain[i] for i in rng.permutation(len(plain))]
    ranked = sorted(shuffled, key=lambda row: confidence[row["trial"]])
    least, rest = ranked[: repeats.least], ranked[repeats.least :]
    most = rest[max(0, len(rest) - repeats.most) :]
    chosen = least + most
    return [_again(chosen[i], rng) for i in rng.permutation(len(chosen))]


def _again(row: dict, rng: np.random.Generator) -> dict:
    again = row | {"phase": "repeat", "repeat_of": row["trial"]}
    return swapped(again) if rng.random() < 0.5 else again


def _rng(study: Study, participant: int, what: str) -> np.random.Generator:
    return named_rng(study.seed, f"participant-{participant:03d}/repeats/{what}")
