"""Marks of units that a researcher should look at before anybody is tested."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from stimgen.dead_units import is_constant, is_dead
from stimgen.preview.facts import Facts
from stimgen.preview.in_words import count, number
from stimgen.preview.sheets import POLE_WORDS, Series

MEANINGS = {
    "dead": "its activation is the same for all images of the pool: there is nothing to predict",
    "loses": "a visualisation is less extreme than the most extreme photograph",
    "hopeless": "no machine observer but the ceiling solves its trials",
    "easy": "all machine observers solve its trials, the floor too",
    "contradictory": "the references' own activations point to the wrong query",
    "missing": "images that the table lists are not there",
    "no images": "the table of stimuli has no images of it",
}


@dataclass(frozen=True)
class Mark:
    """A word, and what it says of this unit in a sentence."""

    word: str
    sentence: str


def marks_of(unit: str, facts: Facts, series: list[Series]) -> list[Mark]:
    """All marks of a unit, in the order of :data:`MEANINGS`."""
    marks = [
        *_dead(facts.pool.get(unit)),
        *_loses(facts.compared.get(unit, [])),
        *_flags(facts.difficulty.get(unit, [])),
        *_missing(series),
    ]
    order = list(MEANINGS)
    return sorted(marks, key=lambda mark: order.index(mark.word))


def _dead(pool: dict | None) -> list[Mark]:
    if pool is None or not is_dead(pool):
        return []
    words = f"The activation is {number(pool['median'])} for all images of the pool"
    if not is_constant(pool["min"], pool["max"]):
        words = "The activation is the same for all images of the pool's sample"
    return [Mark("dead", f"{words}: there is nothing to predict.")]


def _loses(compared: list[Any]) -> list[Mark]:
    return [
        Mark(
            "loses",
            f"{row.name}: the weakest {POLE_WORDS[row.pole]} image ({number(row.weakest)}) is less "
            f"extreme than the most extreme photograph ({number(row.natural_most)}).",
        )
        for row in compared
        if not pd.isna(row.beats_natural) and not row.beats_natural
    ]


def _flags(difficulty: list[dict]) -> list[Mark]:
    found: dict[str, list[str]] = {}
    for row in difficulty:
        if row["flag"]:
            conditions = found.setdefault(row["flag"], [])
            if row["condition"] not in conditions:
                conditions.append(row["condition"])
    return [
        Mark(flag, f"With {' and '.join(conditions)} references: {MEANINGS[flag]}.")
        for flag, conditions in found.items()
    ]


def _missing(series: list[Series]) -> list[Mark]:
    pictures = [picture for one in series for picture in one.pictures]
    if not pictures:
        return [Mark("no images", "The table of stimuli has no images of this unit.")]
    gone = sum(not picture.is_there for picture in pictures)
    if not gone:
        return []
    are = "is" if gone == 1 else "are"
    words = f"Of {count(len(pictures), 'image')} in the table {gone:,} {are} not there."
    return [Mark("missing", words)]
