"""What a figure shows, in numbers: the alternative text for readers who do not see it."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.figures.style.drawing import bars_of
from analysis.wording import listed, number, percent

# Of a series with more levels than these, the lowest and the highest are told.
_FEW = 4


def described(figure: Figure) -> str:
    """The means that are drawn with error bars, panel by panel.

    Returns
    -------
    str
        As in "Correct answers: natural 92.2 %, synthetic 82.0 %." The numbers are read from the
        drawing, so that nothing is told that is not drawn.
    """
    texts, label = [], ""
    for axes in figure.axes:
        # A panel that shares its axis with the one on its left has no name of its own.
        label = axes.get_ylabel() or label
        if series := [words for one in bars_of(axes) if (words := _series(axes, one))]:
            head = label.replace("\n", " ")
            levels = axes.get_xlabel().replace("\n", " ")
            texts.append(f"{head}{f' by {levels.lower()}' if levels else ''}: {'; '.join(series)}.")
    return " ".join(texts)


def _series(axes: Axes, container: ErrorbarContainer) -> str:
    line = container.lines[0]
    name = str(container.get_label())
    levels = _levels(axes, np.asarray(line.get_xdata(), float))
    told = [
        (level, value)
        for level, value in zip(levels, np.asarray(line.get_ydata(), float), strict=True)
        if np.isfinite(value)
    ]
    words = _in_unit(axes)
    # Series without a name of their own are told by who drew them.
    if not told or name.startswith("_"):
        return ""
    if len(told) == 1 and len(levels) == 1 and told[0][0].startswith(name):
        return f"{name} {words(told[0][1])}"
    if len(told) > _FEW:
        low, high = min(told, key=lambda one: one[1]), max(told, key=lambda one: one[1])
        return f"{name} from {words(low[1])} ({low[0]}) to {words(high[1])} ({high[0]})"
    return f"{name} {listed([f'{words(value)} ({level})' for level, value in told])}"


def _levels(axes: Axes, positions: np.ndarray) -> list[str]:
    """Names of the ticks next to positions on the x axis."""
    ticks = axes.get_xticks()
    labels = [
        text.get_text().replace("-\n", "-").replace("\n", " ") for text in axes.get_xticklabels()
    ]
    return [labels[int(np.abs(ticks - x).argmin())] for x in positions]


def _in_unit(axes: Axes) -> Callable[[float], str]:
    if isinstance(axes.yaxis.get_major_formatter(), PercentFormatter):
        return lambda value: f"{percent(value)} %"
    return number
