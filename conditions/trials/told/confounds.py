"""What of a design tells something else of it: batches the condition, units the place of a scheme.

Where one thing tells another, the effects of the two cannot be told apart, however many trials
there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from conditions.study.kinds.kind import NONE

# So improbable is what is called a confound if things were put together by chance.
CHANCE = 1e-3
# Facts of units: a sample of them is one of units. Sides are one of trials, all else is one of
# participants.
_OF_UNITS = {"unit", "layer", "branch", "pick"}
# Things with few levels that have names: single ones may tell something.
_SINGLE = {"condition", "scheme", "session", "place", "layer", "branch", "pick", "side"}


@dataclass(frozen=True)
class Pair:
    """Whether one thing tells another, over all trials or within each of a third thing.

    ``field`` of the study file decides it.
    """

    what: str
    tells: str
    field: str
    within: str = ""


PAIRS = (
    Pair("batch", "condition", "batches"),
    Pair("batch", "scheme", "batches"),
    Pair("batch", "order", "batches"),
    Pair("batch", "part order", "batches"),
    Pair("session", "condition", "session_orders"),
    Pair("session", "scheme", "session_orders"),
    Pair("place", "condition", "parts"),
    Pair("place", "scheme", "part_orders"),
    Pair("condition", "scheme", "parts"),
    Pair("unit", "condition", "unit_blocks"),
    Pair("unit", "scheme", "unit_blocks"),
    Pair("unit", "order", "unit_blocks"),
    Pair("layer", "condition", "units"),
    Pair("layer", "scheme", "units"),
    Pair("branch", "condition", "units"),
    Pair("branch", "scheme", "units"),
    Pair("pick", "condition", "units"),
    Pair("pick", "scheme", "units"),
    Pair("pick", "layer", "units"),
    Pair("pick", "branch", "units"),
    Pair("order", "part order", "part_orders"),
    Pair("part order", "order", "part_orders"),
    Pair("condition", "side", "sides"),
    Pair("scheme", "side", "sides"),
    Pair("batch", "side", "sides"),
    Pair("unit", "side", "sides"),
    Pair("place", "side", "sides"),
    Pair("batch", "condition", "batches", within="scheme"),
    Pair("unit", "condition", "unit_blocks", within="scheme"),
    Pair("unit", "order", "unit_blocks", within="scheme"),
    Pair("unit", "scheme place", "part_orders and unit_blocks", within="scheme"),
    Pair("place", "condition", "parts", within="scheme"),
    Pair("batch", "scheme", "batches", within="condition"),
    Pair("unit", "scheme", "unit_blocks", within="condition"),
)


@dataclass(frozen=True)
class Association:
    """How one thing goes with another.

    Attributes
    ----------
    pair : Pair
        Which things.
    levels : int
        Levels of what tells, within each level of a third those that occur there.
    single : int
        How many of them occur with one level only of what is told.
    v : float
        Cramér's V of the two, 0 to 1, corrected for the bias of small samples (Bergsma 2013,
        Journal of the Korean Statistical Society 42, 323-328); within levels of a third, the mean.
    told : bool
        All levels are single, and not by chance.
    values : dict
        Levels by what they tell: all of them where ``told``, otherwise those single ones that are
        not so by chance. Empty where there is a third.
    """

    pair: Pair
    levels: int
    single: int
    v: float
    told: bool
    values: dict[object, list]


def factors(trials: pd.DataFrame) -> pd.DataFrame:
    """Main trials, catch trials left out, with what they can differ in.

    Parameters
    ----------
    trials : DataFrame
        Trials of condition files, or of sessions, with ``participant``: ``phase``, ``catch``,
        ``block``, ``condition``, ``scheme``, ``batch``, ``unit``, ``layer``, ``branch``, ``pick``
        and ``correct_response``; what is not known is empty. ``session`` may be there.

    Returns
    -------
    DataFrame
        ``participant``; ``condition``, ``scheme`` (empty without references), ``batch``, ``unit``,
        ``layer``, ``branch``, ``pick``, ``session`` (of the participant, from 1), ``side`` (upper
        or lower, the correct query), ``place``
        (of the block among the main blocks of the session, from 1), ``scheme place`` (of the
        scheme among those of the session, from 1), ``order`` (of the conditions with references)
        and ``part order`` (of the schemes), as the participant meets them.
    """
    main = trials[(trials["phase"] == "main") & ~trials["catch"].astype(bool)].copy()
    if "session" not in main:
        main["session"] = 1
    main["side"] = main["correct_response"]
    main["place"] = main.groupby("participant")["block"].rank(method="dense").astype(int)
    shown = main[main["condition"] != NONE]
    for name, of in (("order", "condition"), ("part order", "scheme")):
        met = shown.groupby("participant")[of].unique().map(", ".join)
        main[name] = main["participant"].map(met)
    begun = shown.groupby(["participant", "scheme"])["block"].min()
    places = begun.groupby("participant").rank().astype(int).rename("scheme place")
    return main.join(places, on=["participant", "scheme"]).reset_index(drop=True)


def associations(trials: pd.DataFrame) -> list[Association]:
    """Each pair of :data:`PAIRS` whose two things both vary, in trials of :func:`factors`.

    What is told over all trials is not asked again within a third thing.
    """
    found: list[Association] = []
    for pair in PAIRS:
        told = {(one.pair.what, one.pair.tells) for one in found if one.told}
        if (pair.what, pair.tells) not in told:
            found += _associated(trials, pair)
    return found


def confounds_table(found: list[Association]) -> pd.DataFrame:
    """One row an association, the strongest first.

    Returns
    -------
    DataFrame
        ``what``, ``tells``, ``within``, ``levels``, ``of one only``, ``Cramer's V``, as
        :class:`Association` says, and ``study file``, the field that decides.
    """
    rows = [
        {
            "what": one.pair.what,
            "tells": one.pair.tells,
            "within": f"each {one.pair.within}" if one.pair.within else "all trials",
            "levels": one.levels,
            "of one only": one.single,
            "Cramer's V": round(one.v, 2),
            "study file": one.pair.field,
        }
        for one in sorted(found, key=lambda one: (not one.told, -one.v))
    ]
    return pd.DataFrame(rows)


def _associated(trials: pd.DataFrame, pair: Pair) -> Iterator[Association]:
    sample = "unit" if {pair.what, pair.tells} <= _OF_UNITS else "participant"
    names = [name for name in (pair.within, pair.what, pair.tells) if name]
    known = trials.dropna(subset=names)
    if pair.within and known[pair.within].nunique() == 1 and len(known) == len(trials):
        return
    rows = known[list(dict.fromkeys([*names, sample]))]
    if pair.tells != "side":
        rows = rows.drop_duplicates()
    strata = [of for _, of in rows.groupby(pair.within)] if pair.within else [rows]
    strata = [of for of in strata if min(of[pair.what].nunique(), of[pair.tells].nunique()) > 1]
    if not strata:
        return
    tables = [_counts(of[pair.what], of[pair.tells]) for of in strata]
    # How probable it is that all that a level occurs with is the same, by chance.
    chances = [
        (table.sum() / table.to_numpy().sum()).pow(n).sum()
        for table in tables
        for n in table.sum(axis=1)
    ]
    single = [bool(n) for table in tables for n in (table > 0).sum(axis=1) == 1]
    told = all(single) and bool(np.log(chances).sum() < np.log(CHANCE))
    certain = [
        told or (one and chance * len(chances) < CHANCE)
        for one, chance in zip(single, chances, strict=True)
    ]
    values: dict[object, list] = {}
    if not pair.within and (told or pair.what in _SINGLE):
        for (level, counts), sure in zip(tables[0].iterrows(), certain, strict=True):
            if sure:
                values.setdefault(counts.idxmax(), []).append(level)
    v = float(np.mean([_cramers_v(table.to_numpy()) for table in tables]))
    yield Association(pair, len(single), sum(single), v, told, values)


def _counts(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    """How often levels of the one (rows) occur with levels of the other (columns)."""
    (rows, index), (columns, names) = (pd.factorize(of, sort=True) for of in (first, second))
    counts = np.zeros((len(index), len(names)), dtype=int)
    np.add.at(counts, (rows, columns), 1)
    return pd.DataFrame(counts, index=index, columns=names)


def _cramers_v(table: np.ndarray) -> float:
    n, (rows, columns) = table.sum(), table.shape
    expected = np.outer(table.sum(1), table.sum(0)) / n
    phi2 = float(((table - expected) ** 2 / expected).sum() / n)
    phi2 = max(0.0, phi2 - (rows - 1) * (columns - 1) / (n - 1))
    smaller = min(k - (k - 1) ** 2 / (n - 1) for k in (rows, columns))
    return float(min(1.0, np.sqrt(phi2 / (smaller - 1)))) if smaller > 1 else 0.0
