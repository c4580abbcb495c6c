"""Which tokens of a transformer are no patches of the image, and where the patches lie."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import torch

from stimgen.layers.layout import Layout

Shape = tuple[int, ...]
# Of a value: the operation or the module that gives it.
Key = TypeVar("Key")


def placed(
    layouts: Mapping[Key, Layout], shapes: Mapping[Key, Shape], constant: Mapping[Key, torch.Tensor]
) -> dict[Key, Layout]:
    """Layouts that say which tokens are no patches of the image, and where the patches lie.

    Class and register tokens begin as the same numbers for every image: they are told where a
    number of tokens first appears. The patches form a square where there is a map of as many
    positions.

    Parameters
    ----------
    layouts : mapping
        Layouts of values, in the order of the forward pass.
    shapes : mapping
        Shapes of values for square images.
    constant : mapping
        For each value which of its elements are the same in all images, see :func:`constants`.
    """
    prefixes: dict[int, tuple[int, ...]] = {}
    maps: set[int] = set()
    for key, layout in layouts.items():
        if layout.tokens is not None and not constant[key].all():
            by_token = constant[key].all(layout.channel - 1)
            prefixes.setdefault(len(by_token), tuple(map(int, by_token.nonzero().flatten())))
        if layout.rows is not None and layout.columns is not None:
            rows, columns = shapes[key][layout.rows], shapes[key][layout.columns]
            maps |= {rows * columns} if rows == columns else set()

    def complete(layout: Layout, shape: Shape) -> Layout:
        if layout.tokens is None:
            return layout
        prefix = prefixes.get(shape[layout.tokens], ())
        patches = shape[layout.tokens] - len(prefix)
        return replace(layout, prefix=prefix, side=round(patches**0.5) if patches in maps else None)

    return {key: complete(layout, shapes[key]) for key, layout in layouts.items()}


def constants(value: torch.Tensor) -> torch.Tensor:
    """Which elements of a value are the same in all images: a mask without the axis of images."""
    return (value == value[:1]).all(0)
