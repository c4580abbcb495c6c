"""What all models of a YAML file share: unknown fields are errors, values do not change.

Every number has bounds: the widest that make sense, so that a value in another unit (500 ms given
as 500 s, a share of 0.7 as 70) is refused and not used.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

# Trials, participants, units, images of one kind: more than any laboratory has.
MOST = 10_000


class Strict(BaseModel):
    """A model that knows its fields, takes values for what they are, and keeps them.

    A number in quotes is text, ``5.0`` is no whole number, and no number is infinite.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _day(value: object) -> object:
    # In quotes it is a date as well: that is how other programs write one.
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"found {value!r}, wanted a date, as in 2024-05-31") from error
    return value


Count = Annotated[int, Field(ge=0, le=MOST)]
Some = Annotated[int, Field(ge=1, le=MOST)]
Seed = Annotated[int, Field(ge=0, lt=1 << 64)]
# Of something within a trial.
Seconds = Annotated[float, Field(ge=0, le=60)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
T = TypeVar("T")


def _different(items: list[T]) -> list[T]:
    twice = [str(item) for i, item in enumerate(items) if item in items[:i]]
    if twice:
        raise ValueError(f"found {', '.join(twice)} twice, wanted each once")
    return items


Different = Annotated[list[T], AfterValidator(_different)]
# In a fingerprint as it is on every system: a study folder goes from one to another.
FilePath = Annotated[
    Path,
    Field(strict=False),
    PlainSerializer(lambda path: str(path).replace("\\", "/"), when_used="json-unless-none"),
]
Day = Annotated[date, BeforeValidator(_day), Field(ge=date(1990, 1, 1))]


def later(default: Any, description: str) -> Any:
    """A field that came after studies had been run: at its default it is not written down.

    The fingerprint of a study that does not use it so stays what it was, and the data that hold
    that fingerprint still belong to it.
    """
    return Field(default, description=description, exclude_if=lambda value: value == default)
