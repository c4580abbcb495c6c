"""The figures of the report, after the paper's."""

from collections.abc import Callable, Iterator

from analysis.data.dataset import Dataset
from analysis.figures import (
    by_condition,
    confidence,
    expertise,
    intuitiveness,
    layers,
    learning,
    schemes,
    units,
)
from analysis.figures.style.drawing import Drawing, hold_bars, styled

_DRAW: tuple[Callable[[Dataset], Drawing | None], ...] = (
    by_condition.draw,
    schemes.draw,
    expertise.draw,
    layers.draw,
    units.draw,
    confidence.draw,
    learning.draw,
    intuitiveness.draw,
)


def draw_all(dataset: Dataset) -> Iterator[Drawing]:
    """All figures that the data gives, in the order of the report."""
    with styled():
        for draw in _DRAW:
            if (drawing := draw(dataset)) is not None:
                hold_bars(drawing.figure)
                yield drawing
