"""The example trial of the instructions: drawn patterns, so that it uses up no image of a study."""

import numpy as np
from PIL import Image

from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from experiment.plan import Trial

# A unit that prefers stripes, and is driven least by dots.
CORRECT = "upper"


def example_trial(n_references: int, with_min: bool = True, correct: str = CORRECT) -> Trial:
    """A row like those of a condition file, without a number and without paths.

    Parameters
    ----------
    n_references : int
        References a side.
    with_min : bool
        Whether there are any on the left.
    correct : str
        The query that has stripes, upper or lower.
    """
    return {
        "trial": None,
        "n_references": n_references,
        "left_title": "min" if n_references and with_min else None,
        "right_title": "max" if n_references else None,
        "correct_response": correct,
    }


def example_images(
    side: int, n_references: int, with_min: bool = True, correct: str = CORRECT
) -> dict[str, Image.Image]:
    """Patterns by column of the condition file, ``side`` pixels wide; see :func:`example_trial`."""
    stripes, dots = _stripes(side, 0.55), _dots(side, 0.55)
    images = {"upper": stripes, "lower": dots}
    if correct == "lower":
        images = {"upper": dots, "lower": stripes}
    for i, (left, right) in enumerate(zip(LEFT_COLUMNS, RIGHT_COLUMNS, strict=True)):
        if i < n_references:
            if with_min:
                images[left] = _dots(side, i / len(LEFT_COLUMNS))
            images[right] = _stripes(side, i / len(LEFT_COLUMNS))
    return images


def _stripes(side: int, turn: float) -> Image.Image:
    y, x = np.mgrid[:side, :side] / side
    angle = np.pi * turn
    wave = np.sin(2 * np.pi * (6 + 4 * turn) * (x * np.cos(angle) + y * np.sin(angle)))
    return _coloured((wave + 1) / 2, turn)


def _dots(side: int, turn: float) -> Image.Image:
    y, x = np.mgrid[:side, :side] / side
    n = 3 + 3 * turn
    from_centre = np.hypot((x * n + turn) % 1 - 0.5, (y * n + 2 * turn) % 1 - 0.5)
    return _coloured(np.clip((0.34 - from_centre) * 20, 0, 1), turn)


def _coloured(value: np.ndarray, turn: float) -> Image.Image:
    """Values 0…1 between two colours that depend on ``turn``."""
    phase = 2 * np.pi * (turn + np.array([0, 1 / 3, 2 / 3]))
    low, high = 70 + 30 * np.sin(phase), 190 + 40 * np.cos(phase)
    pixels = low + value[..., None] * (high - low)
    return Image.fromarray(np.round(pixels).astype(np.uint8))
