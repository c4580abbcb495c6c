"""Marks of units that a researcher should look at before anybody is tested."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stimgen.dead_units import is_constant, is_dead
from stimgen.preview.facts import Facts
from stimgen.preview.in_words import count, number
from stimgen.preview.sheets import POLE_WORDS, Series
from stimgen.synthetic.judged import poor

MEANINGS = {
    "dead": "its activation is the same for all images of the pool: there is nothing to predict",
    "loses": "a visualisation is less extreme than the most extreme photograph",
    "borders": "the images of a visualisation share something at their borders that photographs do "
    "not",
    "grainy": f"the images of a visualisation have more than {poor.MOST_FINE_DETAIL:g} times "
    "the fine detail of photographs",
    "alike": "the images of a visualisation differ from one another less than half as much as the "
    "unit's photographs",
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
        *(mark for row in facts.compared.get(unit, []) for mark in _of_set(row)),
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


def _of_set(row: Any) -> Iterator[Mark]:
    """Marks of a set of visualisations, from its row in the report."""
    images = f"{row.name}: the {POLE_WORDS[row.pole]} images"
    if poor.loses(row):
        yield Mark(
            "loses",
            f"{row.name}: the weakest {POLE_WORDS[row.pole]} image ({number(row.weakest)}) is less "
            f"extreme than the most extreme photograph ({number(row.natural_most)}).",
        )
    if poor.is_unlike_at_border(row):
        yield Mark(
            "borders",
            f"{images} share something at their borders (index {number(row.border_index, 2)}; 95 % "
            "of sets of photographs are below 1).",
        )
    if poor.is_grainy(row):
        yield Mark(
            "grainy",
            f"{images} have {number(row.high_frequencies, 2)} times the fine detail of the median "
            "photograph.",
        )
    if poor.is_alike(row):
        yield Mark(
            "alike",
            f"{images} have a similarity of {number(row.similarity, 2)}, the unit's most extreme "
            f"photographs one of {number(row.natural_similarity, 2)}.",
        )


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
