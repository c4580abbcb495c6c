"""Texts on the screen, in the typeface and direction of the window's lettering."""

import io
from typing import Any

import pyglet
from psychopy import visual
from psychopy.tools.attributetools import attributeSetter

from conditions.errors import StudyError
from experiment.texts.fonts.choosing import Lettering, usual_lettering
from experiment.texts.fonts.shaping import laid_out
from experiment.texts.fonts.typeface import Typeface

# PsychoPy asks for three quarters of the height in points, at 96 dots an inch.
_POINTS, _PIXELS_A_POINT = 0.75, 96 / 72
# Glyphs end on whole pixels, and bold ones are wider than those whose widths are known: a line that
# just fits by its widths may not do so on the screen.
_FILLED, _FILLED_BOLD = 0.96, 0.84
# What draws is told of more room than there is: it breaks no line of its own.
_LOOSE = 1.2

_known: set[str] = set()


class Words(visual.TextStim):
    """A text whose ``text`` may be in any direction; lines are laid out when it is set.

    Parameters
    ----------
    window : psychopy.visual.Window
        Its ``lettering`` is used; for texts whose letters that lacks and the usual one has, the
        usual one (the operator's marks in a font of Chinese, for example).
    words : str
        What is read.
    bold : bool
        Where the typeface has bold letters.
    **options
        See PsychoPy's ``TextStim``.
    """

    def __init__(self, window: Any, words: str, bold: bool = False, **options: Any) -> None:
        lettering: Lettering = window.lettering
        self.__dict__["_lettering"] = lettering
        super().__init__(
            window,
            text=words,
            font=_name(lettering.typeface),
            bold=bold and lettering.typeface.has_bold,
            **options,
        )

    @attributeSetter
    def text(self, words: str | None) -> None:
        """What is read, in the order in which it is written."""
        if words is not None:
            self.__dict__["_written"] = str(words)
            words = self._laid_out()
        visual.TextStim.text.func(self, words)

    def resize(self, height: float) -> None:
        """Give the letters another height in pixels; lines are laid out anew."""
        self.height = height
        self.__dict__["text"] = ""
        self.text = self.__dict__["_written"]

    def narrow(self, room: float) -> None:
        """Make the letters smaller where the text is wider than so many pixels, as far as needed.

        Letters are no smaller than a pixel, whatever the room.
        """
        while (width := self.boundingBox[0]) > max(0, room) and self.height > 1:
            self.resize(max(1, min(self.height - 1, self.height * max(0, room) / width)))

    @property
    def boundingBox(self) -> tuple[float, float]:  # noqa: N802 (the library's name)
        """Width and height in pixels."""
        # Nothing is made of a text that was always empty.
        return visual.TextStim.boundingBox.fget(self) if self.text else (0.0, 0.0)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, right, lower and upper edge in pixels from the screen's centre."""
        (x, y), (width, height) = self.pos, self.boundingBox
        beside = {"left": width - self._wrapWidthPix, "right": self._wrapWidthPix - width}
        middle = x + beside.get(self.alignText, 0) / 2
        return middle - width / 2, middle + width / 2, y - height / 2, y + height / 2

    def _laid_out(self) -> str:
        words = self.__dict__["_written"]
        lettering = self._drawn_in(words)
        name = _name(lettering.typeface)
        if name != self.font:
            self.setFont(name, log=False)
        pixels = int(self._heightPix * _POINTS) * _PIXELS_A_POINT
        room = (_FILLED_BOLD if self.bold else _FILLED) * self.wrapWidth
        if self.alignText == "center":
            self._wrapWidthPix = _LOOSE * self.wrapWidth
        return laid_out(words, lettering.typeface.width, room / pixels, lettering.direction)

    def _drawn_in(self, words: str) -> Lettering:
        own: Lettering = self.__dict__["_lettering"]
        usual = Lettering(usual_lettering().typeface, own.direction)
        return usual if own.lacks(words) and not usual.lacks(words) else own


def _name(typeface: Typeface) -> str:
    """The name by which a typeface is drawn, once it is known to what draws.

    Raises
    ------
    StudyError
        Where another font would be drawn in its place: what draws does not say so by itself.
    """
    name = typeface.name
    if name not in _known:
        try:
            for content in typeface.contents:
                pyglet.font.add_file(io.BytesIO(content))
            drawn = pyglet.font.load(name, 12, bold=False, italic=False).name
        except Exception as error:
            # The errors of what draws are others on each system.
            raise StudyError(
                f"{typeface.place.path}: {typeface.family} cannot be drawn here ({error})"
            ) from error
        if drawn != name:
            raise StudyError(
                f"{typeface.place.path}: {typeface.family} cannot be drawn here ({drawn} would be)"
            )
        _known.add(name)
    return name
