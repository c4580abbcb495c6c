"""The course of a session: its parts, conditions, reference schemes and rules of counterbalance."""

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from conditions.study.kinds.kind import NONE
from conditions.yaml.strict import Count, Different, Some, Strict, Text, later

# The name of one of the study's kinds of reference images, or none.
Condition = Text
Order = Literal["rotate", "latin_square", "all"]

_SCHEME = re.compile(r"(Min-)?Max-([1-9])")


def parse_scheme(scheme: str) -> tuple[tuple[str, ...], int]:
    """Poles that a reference scheme shows, and how many references of each.

    >>> parse_scheme("Min-Max-9")
    (('min', 'max'), 9)
    """
    match = _SCHEME.fullmatch(scheme)
    if match is None:
        raise ValueError(
            f"scheme {scheme!r} is not Max-N or Min-Max-N with N from 1 to 9, as in Min-Max-9"
        )
    return (("min", "max") if match[1] else ("max",)), int(match[2])


class Part(Strict):
    """A stretch of the session: practice for each of its conditions, then alternating blocks."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    conditions: list[Condition] = Field(min_length=1)
    rotate_every: Some | None = Field(
        None,
        description="The order of the conditions moves on after this many participants.",
    )
    order: Order = later(
        "rotate",
        "Which orders of the conditions there are: those that moving on by one gives (with "
        "`rotate_every`), those of a Latin square that is balanced for carry-over, or all.",
    )
    scheme: str = "Min-Max-9"
    bins: int | None = Field(
        None,
        ge=2,
        le=100,
        description="Images a pole and batch of the natural set that the part shows, where it is "
        "not the study's natural.bins; one more than the references makes the query the next in "
        "rank.",
    )
    practice: Count = Field(0, description="Practice trials for each condition.")
    blocks: Some = Field(1, description="Blocks of each condition.")
    main: Some = Field(description="Main trials in a block.")
    catch: Count = Field(0, description="Catch trials in a block.")

    @field_validator("scheme")
    @classmethod
    def _known_scheme(cls, scheme: str) -> str:
        parse_scheme(scheme)
        return scheme

    @model_validator(mode="after")
    def _fits_together(self) -> "Part":
        if self.catch and NONE in self.conditions:
            raise ValueError(
                f"part {self.name!r} has catch trials, but its condition {NONE} shows no "
                "references to copy"
            )
        if len(set(self.conditions)) < len(self.conditions):
            raise ValueError(f"part {self.name!r} names a condition twice")
        return self


class BatchRule(Strict):
    """Which batch of natural images a participant sees in a condition.

    Batch = offset + step × ((p − 1) div every) + 1 for participant p, wrapped into
    1 … batches − 1; batch 0 is kept for practice and catch trials.
    """

    step: Some = 1
    every: Some = 1
    offset: dict[Condition, Count] = Field({}, description="0 for conditions that are not named.")


class PracticeRule(Strict):
    """Where the units of practice trials come from.

    ``lists``: the practice units are cut into lists in their order, one for each condition of
    each part that has practice; each participant gets them assigned at random. ``random``: drawn
    anew for every practice block, from all practice units or from the condition's block of units.
    """

    draw: Literal["lists", "random"] = "lists"
    blocks: dict[Condition, str] = Field({}, description="Block of practice units by condition.")

    @model_validator(mode="after")
    def _blocks_are_drawn_from(self) -> "PracticeRule":
        if self.blocks and self.draw == "lists":
            raise ValueError("blocks of practice units are for draw: random")
        return self


class Repeats(Strict):
    """Main trials that are shown again at the end: those of least and of most confidence.

    One block a condition, in shuffled order; trials shuffled, ties broken at random, the place of
    the queries tossed anew.
    """

    least: Count = 3
    most: Count = 3
    conditions: Different[Condition] = Field(
        [], description="Conditions whose trials are repeated; all of them by default."
    )

    @model_validator(mode="after")
    def _some(self) -> "Repeats":
        if self.least + self.most == 0:
            raise ValueError("least and most are both 0: nothing would be repeated")
        return self
