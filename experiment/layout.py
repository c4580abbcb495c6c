"""Where everything stands on the screen, in pixels from its centre."""

import math
from dataclasses import dataclass

from conditions.errors import StudyError
from conditions.tables import GRID

GAP = 8
TEXT_HEIGHT = 26
TITLE_DISTANCE = 30
QUESTION_DISTANCE = 56
QUERY_DISTANCE = 48
MARGIN = 16
FRAME = 6

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
    side = max(1, math.ceil(math.sqrt(n_references)))
    grid = side * image + (side - 1) * GAP
    least_width = 2 * grid + image + 4 * MARGIN
    tallest = max(grid, 2 * image + QUERY_DISTANCE)
    least_height = tallest + 2 * (TITLE_DISTANCE + QUESTION_DISTANCE + TEXT_HEIGHT)
    if least_width > width or least_height > height:
        raise StudyError(
            f"the trial does not fit the screen: two grids of {side} × {side} images and a column "
            f"of queries of {image} px with their margins take {least_width} × {least_height} px; "
            f"the screen has {width} × {height} px"
        )
    gutter = (width - 2 * grid - image) // 4
    centre = image // 2 + gutter + grid // 2
    step = image + GAP
    # With an even number of images to a side and even sizes, centres are whole pixels too.
    offsets = [round((i - (side - 1) / 2) * step) for i in range(side)]
    cells = [(x, -y) for y in offsets for x in offsets][:n_references]
    query = image // 2 + QUERY_DISTANCE // 2
    grid_title = grid // 2 + TITLE_DISTANCE
    return Layout(
        image=image,
        left=tuple((x - centre, y) for x, y in cells),
        right=tuple((x + centre, y) for x, y in cells),
        upper=(0, query),
        lower=(0, -query),
        left_title=(-centre, grid_title),
        right_title=(centre, grid_title),
        question=(0, tallest // 2 + TITLE_DISTANCE + QUESTION_DISTANCE),
        hint=(0, -(tallest // 2 + TITLE_DISTANCE)),
        bar=(0, -(height // 2 - 24)),
    )
