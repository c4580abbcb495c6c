"""Boxes on a screen: which leave it, or meet one another."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

# Letters in pixels that can still be read.
SMALLEST = 12
# What texts beside each other are apart, as a multiple of their letters' height.
_APART = 1.5


class Box(NamedTuple):
    """A text (by its words), an image or a bar: edges in pixels from the centre, y upwards."""

    name: str
    kind: str
    left: float
    right: float
    bottom: float
    top: float
    letters: float = SMALLEST

    def __str__(self) -> str:
        across, up = f"x {self.left:g} … {self.right:g}", f"y {self.bottom:g} … {self.top:g}"
        return f"{self.name!r} ({across}, {up})"


def faults(boxes: Sequence[Box], screen: tuple[int, int]) -> Iterator[str]:
    """What is wrong with what is drawn at once, in words."""
    width, height = screen[0] / 2, screen[1] / 2
    there = [box for box in boxes if box.kind != "text" or box.name]
    for box in there:
        if max(-box.left, box.right) > width or max(-box.bottom, box.top) > height:
            yield f"{box} leaves the screen of {screen[0]} × {screen[1]}"
        if box.letters < SMALLEST:
            yield f"{box} is {box.letters:g} px high: too small to read"
    for one, other in combinations(there, 2):
        if _meet(one, other) and not (_belong(one, other) or _belong(other, one)):
            yield f"{one} meets {other}"
        elif one.kind == other.kind == "text" and _run_together(one, other):
            yield f"{one} reads on in {other}"


def _meet(one: Box, other: Box) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return not (beside or one.top <= other.bottom or other.top <= one.bottom)


def _run_together(one: Box, other: Box) -> bool:
    """Whether two texts beside each other are hardly further apart than words of a line are."""
    apart = max(one.left, other.left) - min(one.right, other.right)
    beside = min(one.top, other.top) - max(one.bottom, other.bottom)
    return apart < _APART * max(one.letters, other.letters) and beside > 0


def _belong(inner: Box, outer: Box) -> bool:
    """Whether one is drawn within the other on purpose: in a frame, on a line, on a band."""
    if "text" in (inner.kind, outer.kind):
        inside = outer.left <= inner.left and inner.right <= outer.right
        above = outer.bottom <= inner.bottom and inner.top <= outer.top
        return outer.kind == "bar" and inside and above
    if inner.kind == outer.kind == "image":
        return abs(inner.left + inner.right - outer.left - outer.right) < 3 and (
            abs(inner.bottom + inner.top - outer.bottom - outer.top) < 3
        )
    return inner.kind == outer.kind == "bar"
