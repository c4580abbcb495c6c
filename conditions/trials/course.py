"""The blocks of a participant in the order in which they are met, and the session of each."""

from dataclasses import dataclass

import pandas as pd

from conditions.study.parts import Condition, Part
from conditions.study.sessions import SessionContent
from conditions.study.study import Study
from conditions.trials.counterbalance import condition_order, part_order, unit_block_of


@dataclass(frozen=True)
class PlannedBlock:
    """A block of one condition; its number is its place among all of the participant, from 0.

    Attributes
    ----------
    part : Part
    condition : str
    turn : int or None
        How many blocks of the condition in the part come before, or None: practice.
    session : int
        From 1.
    """

    part: Part
    condition: Condition
    turn: int | None
    session: int = 1


def n_sessions(study: Study) -> int:
    """How many sessions a participant comes for."""
    return max(1, len(study.sessions))


def session_order(study: Study, participant: int) -> list[SessionContent]:
    """What a participant's sessions hold, in order; empty where the study has one session."""
    if not study.session_orders:
        return list(study.sessions)
    order = study.session_orders[(participant - 1) % len(study.session_orders)]
    return [study.sessions[place - 1] for place in order]


def planned_blocks(study: Study, participant: int) -> list[PlannedBlock]:
    """The practice and main blocks of a participant, in the order in which they are met."""
    sessions = session_order(study, participant)
    if not sessions:
        return _blocks(study, participant, 1, None)
    return [
        block
        for number, content in enumerate(sessions, start=1)
        for block in _blocks(study, participant, number, content)
    ]


def sessions_of(study: Study, participant: int, trials: pd.DataFrame) -> list[int]:
    """The session of each trial.

    Parameters
    ----------
    study : Study
        The design.
    participant : int
        Whose trials they are.
    trials : DataFrame
        Rows of the condition file in its order, repeats at their end or not: ``phase`` and
        ``block``.

    Returns
    -------
    list of int
        From 1. Ratings before all other trials are in the first session; repeats and ratings after
        them in the last.
    """
    last = n_sessions(study)
    if last == 1:
        return [1] * len(trials)
    of_block = {i: block.session for i, block in enumerate(planned_blocks(study, participant))}
    sessions, begun = [], False
    for phase, block in zip(trials["phase"], trials["block"], strict=True):
        if phase == "intuitiveness":
            sessions.append(last if begun else 1)
        else:
            begun = True
            sessions.append(of_block.get(int(block), last))
    return sessions


def _blocks(
    study: Study, participant: int, session: int, content: SessionContent | None
) -> list[PlannedBlock]:
    blocks = []
    for part in part_order(study, participant):
        units = unit_block_of(study, part, participant)
        met = [
            condition
            for condition in condition_order(part, participant)
            if content is None or content.holds(part.name, condition, units)
        ]
        turns = [*([None] if part.practice else []), *range(part.blocks)]
        blocks += [
            PlannedBlock(part, condition, turn, session) for turn in turns for condition in met
        ]
    return blocks
