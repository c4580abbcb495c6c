"""Fonts whose letters are blocks of ink, as wide as a test wants them."""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

EM = 1000
LATIN = "".join(map(chr, range(33, 127))) + "↑↓←→–…“”„"


def block_font(
    family: str, letters: dict[str, int], bold: bool = False, postscript: bool = False
) -> FontBuilder:
    """A font in which each letter is a block of so many thousandths of an em, without gaps."""
    names = {letter: f"u{ord(letter):04X}" for letter in letters}
    widths = {".notdef": 500, "space": 500} | {names[k]: w for k, w in letters.items()}
    builder = FontBuilder(EM, isTTF=not postscript)
    builder.setupGlyphOrder(list(widths))
    builder.setupCharacterMap({32: "space"} | {ord(k): name for k, name in names.items()})
    ink = {name: width if name in names.values() else 0 for name, width in widths.items()}
    if postscript:
        drawn = {name: _draw(T2CharStringPen(widths[name], None), ink[name]) for name in widths}
        glyphs = {name: pen.getCharString() for name, pen in drawn.items()}
        builder.setupCFF(family.replace(" ", ""), {}, glyphs, {})
    else:
        builder.setupGlyf({n: _draw(TTGlyphPen(None), ink[n]).glyph() for n in widths})
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Bold" if bold else "Regular"})
    builder.setupOS2(usWeightClass=700 if bold else 400, sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    return builder


def write_collection(path: Path, *fonts: FontBuilder) -> None:
    """Several fonts in one file, as those of Chinese come."""
    parts = []
    for number, font in enumerate(fonts):
        part = path.with_suffix(f".{number}.ttf")
        font.save(part)
        parts.append(TTFont(part))
        part.unlink()
    collection = TTCollection()
    collection.fonts = parts
    collection.save(path)


def _draw(pen, width: int):
    if width:
        pen.moveTo((0, 0))
        for corner in ((0, 700), (width, 700), (width, 0)):
            pen.lineTo(corner)
        pen.closePath()
    return pen
