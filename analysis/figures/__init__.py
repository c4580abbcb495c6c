"""The figures of the report, after the paper's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from matplotlib.figure import Figure

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
from analysis.figures.drawing import styled

Draw = Callable[[Dataset], Figure | None]


@dataclass(frozen=True)
class Drawing:
    """One figure: its file name, its title, what it shows, and the figure itself."""

    name: str
    title: str
    caption: str
    figure: Figure


_MODULES = (by_condition, schemes, expertise, layers, units, confidence, learning, intuitiveness)


def draw_all(dataset: Dataset) -> Iterator[Drawing]:
    """All figures that the data gives, in the order of the report."""
    with styled():
        for module in _MODULES:
            figure = module.draw(dataset)
            if figure is not None:
                rated = module is intuitiveness
                caption = intuitiveness.caption(dataset) if rated else module.CAPTION
                yield Drawing(module.NAME, module.TITLE, caption, figure)
