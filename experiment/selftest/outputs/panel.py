"""The panel of outlets in a self-test's figure."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from conditions.rig.selftest import Output

BLUE = "#0072B2"


def draw_outputs(
    axes: Axes, outputs: Sequence[Output], taken: Mapping[str, Sequence[float]]
) -> None:
    """A row an outlet: a dot a code, at the time from the flip until the outlet had taken it.

    Parameters
    ----------
    axes : Axes
        Where it is drawn.
    outputs : sequence of Output
        That without markers first.
    taken : mapping
        Times in seconds by outlet.
    """
    names = [f"{each.name}\n{each.missed:,} of {each.flips:,} missed" for each in outputs]
    for row, each in enumerate(outputs):
        ms = 1000 * np.asarray(taken.get(each.name, []))
        if not len(ms):
            said = "flips without markers" if each.call is None else "took no code"
            axes.annotate(said, (0, row), xytext=(4, -3), textcoords="offset points", size="small")
            continue
        axes.plot(ms, row + np.linspace(-0.25, 0.25, len(ms)), ".", color=BLUE, markersize=3)
        middle = float(np.median(ms))
        axes.plot([middle, middle], [row - 0.35, row + 0.35], color="black", linewidth=1.2)
    axes.set_xlim(left=0)
    axes.set_yticks(range(len(names)), names, fontsize="small")
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlabel("ms; a dot a code, line: median")
    axes.set_title("Markers, from flip to outlet", loc="left", fontsize="medium")
