"""What a session holds of the study's blocks, and how long participants stay away between two."""

from typing import Annotated

from pydantic import Field, model_validator

from conditions.study.parts import Condition
from conditions.yaml.strict import Different, Strict, Text

# A year, which is more than any study waits.
Hours = Annotated[float, Field(ge=0, le=8784)]


class SessionContent(Strict):
    """One session: the blocks to which all fields apply that are given.

    Practice and catch trials go with the condition of the part that they belong to.
    """

    parts: Different[Text] = Field([], description="Blocks of these parts; by default of all.")
    conditions: Different[Condition] = Field(
        [], description="Blocks of these conditions; by default of all."
    )
    units: Different[Text] = Field(
        [],
        description="Parts in which the participant meets one of these blocks of units (of "
        "unit_blocks); by default all.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> "SessionContent":
        if not (self.parts or self.conditions or self.units):
            raise ValueError("found nothing, wanted parts, conditions or units")
        return self

    def holds(self, part: str, condition: str, units: str | None) -> bool:
        """Whether the blocks of a condition in a part, with a block of units, are in it."""
        return (
            (not self.parts or part in self.parts)
            and (not self.conditions or condition in self.conditions)
            and (not self.units or units in self.units)
        )

    @property
    def words(self) -> str:
        """What it holds, as in ``part before; conditions natural, none``."""
        named = (("part", self.parts), ("condition", self.conditions), ("units", self.units))
        return "; ".join(
            f"{what}{'s' if len(names) > 1 and what != 'units' else ''} {', '.join(names)}"
            for what, names in named
            if names
        )


class BetweenSessions(Strict):
    """How long after the end of one session the next may begin."""

    least_hours: Hours | None = None
    most_hours: Hours | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> "BetweenSessions":
        least, most = self.least_hours, self.most_hours
        if least is not None and most is not None and least > most:
            raise ValueError(f"least_hours {least:g} is more than most_hours {most:g}")
        return self

    @property
    def words(self) -> str:
        """The limits, as in ``at least 12 and at most 72 hours``; empty without any."""
        said = [
            f"at {what} {hours:g}"
            for what, hours in (("least", self.least_hours), ("most", self.most_hours))
            if hours is not None
        ]
        return f"{' and '.join(said)} hours" if said else ""
