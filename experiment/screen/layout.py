"""Where everything stands on the screen, in pixels from its centre.

Distances, texts and lines are given for a screen of 1920 × 1080 pixels and grow with larger ones
(:func:`enlarged`); images have the size that the study asks for.
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
USUAL_SCREEN = (1920, 1080)

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


def enlarged(length: int, screen: tuple[int, int]) -> int:
    """A length for a screen, an even number of pixels: longer where it has more than usual.

    >>> enlarged(26, (3840, 2160)), enlarged(26, (1280, 1024))
    (52, 26)
    """
    times = min(side / usual for side, usual in zip(screen, USUAL_SCREEN, strict=True))
    return length if times <= 1 else 2 * round(length * times / 2)


def least_screen(screen: tuple[int, int], image: int, n_references: int) -> tuple[int, int]:
    """Width and height in pixels that a trial takes on a screen; see :func:`trial_layout`."""
    grid = _grid(screen, image, n_references)
    tallest = max(grid, 2 * image + enlarged(QUERY_DISTANCE, screen))
    around = sum(enlarged(d, screen) for d in (TITLE_DISTANCE, QUESTION_DISTANCE, TEXT_HEIGHT))
    return 2 * grid + image + 4 * enlarged(MARGIN, screen), tallest + 2 * around


def shown_side(
    screen: tuple[int, int], image: int, n_references: int, shrink: bool, can_shrink: bool = True
) -> int:
    """Side at which images are shown, in pixels.

    Images are shown at their size. Where they do not fit and the rig allows it (``shrink``), every
    8 of their pixels become 7, 6, 5 or 4: the first that fits and gives an even number of pixels.
    Images whose size on the retina was asked for are not to be shrunk (``can_shrink``).

    Raises
    ------
    StudyError
        Where nothing fits: gives the arithmetic.
    """
    sides = [image]
    if shrink and can_shrink:
        shorter = [image * eighths / EIGHTHS for eighths in range(EIGHTHS - 1, 3, -1)]
        sides += [int(side) for side in shorter if side == int(side) and side % 2 == 0]
    for side in sides:
        width, height = least_screen(screen, side, n_references)
        if width <= screen[0] and height <= screen[1]:
            return side
    width, height = least_screen(screen, image, n_references)
    grid = _columns(n_references)
    offer = "; `shrink: true` in the rig file would show the images smaller"
    raise StudyError(
        f"the trial does not fit the screen: two grids of {grid} × {grid} images and a column "
        f"of queries of {image} px with their margins take {width} × {height} px; "
        f"the screen has {screen[0]} × {screen[1]} px"
        + (offer if can_shrink and not shrink else "")
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
    shown_side(screen, image, n_references, shrink=False)
    side, grid = _columns(n_references), _grid(screen, image, n_references)
    queries, titles, question = (
        enlarged(d, screen) for d in (QUERY_DISTANCE, TITLE_DISTANCE, QUESTION_DISTANCE)
    )
    tallest = max(grid, 2 * image + queries)
    gutter = (width - 2 * grid - image) // 4
    centre = image // 2 + gutter + grid // 2
    step = image + enlarged(GAP, screen)
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
        bar=(0, -(height // 2 - enlarged(24, screen))),
    )


def _columns(n_references: int) -> int:
    return max(1, math.ceil(math.sqrt(n_references)))


def _grid(screen: tuple[int, int], image: int, n_references: int) -> int:
    side = _columns(n_references)
    return side * image + (side - 1) * enlarged(GAP, screen)
