"""Colours and marks: told apart by every reader, on white paper and in grey print."""

from collections.abc import Iterable
from dataclasses import dataclass

from conditions.study.kinds.kind import NONE


@dataclass(frozen=True)
class Look:
    """Colour and mark of a series."""

    colour: str
    marker: str


# By place in the study. Four are of the palette of Okabe and Ito (2008); its yellow, orange and sky
# blue are too pale for white paper, and others stand for them. Each has a contrast of 3 : 1 with
# white at least, also as grey. Marks tell apart what grey print does not.
KINDS = (
    Look("#009E73", "o"),
    Look("#D55E00", "s"),
    Look("#CC79A7", "^"),
    Look("#7B3FE4", "v"),
    Look("#0072B2", ">"),
    Look("#1A1A8C", "X"),
    Look("#000000", "<"),
    Look("#8B5A2B", "h"),
)
WITHOUT = Look("#5A5A5A", "D")
BEGINNING, END = Look("#CC79A7", "v"), Look("#0072B2", "^")
# Machine observers, beside the colours of kinds; greys are open marks.
MACHINES = (
    Look("#555555", "s"),
    Look("#808080", "D"),
    Look("#333333", "^"),
    Look("#6A6A6A", "v"),
    Look("#8A8A8A", "P"),
    Look("#444444", "X"),
)
OBSERVERS = (
    Look("#0072B2", "o"),
    Look("#B35900", "^"),
    Look("#CC79A7", "v"),
    Look("#7B3FE4", "P"),
    Look("#882255", "X"),
    Look("#117733", "h"),
)
FLOORS = (Look("#7A7A7A", "s"), Look("#8A8A8A", "D"), Look("#555555", "d"))


def looks(kinds: Iterable[str], conditions: Iterable[str] = ()) -> dict[str, Look]:
    """Colours and marks of conditions by the place of their kind in the study.

    Parameters
    ----------
    kinds : iterable of str
        The study's kinds in its order, eight at most.
    conditions : iterable of str
        Conditions that are shown; those that the study does not have come after its kinds.
    """
    order = [name for name in dict.fromkeys([*kinds, *conditions]) if name != NONE]
    return {name: KINDS[i % len(KINDS)] for i, name in enumerate(order)} | {NONE: WITHOUT}
