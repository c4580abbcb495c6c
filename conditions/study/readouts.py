"""Readouts of a study's own: a layer, how its positions are pooled, and a map where wanted."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from conditions.yaml.strict import Count, FilePath, Some, Strict, Text

# Units are named after it, and folders after them.
ReadoutName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=100)]


class Token(Strict):
    """A token of a transformer that is no patch of the image."""

    token: str = Field(description="class, or register_1 and so on.")

    @property
    def place(self) -> int:
        """Its place among those tokens, from 0."""
        return 0 if self.token == "class" else int(self.token.removeprefix("register_"))


class TopK(Strict):
    """So many units are active at a position, those with the largest values."""

    topk: Some


_TOKEN = re.compile(r"class|register_[1-9][0-9]?")


def _pooling(value: object) -> object:
    """One line for what is none of its forms, instead of one a form."""
    match value:
        case "mean" | "max" | "centre" | Token():
            return value
        case [row, column] if all(type(part) is int and part >= 0 for part in (row, column)):
            return (row, column)
        case {"token": str(name), **others} if not others and _TOKEN.fullmatch(name):
            return Token(token=name)
    raise ValueError(
        f"found {value!r}, wanted mean, max, centre, [row, column] counted from 0, or "
        "{token: class} or {token: register_1}"
    )


def _activation(value: object) -> object:
    """Likewise."""
    match value:
        case "none" | "relu" | TopK():
            return value
        case {"topk": count, **others} if not others and type(count) is int and count > 0:
            return TopK(topk=count)
    raise ValueError(f"found {value!r}, wanted none, relu or {{topk: 32}}")


Pooled = Annotated[
    Literal["mean", "max", "centre"] | tuple[Count, Count] | Token, BeforeValidator(_pooling)
]
Nonlinearity = Annotated[Literal["none", "relu"] | TopK, BeforeValidator(_activation)]


# What these are where there is no map.
_OF_A_MAP = {"activation": "none", "subtract_bias": None}


class ReadoutChoice(Strict):
    """What the units of a readout are: a layer's channels, or linear combinations of them.

    Parts of the layer's positions, or a map behind it, make a readout; a layer that is named in
    a unit by itself is its channels, each the mean over all positions.
    """

    layer: Text = Field(description="As `python -m stimgen layers MODEL` lists it.")
    pooling: Pooled = Field(
        "mean",
        description="Over all positions (of tokens, all patches): the mean or the maximum; or the "
        "value at the centre, at [row, column] of the layer's map counted from 0, or of a token "
        "that is no patch, as in {token: class}.",
    )
    map: FilePath | None = Field(
        None,
        description="A .safetensors or .npz file with weights (units × channels), and where there "
        "are any bias (units) and centre (channels). A relative path begins at the working "
        "directory.",
    )
    activation: Nonlinearity = Field(
        "none", description="What follows the map at every position, as in {topk: 32}."
    )
    subtract_bias: bool | None = Field(
        None,
        description="Whether the file's centre, such as the bias of an autoencoder's decoder, is "
        "subtracted first; by default where there is one.",
    )

    @model_validator(mode="after")
    def _of_a_map(self) -> "ReadoutChoice":
        given = [name for name, none in _OF_A_MAP.items() if getattr(self, name) != none]
        if self.map is None and given:
            raise ValueError(f"{' and '.join(given)}: there is no map that it could belong to")
        return self
