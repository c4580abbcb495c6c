"""Power in sentences, for a preregistration."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS
from analysis.statistics.models.simulated_studies import Plan
from analysis.statistics.models.variance_components import Components, spread_words
from analysis.statistics.ranking.needed import WANTED_POWER
from analysis.wording import counted, percent

FEW_PARTICIPANTS = 5
N = "n_participants"
Row = Mapping[Hashable, Any]
WHOM = {BOTH: "other participants and other units", PARTICIPANTS: "other participants, these units"}


def power_sentences(
    table: pd.DataFrame,
    plan: Plan,
    conditions: tuple[str, str],
    n_trials: int,
    over: str,
    participants: int | None = None,
) -> list[str]:
    """What a study finds, and what a reader has to know about it.

    Parameters
    ----------
    table : DataFrame
        Columns of :data:`analysis.planning.power.table.POWER_TABLE`.
    plan : Plan
        That was simulated.
    conditions : tuple of str
        First and second.
    n_trials : int
        Main trials a condition.
    over : str
        Which test decides: that over ``participants and units``, or over ``participants``.
    participants : int, optional
        How many there will be; by default the fewest with a power of 90 % by that test.
    """
    rows = table[table["n_trials"] == n_trials].sort_values("n_participants")
    deciding = rows[rows["over"] == over]
    enough = deciding.loc[deciding["power"] >= WANTED_POWER, N].tolist()
    if participants is None:
        participants = int(enough[0] if enough else deciding[N].max())
    chosen = {row["over"]: row for row in rows.to_dict("records") if row[N] == participants}
    first, second = plan.accuracy
    difference = abs(100 * (first - second))
    found = " and ".join(_power(chosen[one], one) for one in WHOM)
    simulations = int(chosen[over]["simulations"])
    sentences = [
        f"With {counted(participants, 'participant')} and {counted(n_trials, 'main trial')} in "
        f"each condition on {counted(plan.n_units, 'unit')}, two-sided t tests (alpha = .05) find "
        f"a difference of {difference:.1f} percentage points between {conditions[0]} "
        f"({percent(first)} %) and {conditions[1]} ({percent(second)} %) with a power of {found}, "
        f"in {simulations} simulated studies each."
    ]
    if not enough and difference > 0 and len(deciding) > 1:
        sentences.append(
            f"No simulated number of participants reaches a power of {percent(WANTED_POWER, 0)} % "
            f"for {WHOM[over]}."
        )
    equivalent = chosen[over]["equivalent"]
    if not pd.isna(equivalent):
        sentences.append(
            f"Where there is no difference, {percent(equivalent)} % of the studies show that it is "
            f"smaller than the smallest that matters ({WHOM[over]})."
        )
    sentences += [_spread(plan.components), _false_alarms(chosen)]
    if plan.components.n_participants < FEW_PARTICIPANTS:
        sentences.append(
            f"{counted(plan.components.n_participants, 'participant')} say little about how people "
            "differ: take the components of a pilot with five or more, or the published ones."
        )
    return sentences


def _power(row: Row, over: str) -> str:
    return (
        f"{percent(row['power'])} % for {WHOM[over]} (95 % interval {percent(row['power_low'])} to "
        f"{percent(row['power_high'])} %; the interval of the difference is expected to be ± "
        f"{100 * row['half_width']:.1f} points)"
    )


def _spread(c: Components) -> str:
    return (
        "Standard deviations in log odds: participants "
        f"{spread_words(c.participant)}, participants by condition "
        f"{spread_words(c.participant_by_condition)}, units {spread_words(c.unit)}, units by "
        f"condition {spread_words(c.unit_by_condition)}, estimated from {c.source} "
        f"({counted(c.n_participants, 'participant')}, {counted(c.n_trials, 'trial')}). How other "
        "people and units differ is known no better than from so many."
    )


def _false_alarms(chosen: Mapping[Any, Row]) -> str:
    shares = " and ".join(
        f"{percent(chosen[one]['false_alarms'])} % of the simulated studies (about {whom})"
        for one, whom in WHOM.items()
    )
    return f"Where both conditions are equally accurate, a difference is found by {shares}."
