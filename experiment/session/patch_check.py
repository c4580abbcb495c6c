"""Whether the rig's patch keeps clear of what a trial shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conditions.rig.rig import Rig
from experiment.checks.check import Check
from experiment.plan import Trial
from experiment.screen.layout import Layout
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.window import Stimulus, size_of
from experiment.session.rating import Slider


@dataclass(frozen=True)
class Box:
    """A part of the screen: edges in pixels from its centre, y upwards."""

    name: str
    left: float
    right: float
    bottom: float
    top: float

    def meets(self, other: "Box") -> bool:
        """Whether two have a pixel in common."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.top <= other.bottom or other.top <= self.bottom)

    @property
    def words(self) -> str:
        """Name and edges."""
        across, up = (self.left, self.right), (self.bottom, self.top)
        return "{} x {:g} … {:g}, y {:g} … {:g} px".format(self.name, *across, *up)


def patch_checks(
    rig: Rig,
    screen: TrialScreen,
    layouts: dict[int, Layout],
    texts: dict[str, str],
    rows: list[Trial],
) -> list[Check]:
    """Whether the patch is within the screen and meets no image and no words; none without one.

    Parameters
    ----------
    rig, screen, layouts, texts
        As in the session.
    rows : list
        Rows of the condition file.
    """
    if rig.patch is None:
        return []
    size = size_of(screen.window)
    square = _box("the patch", rig.patch.centre(size), (rig.patch.side_px, rig.patch.side_px))
    found = f"rig {rig.name}: {rig.patch.side_px} px, {rig.patch.corner}"
    if rig.patch.side_px > min(size):
        return [Check("patch", False, f"{found}: larger than the screen, {size[0]} × {size[1]} px")]
    for box in _boxes(screen, layouts, texts, rows):
        if square.meets(box):
            found = f"{found}: {square.words}, meets {box.words}: wanted apart"
            return [Check("patch", False, found)]
    return [Check("patch", True, f"{found}: white from onset to answer")]


def _boxes(
    screen: TrialScreen, layouts: dict[int, Layout], texts: dict[str, str], rows: list[Trial]
) -> Iterator[Box]:
    kinds = {(row["n_references"], row["left_title"], row["right_title"]): row for row in rows}
    for row in kinds.values():
        layout = layouts[int(row["n_references"])]
        for place in (*layout.left, *layout.right, layout.upper, layout.lower):
            yield _box("an image,", place, (layout.image, layout.image))
        screen.load(row, {}, 1.0)
        if row["upper"]:
            screen.ask_choice(row)
            yield from map(_around, screen.words())
            screen.ask_confidence()
        else:
            screen.ask(texts["question_rating"])
            slider = Slider(screen.window, texts, screen.below_grid(row))
            yield from map(_around, slider.stimuli())
        yield from map(_around, screen.words())


def _box(name: str, centre: tuple[float, float], size: tuple[float, float]) -> Box:
    (x, y), (width, height) = centre, (size[0] / 2, size[1] / 2)
    return Box(name, x - width, x + width, y - height, y + height)


def _around(stimulus: Stimulus) -> Box:
    """The box around a text or a bar."""
    words: Any = getattr(stimulus, "text", None)
    if words is None:
        return _box("a bar,", tuple(stimulus.pos), (stimulus.width, stimulus.height))
    width, height = stimulus.boundingBox if words else (0, 0)
    return _box(f"“{words}”,", tuple(stimulus.pos), (float(width), float(height)))
