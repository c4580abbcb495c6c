"""What all models of a YAML file share: unknown fields are errors, values do not change."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]


class Strict(BaseModel):
    """A model that knows its fields, and keeps their values."""

    model_config = ConfigDict(extra="forbid", frozen=True)
