"""How trials are timed and answered, and what is asked of a participant."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from conditions.rig.key_names import CONFIRM_KEY, STOP_KEY, AnswerKeys
from conditions.yaml.strict import Seconds, Strict, later

Demographic = Literal["age", "gender", "handedness", "vision", "expertise"]
LEVELS = 3
# Whoever presses twice by mistake skips nothing, and nobody who knows the page waits for long.
READING = 1.0


class Timing(Strict):
    """Durations, in seconds; no ``deadline`` means no time limit."""

    fixation: Seconds = 0.5
    feedback_delay: Seconds = 0.5
    feedback: Seconds = Field(1.5, description="How long the answer is marked; off for none.")
    blank: Seconds = 0.1
    deadline: Annotated[float, Field(ge=0.1, le=600)] | None = None
    reading: Seconds = later(
        READING,
        "How long instructions and the cards before blocks stay at least: the key that goes on "
        "does nothing before, and its hint is not shown yet.",
    )

    @field_validator("feedback", mode="before")
    @classmethod
    def _off(cls, value: object) -> object:
        # YAML reads `on` and `off` as truth values.
        if value is True:
            raise ValueError("found on, wanted its length in seconds, or off")
        return 0.0 if value is False else value


class Keys(Strict):
    """Keys of the answers, by PsychoPy's names; each may be one name or a list of them.

    ``two_stage``: first the query (``upper``, ``lower``), then the ``confidence``, lowest first.
    ``combined``: one press says both; ``upper_confidence`` and ``lower_confidence`` are the keys
    of each query, lowest confidence first. Names are positions on a US keyboard, wherever a
    keyboard has them and whatever its caps say, or (``by: cap``) what is printed on the caps.
    A key of the number pad counts as its like among the others, unless it is named here itself.
    """

    mode: Literal["two_stage", "combined"] = "two_stage"
    upper: AnswerKeys = ("up",)
    lower: AnswerKeys = ("down",)
    confidence: list[AnswerKeys] = Field(
        [("1",), ("2",), ("3",)], min_length=LEVELS, max_length=LEVELS
    )
    upper_confidence: list[AnswerKeys] = Field(
        [("q",), ("w",), ("e",)], min_length=LEVELS, max_length=LEVELS
    )
    lower_confidence: list[AnswerKeys] = Field(
        [("a",), ("s",), ("d",)], min_length=LEVELS, max_length=LEVELS
    )
    go_on: AnswerKeys = ("space",)
    by: Literal["position", "cap"] = later(
        "position", "Whether names are positions on a US keyboard or what is printed on the caps."
    )

    @property
    def choices(self) -> list[tuple[str, ...]]:
        """The keys of each answer to a trial in the chosen mode, an answer after the other."""
        if self.mode == "two_stage":
            return [self.upper, self.lower, *self.confidence]
        return [*self.upper_confidence, *self.lower_confidence]

    @property
    def answers(self) -> list[str]:
        """All keys that answer a trial in the chosen mode."""
        return [name for names in self.choices for name in names]

    @model_validator(mode="after")
    def _distinct(self) -> "Keys":
        names = [*self.answers, *self.go_on, STOP_KEY, CONFIRM_KEY]
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice:
            raise ValueError(
                f"a key has two meanings: {', '.join(twice)}; wanted different ones for all "
                f"answers and for going on, and neither {STOP_KEY}, which asks whether to stop, "
                f"nor {CONFIRM_KEY}, which then stops"
            )
        return self


class Calibration(Strict):
    """What a session asks of the calibration of its screen."""

    max_age_days: Annotated[int, Field(ge=1, le=3650)] | None = Field(
        None, description="A session does not start with an older calibration."
    )
    selftest_max_age_days: Annotated[int, Field(ge=1, le=3650)] | None = later(
        None,
        "A session does not start without a timing self-test that is at most so old, is of this "
        "machine, and claims something.",
    )
