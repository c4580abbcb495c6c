"""Which data a study leaves out, declared in its study file before the data is there."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator

Share = Annotated[float, Field(ge=0, le=1)]


class Exclusions(BaseModel):
    """Rules by which participants or trials are left out; a rule that is not given does not apply.

    All but ``min_rt_s`` leave out whole participants.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_catch_accuracy: Share | None = Field(
        None, description="Smallest proportion of correct catch trials."
    )
    min_rt_s: PositiveFloat | None = Field(
        None, description="Trials that were answered faster than this are left out (seconds)."
    )
    max_same_answer_row: Annotated[float, Field(ge=0.5, le=1)] | None = Field(
        None,
        description="Row variability: largest proportion of main trials in which the query of the "
        "same row, upper or lower, was chosen.",
    )
    min_total_minutes: PositiveFloat | None = Field(
        None, description="Shortest time from the first to the last answer."
    )
    max_total_minutes: PositiveFloat | None = Field(
        None, description="Longest time from the first to the last answer."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "Exclusions":
        if (
            self.min_total_minutes is not None
            and self.max_total_minutes is not None
            and self.min_total_minutes >= self.max_total_minutes
        ):
            raise ValueError(
                f"min_total_minutes {self.min_total_minutes:g} is not below max_total_minutes "
                f"{self.max_total_minutes:g}"
            )
        return self

    @property
    def declared(self) -> dict[str, float]:
        """The rules that apply, with their limits."""
        return self.model_dump(exclude_none=True)
