"""The course of a session: stages of trials, from the condition file."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import pandas as pd

# A row of a condition file by column; empty cells are None.
Trial = dict[str, Any]
Moment = Literal["beginning", "end"]

RATED = "intuitiveness"


@dataclass(frozen=True)
class Ratings:
    """Intuitiveness trials that are rated one after the other."""

    moment: Moment
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Block:
    """Trials of one condition, with a card before and a result after them.

    ``number`` counts main and repeated blocks from 1; it is None for practice.
    """

    trials: tuple[Trial, ...]
    number: int | None


def ratings_of(trials: list[Trial], moment: Moment) -> Ratings:
    """The intuitiveness trials before (``beginning``) or after (``end``) all others."""
    first = next((i for i, t in enumerate(trials) if t["phase"] != RATED), len(trials))
    shown = trials[:first] if moment == "beginning" else trials[first:]
    return Ratings(moment, tuple(trial for trial in shown if trial["phase"] == RATED))


def blocks_of(trials: list[Trial], first: int = 1) -> list[Block]:
    """Trials other than intuitiveness trials, by block; ``first`` numbers the first main block."""
    blocks = []
    asked = [trial for trial in trials if trial["phase"] != RATED]
    for _, rows in groupby(asked, lambda trial: trial["block"]):
        shown = tuple(rows)
        is_practice = shown[0]["phase"] == "practice"
        blocks.append(Block(shown, None if is_practice else first))
        first += not is_practice
    return blocks


def as_rows(frame: pd.DataFrame) -> list[Trial]:
    """Rows of a table, empty cells as None."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records", into=dict)
