"""Fonts that are installed on this system, by family."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from experiment.texts.fonts.typeface import Place, Typeface, typeface_of

# Records of a font's table of names that hold its family, in any language.
_FAMILY_NAMES = (1, 16)
_USUAL_WEIGHT, _BOLD_WEIGHT, _USUAL_WIDTH = 400, 700, 5


@dataclass(frozen=True)
class Face:
    """A font of a family: ``weight`` is 400 for a usual one and 700 for a bold one."""

    place: Place
    families: frozenset[str]
    weight: int
    upright: bool


def installed(family: str) -> Typeface | None:
    """The typeface of a family, or None where none of that name is installed.

    Raises
    ------
    StudyError
        Where it is installed and cannot be drawn.
    """
    faces = [face for face in _faces() if family.casefold() in face.families and face.upright]
    usual = _nearest(faces, _USUAL_WEIGHT)
    if usual is None:
        return None
    bold = _nearest([face for face in faces if face.weight >= 600], _BOLD_WEIGHT)
    return typeface_of(usual.place, bold.place if bold and bold != usual else None)


def _nearest(faces: list[Face], weight: int) -> Face | None:
    def order(face: Face) -> tuple:
        return abs(face.weight - weight), str(face.place.path), face.place.index

    return min(faces, key=order, default=None)


@lru_cache(maxsize=1)
def _faces() -> tuple[Face, ...]:
    # matplotlib's list of families is one of the day on which it was made; this one is of now.
    from matplotlib.font_manager import findSystemFonts

    return tuple(face for path in sorted(findSystemFonts()) for face in _faces_of(Path(path)))


def _faces_of(path: Path) -> Iterator[Face]:
    number, there = 0, 1
    while number < there:
        try:
            with TTFont(path, fontNumber=number, lazy=True) as font:
                there = getattr(font.reader, "numFonts", 1)
                names = font["name"].names
                known = {str(n).casefold() for n in names if n.nameID in _FAMILY_NAMES}
                os2, italic = font["OS/2"], bool(font["head"].macStyle & 2)
                upright = not italic and os2.usWidthClass == _USUAL_WIDTH
                yield Face(Place(path, number), frozenset(known), os2.usWeightClass, upright)
        except Exception:
            # Whatever a damaged file of the system does to its reader: it is not the font wanted.
            return
        number += 1
