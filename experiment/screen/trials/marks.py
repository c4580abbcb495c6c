"""What says around a query that it was chosen, or is right: by colour, by form and in words."""

from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw

from conditions.commands.options import Words
from experiment.screen.correction import Colour
from experiment.screen.inks import Ink
from experiment.screen.layout import FRAME, TEXT_HEIGHT, TITLE_DISTANCE, Place
from experiment.screen.window import SMALLEST, Stimulus, Window, length, shown, text

# Of a dashed frame's side.
_DASHES = 6
# Signs are drawn so much larger, then reduced: their edges are smooth.
_FINER = 4
# Of a unit square, y downwards.
_TICK = ((0.04, 0.52), (0.17, 0.39), (0.38, 0.60), (0.83, 0.15), (0.96, 0.28), (0.38, 0.86))
_CROSS = ((0.1, 0.1), (0.9, 0.9)), ((0.1, 0.9), (0.9, 0.1))
_STROKE = 0.17


class Mark(Words):
    """What a query is marked as; all but the first have a text ``mark_…``."""

    CHOSEN = "chosen"
    RIGHT = "right"
    WRONG = "wrong"
    SOLUTION = "solution"


INKS: dict[Mark, Ink] = {
    Mark.CHOSEN: "chosen",
    Mark.RIGHT: "correct",
    Mark.WRONG: "wrong",
    Mark.SOLUTION: "correct",
}


def feedback_marks(correct: str, response: str | None) -> dict[str, Mark]:
    """The marks of a trial's feedback by query.

    >>> feedback_marks("upper", "lower") == {"upper": Mark.SOLUTION, "lower": Mark.WRONG}
    True

    Parameters
    ----------
    correct : str
        upper or lower.
    response : str or None
        What was chosen; None where nothing was.
    """
    if response == correct:
        return {correct: Mark.RIGHT}
    return {correct: Mark.SOLUTION} | ({} if response is None else {response: Mark.WRONG})


class Marks:
    """Draws marks around the two queries, above the upper and below the lower; never on them.

    Parameters
    ----------
    window : psychopy.visual.Window
    image : int
        Side of a query in pixels.
    places : dict
        Centres of the queries by answer.
    room : float
        Width in pixels that a sign and its word may take: the word is smaller where it needs more,
        and is left out where it could not be read.
    texts : dict
        Texts by key.
    """

    def __init__(
        self,
        window: Window,
        image: int,
        places: Mapping[str, Place],
        room: float,
        texts: Mapping[str, str],
    ) -> None:
        frame = length(window, FRAME)
        away = image // 2 + length(window, TITLE_DISTANCE)
        self._drawn: dict[tuple[str, Mark], list[Stimulus]] = {}
        self.labels: list[Stimulus] = []
        for mark in Mark:
            colour = shown(window, INKS[mark])
            around = frame_picture(image, frame, colour, dashed=mark is Mark.WRONG)
            for answer, (x, y) in places.items():
                self._drawn[answer, mark] = [_picture(window, around, (x, y))]
                if mark is not Mark.CHOSEN:
                    at = (x, y + away if y > 0 else y - away)
                    label = _label(window, mark, colour, at, room, texts[f"mark_{mark}"])
                    self._drawn[answer, mark] += label
                    self.labels += label

    def draw(self, marks: Mapping[str, Mark]) -> None:
        """Draw some, by query."""
        for answer, mark in marks.items():
            for stimulus in self._drawn[answer, mark]:
                stimulus.draw()


def frame_picture(image: int, frame: int, colour: Colour, dashed: bool) -> Image.Image:
    """A frame around an image, transparent where that is; dashes begin and end in corners."""
    side = image + 2 * frame
    picture = Image.new("RGBA", (side, side), (*colour, 0))
    draw = ImageDraw.Draw(picture)
    pieces = 2 * _DASHES - 1 if dashed else 1
    ends = [round(side * i / pieces) for i in range(pieces + 1)]
    for start, stop in zip(ends[::2], ends[1::2], strict=True):
        for near in (0, side - frame):
            far = near + frame - 1
            draw.rectangle((start, near, stop - 1, far), fill=colour)
            draw.rectangle((near, start, far, stop - 1), fill=colour)
    return picture


def sign_picture(side: int, colour: Colour, tick: bool) -> Image.Image:
    """A tick or a cross."""
    large = side * _FINER
    form = Image.new("L", (large, large), 0)
    draw = ImageDraw.Draw(form)
    if tick:
        draw.polygon([(large * x, large * y) for x, y in _TICK], fill=255)
    else:
        for (left, up), (right, down) in _CROSS:
            line = (large * left, large * up, large * right, large * down)
            draw.line(line, fill=255, width=round(large * _STROKE))
    picture = Image.new("RGBA", (side, side), colour)
    picture.putalpha(form.resize((side, side), Image.Resampling.BOX))
    return picture


def _label(
    window: Window, mark: Mark, colour: Colour, place: Place, room: float, words: str
) -> list[Stimulus]:
    """A sign with its word beside it, centred at a place; the sign alone where there is no room."""
    sign = length(window, TEXT_HEIGHT)
    word = text(window, words)
    word.narrow(room - 1.5 * sign)
    picture = sign_picture(sign, colour, tick=mark is not Mark.WRONG)
    if word.height < max(SMALLEST, length(window, SMALLEST)):
        return [_picture(window, picture, place)]
    # As text is read: the sign, half its width apart the word.
    before = -1 if window.lettering.direction == "ltr" else 1
    width = float(word.boundingBox[0])
    x, y = place
    word.pos = (round(x - before * 0.75 * sign), y)
    return [_picture(window, picture, (round(x + before * (0.25 * sign + width / 2)), y)), word]


def _picture(window: Window, picture: Image.Image, place: Place) -> Stimulus:
    from psychopy import visual

    options: dict[str, Any] = {"units": "pix", "interpolate": False}
    return visual.ImageStim(window, picture, size=picture.size, pos=place, **options)
