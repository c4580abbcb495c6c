"""The histogram of a unit's activations over the pool, and where its images lie in it."""

from dataclasses import dataclass
from typing import Any

from stimgen.preview.sheets import Series

# In the units of the drawing, which is stretched to the width of the page.
WIDTH, HEIGHT = 1000, 60
# Ticks of the first kind stand above the bars, those of the others in lanes below.
TICK = 12


@dataclass(frozen=True)
class Plot:
    """Paths of a drawing: the bars, and the ticks of each kind of image by its place."""

    bars: str
    ticks: dict[int, str]
    least: float
    most: float

    @property
    def top(self) -> int:
        """Where the drawing begins."""
        return -TICK

    @property
    def height(self) -> int:
        """How high the whole drawing is."""
        return TICK + HEIGHT + TICK * max([0, *self.ticks])


def plot(histogram: list[Any], series: list[Series], kinds: list[str]) -> Plot:
    """Draw the bins of a histogram and the images that a page shows at once.

    ``kinds`` is the order of the kinds, which decides where the ticks of each stand.
    """
    shown: dict[int, list[float]] = {}
    for one in series:
        if one.shown is not None:
            values = [picture.activation for picture in one.shown.pictures]
            shown.setdefault(kinds.index(one.kind), []).extend(values)
    values = [value for of_kind in shown.values() for value in of_kind]
    least = min([*(row.low for row in histogram), *values])
    most = max([*(row.high for row in histogram), *values])
    tallest = max([1, *(row.count for row in histogram)])

    def place(value: float) -> str:
        return f"{WIDTH * (value - least) / ((most - least) or 1):.1f}"

    bars = "".join(
        f"M{place(row.low)} {HEIGHT}V{HEIGHT - HEIGHT * row.count / tallest:.1f}"
        f"H{place(row.high)}V{HEIGHT}Z"
        for row in histogram
    )
    ticks = {
        kind: "".join(f"M{place(value)} {_ends(kind)[0]}V{_ends(kind)[1]}" for value in of_kind)
        for kind, of_kind in sorted(shown.items())
    }
    return Plot(bars, ticks, least, most)


def _ends(kind: int) -> tuple[int, int]:
    if kind == 0:
        return -TICK + 2, HEIGHT
    return HEIGHT + TICK * (kind - 1) + 2, HEIGHT + TICK * kind
