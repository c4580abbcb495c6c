"""Which tokens of a transformer are no patches of the image, and where the patches lie."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import torch

from stimgen.layers.finding.order import out_of_order
from stimgen.layers.layout import Layout

Shape = tuple[int, ...]
# Of a value: the operation or the module that gives it.
Key = TypeVar("Key")


def placed(
    layouts: Mapping[Key, Layout],
    shapes: Mapping[Key, Shape],
    constant: Mapping[Key, torch.Tensor],
    changed: Mapping[Key, tuple[torch.Tensor, torch.Tensor]],
    any_size: bool,
) -> dict[Key, Layout]:
    """Layouts that say which tokens are no patches of the image, and where the patches lie.

    Class and register tokens begin as the same numbers for every image: they are told where a
    number of tokens first appears. The patches form a square where there is a map of as many
    positions, unless it shows that they are in another order than that of reading. Left out are
    values whose class token lies among the patches, if it is not known where that is in images of
    another size.

    Parameters
    ----------
    layouts : mapping
        Layouts of values, in the order of the forward pass.
    shapes : mapping
        Shapes of values for square images.
    constant : mapping
        For each value which of its elements are the same in all images, see :func:`constants`.
    changed : mapping
        For each value how much it changes with a half of the image, see
        :func:`stimgen.layers.finding.order.changes`.
    any_size : bool
        Whether the network takes images of another size.
    """
    prefixes: dict[int, tuple[int, ...] | None] = {}
    maps: set[int] = set()
    for key, layout in layouts.items():
        if layout.tokens is not None and not constant[key].all():
            by_token = constant[key].all(layout.channel - 1).tolist()
            prefixes.setdefault(len(by_token), _places(by_token, any_size))
        if layout.rows is not None and layout.columns is not None:
            rows, columns = shapes[key][layout.rows], shapes[key][layout.columns]
            maps |= {rows * columns} if rows == columns else set()

    disordered: dict[int, bool] = {}

    def complete(key: Key, layout: Layout) -> Layout | None:
        if layout.tokens is None:
            return layout
        count = shapes[key][layout.tokens]
        prefix = prefixes.get(count, ())
        if prefix is None:
            return None
        patches = [i for i in range(count) if i not in prefix and i - count not in prefix]
        if len(patches) not in maps:
            return replace(layout, prefix=prefix)
        side = round(len(patches) ** 0.5)
        of_halves = changed.get(key)  # none where other modules were called for those images
        told = of_halves and out_of_order(of_halves[layout.channel - 1], patches, side)
        # What cannot be told has stayed as it was.
        disordered[count] = disordered.get(count, False) if told is None else told
        return replace(layout, prefix=prefix, side=None if disordered[count] else side)

    found = {key: complete(key, layout) for key, layout in layouts.items()}
    return {key: layout for key, layout in found.items() if layout is not None}


def _places(others: list[bool], any_size: bool) -> tuple[int, ...] | None:
    """Places of the tokens that are no patches, those after all patches counted from the end."""
    first = others.index(False)
    last = len(others) - others[::-1].index(False)
    inside = [place for place in range(first, last) if others[place]]
    if inside and any_size:
        return None
    return (*range(first), *inside, *range(last - len(others), 0))


def constants(value: torch.Tensor) -> torch.Tensor:
    """Which elements of a value are the same in all images: a mask without the axis of images."""
    return (value == value[:1]).all(0)
