"""Where everything stands on the screen, in pixels from its centre.

Distances, texts and lines are given for a screen of 1920 × 1080 pixels and grow and shrink with
the screen (:func:`scaled`); images have the size that the study asks for, unless the rig lets them
do likewise.
"""

import math
from dataclasses import dataclass

from conditions.errors import StudyError
from conditions.tables.condition_file import GRID

GAP = 8
TEXT_HEIGHT = 26
TITLE_DISTANCE = 30
QUESTION_DISTANCE = 56
QUERY_DISTANCE = 48
MARGIN = 16
FRAME = 6
EIGHTHS = 8
# What is offered where a trial does not fit.
SMALLER = (
    "; to try it out, --rig laptop shows the images smaller ({side} px), as `shrink: true` in a "
    "rig file of your own does"
)
USUAL_SCREEN = (1920, 1080)
# Letters of a usual screen shrink to no less than this share: they are to be read.
LEAST_SCALE = 0.7
# The share of a screen's width that a line of text may take, and the proportions of a usual screen:
# on a wider one neither lines are longer nor are images further apart.
LINE, WIDE = 0.9, USUAL_SCREEN[0] / USUAL_SCREEN[1]

Place = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """Centres of images and texts of a trial; x to the right, y upwards, pixels."""

    image: int
    left: tuple[Place, ...]
    right: tuple[Place, ...]
    upper: Place
    lower: Place
    left_title: Place
    right_title: Place
    question: Place
    hint: Place
    bar: Place


def scaled(length: int, screen: tuple[int, int]) -> int:
    """A length for a screen, an even number of pixels: longer or shorter than on a usual one.

    >>> [scaled(26, size) for size in ((1366, 768), (1920, 1080), (1920, 1200), (3840, 2160))]
    [18, 26, 26, 52]
    """
    times = max(LEAST_SCALE, scale(screen))
    return length if times == 1 else 2 * round(length * times / 2)


def scale(screen: tuple[int, int]) -> float:
    """How many times as large as a usual screen one is, in pixels, on its scarcer side."""
    return min(side / usual for side, usual in zip(screen, USUAL_SCREEN, strict=True))


def line_length(screen: tuple[int, int]) -> int:
    """Length in pixels of the longest line of text on a screen."""
    width, height = screen
    return round(LINE * min(width, WIDE * height))


def least_screen(screen: tuple[int, int], image: int, n_references: int) -> tuple[int, int]:
    """Width and height in pixels that a trial takes on a screen; see :func:`trial_layout`."""
    grid = _grid(screen, image, n_references)
    tallest = max(grid, 2 * image + scaled(QUERY_DISTANCE, screen))
    around = sum(scaled(d, screen) for d in (TITLE_DISTANCE, QUESTION_DISTANCE, TEXT_HEIGHT))
    return 2 * grid + image + 4 * scaled(MARGIN, screen), tallest + 2 * around


def shown_side(
    screen: tuple[int, int],
    image: int,
    n_references: int,
    shrink: bool = False,
    enlarge: bool = False,
    can_shrink: bool = True,
) -> int:
    """Side at which images are shown, in pixels.

    Images are shown at their size, unless the rig allows another: on a screen that is larger than
    a usual one they grow with the texts (``enlarge``); where they do not fit (``shrink``), every
    8 of their pixels become 7, 6, 5 or 4. The first that fits and is an even number of pixels is
    taken, the largest first.

    Parameters
    ----------
    screen, image, n_references
        See :func:`trial_layout`.
    shrink, enlarge : bool
        What the rig allows.
    can_shrink : bool
        Whether another rig may allow it: not where the size on the retina was asked for.

    Raises
    ------
    StudyError
        Where nothing fits: gives the arithmetic, and what would do.
    """
    largest = scaled(image, screen) if enlarge else image
    sides = _eighths(image, range(2 * EIGHTHS, EIGHTHS, -1), below=largest)
    sides = [max(image, largest), *sides, image]
    smaller = _eighths(image, range(EIGHTHS - 1, 3, -1), below=image)
    for side in [*sides, *(smaller if shrink else [])]:
        if _fits(screen, side, n_references):
            return side
    # The smallest that was tried is what does not fit.
    side = smaller[-1] if shrink and smaller else image
    width, height = least_screen(screen, side, n_references)
    grid = _columns(n_references)
    offer = ""
    if can_shrink and not shrink:
        fitting = [each for each in smaller if _fits(screen, each, n_references)]
        offer = SMALLER.format(side=fitting[0]) if fitting else ""
    raise StudyError(
        f"the trial does not fit the screen: two grids of {grid} × {grid} images and a column "
        f"of queries of {side} px with their margins take {width} × {height} px; "
        f"the screen has {screen[0]} × {screen[1]} px{offer}"
    )


def trial_layout(screen: tuple[int, int], image: int, n_references: int = GRID) -> Layout:
    """Arrange a trial: reference grids left and right, two queries between them.

    Parameters
    ----------
    screen : tuple of int
        Width and height of the window in pixels, even numbers.
    image : int
        Side of every image in pixels, an even number: then images lie on whole pixels.
    n_references : int
        References a side, at most 9; the grid is as small a square as holds them.

    Raises
    ------
    StudyError
        Where the images do not fit the screen: gives the arithmetic.
    """
    width, height = screen
    shown_side(screen, image, n_references)
    side, grid = _columns(n_references), _grid(screen, image, n_references)
    queries, titles, question = (
        scaled(d, screen) for d in (QUERY_DISTANCE, TITLE_DISTANCE, QUESTION_DISTANCE)
    )
    tallest = max(grid, 2 * image + queries)
    # On a screen that is wider than usual, references are no further from the middle than on a
    # usual one of its height.
    least_width, _ = least_screen(screen, image, n_references)
    used = min(width, max(least_width, int(WIDE * height)))
    gutter = (used - 2 * grid - image) // 4
    centre = image // 2 + gutter + grid // 2
    step = image + scaled(GAP, screen)
    # With an even number of images to a side and even sizes, centres are whole pixels too.
    offsets = [round((i - (side - 1) / 2) * step) for i in range(side)]
    cells = [(x, -y) for y in offsets for x in offsets][:n_references]
    query = image // 2 + queries // 2
    grid_title = grid // 2 + titles
    return Layout(
        image=image,
        left=tuple((x - centre, y) for x, y in cells),
        right=tuple((x + centre, y) for x, y in cells),
        upper=(0, query),
        lower=(0, -query),
        left_title=(-centre, grid_title),
        right_title=(centre, grid_title),
        question=(0, tallest // 2 + titles + question),
        hint=(0, -(tallest // 2 + titles)),
        bar=(0, -(height // 2 - scaled(24, screen))),
    )


def _eighths(image: int, numbers: range, below: int) -> list[int]:
    """Sides of so many eighths of an image's: even numbers of pixels below a limit."""
    sides = [image * number / EIGHTHS for number in numbers]
    return [int(side) for side in sides if side < below and side % 2 == 0]


def _fits(screen: tuple[int, int], image: int, n_references: int) -> bool:
    width, height = least_screen(screen, image, n_references)
    return width <= screen[0] and height <= screen[1]


def _columns(n_references: int) -> int:
    return max(1, math.ceil(math.sqrt(n_references)))


def _grid(screen: tuple[int, int], image: int, n_references: int) -> int:
    side = _columns(n_references)
    return side * image + (side - 1) * scaled(GAP, screen)
