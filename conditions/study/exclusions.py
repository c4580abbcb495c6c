"""Which data a study leaves out, declared in its study file before the data is there."""

from typing import Annotated

from pydantic import Field, model_validator

from conditions.yaml.strict import Share, Strict, later

# Milliseconds given as seconds, and seconds given as minutes, are outside of these.
Fast = Annotated[float, Field(gt=0, le=10)]
Slow = Annotated[float, Field(gt=0, le=3600)]
Minutes = Annotated[float, Field(gt=0, le=24 * 60)]


class Exclusions(Strict):
    """Rules by which participants or trials are left out; a rule that is not given does not apply.

    All but ``min_rt_s`` and ``max_rt_s`` leave out whole participants.
    """

    min_catch_accuracy: Share | None = Field(
        None, description="Smallest proportion of correct catch trials."
    )
    min_rt_s: Fast | None = Field(
        None, description="Trials that were answered faster than this are left out (seconds)."
    )
    max_rt_s: Slow | None = later(
        None, description="Trials that were answered slower than this are left out (seconds)."
    )
    max_same_answer_row: Annotated[float, Field(ge=0.5, le=1)] | None = Field(
        None,
        description="Row variability: largest proportion of main trials in which the query of the "
        "same row, upper or lower, was chosen.",
    )
    min_total_minutes: Minutes | None = Field(
        None, description="Shortest time from the first to the last answer."
    )
    max_total_minutes: Minutes | None = Field(
        None, description="Longest time from the first to the last answer."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "Exclusions":
        for least, most in (("min_rt_s", "max_rt_s"), ("min_total_minutes", "max_total_minutes")):
            low, high = getattr(self, least), getattr(self, most)
            if low is not None and high is not None and low >= high:
                raise ValueError(f"{least} {low:g} is not below {most} {high:g}")
        return self

    @property
    def declared(self) -> dict[str, float]:
        """The rules that apply, with their limits."""
        return self.model_dump(exclude_none=True)
