"""What all models of a YAML file share: unknown fields are errors, values do not change."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]


class Strict(BaseModel):
    """A model that knows its fields, and keeps their values."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def later(default: Any, description: str) -> Any:
    """A field that came after studies had been run: at its default it is not written down.

    The fingerprint of a study that does not use it so stays what it was, and the data that hold
    that fingerprint still belong to it.
    """
    return Field(default, description=description, exclude_if=lambda value: value == default)
