"""A typeface: files of one font, with the letters that it can draw."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from conditions.errors import StudyError

# It remarks on dates and the like, which nobody here asks for.
logging.getLogger("fontTools").setLevel(logging.ERROR)

# Names of a font in its own table: family, style, unique, full and PostScript name.
_FAMILY, _STYLE, _UNIQUE, _FULL, _POSTSCRIPT = 1, 2, 3, 4, 6
_LAST_OF_FAMILY = 25
# Where the table OS/2 says how a font is styled (fsSelection), and what it says.
_STYLE_FLAGS = slice(62, 64)
_REGULAR, _BOLD, _ITALIC = 1 << 6, 1 << 5, 1
# Platform, encoding and language of the names that systems look for: Macintosh, Windows.
_PLATFORMS = ((1, 0, 0), (3, 1, 0x409))


@dataclass(frozen=True)
class Place:
    """Where a font lies: a file, and which of its fonts, counted from 0."""

    path: Path
    index: int = 0


@dataclass(frozen=True, eq=False)
class Typeface:
    """A font for texts, held in memory.

    Attributes
    ----------
    family : str
        Its name as people know it.
    name : str
        The name under which it is drawn. No system has another font of this name, so that what
        draws is what was looked at.
    place : Place
        Where it was found.
    sha256 : str
        Of the file.
    letters : frozenset of int
        Code points that it can draw.
    advances : dict
        Width of each of these, in ems.
    contents : tuple of bytes
        The font, and its bold one where there is one.
    """

    family: str
    name: str
    place: Place
    sha256: str
    letters: frozenset[int]
    advances: dict[int, float]
    contents: tuple[bytes, ...]

    @property
    def has_bold(self) -> bool:
        """Whether there are bold letters."""
        return len(self.contents) > 1

    def width(self, text: str) -> float:
        """Width of a text in ems: its height is one."""
        return sum(self.advances.get(ord(letter), 0.6) for letter in text)


def typeface_of(regular: Place, bold: Place | None = None) -> Typeface:
    """Read a typeface from its files.

    Raises
    ------
    StudyError
        Where a file is no font, or none that this system draws.
    """
    content, bold_content = _content(regular), _content(bold) if bold else b""
    # Two versions of a font are two typefaces, as are two fonts of one file.
    name = f"laboratory {sha256(content + bold_content).hexdigest()[:8]} {regular.index}"
    with _readable(regular):
        font = _opened(content, regular)
        letters = _letters(font, regular)
        em, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        contents = [_renamed(_opened(content, regular), name, is_bold=False)]
        advances = {code: metrics[glyph][0] / em for code, glyph in letters.items()}
        family = font["name"].getBestFamilyName() or regular.path.stem
    drawn = set(letters)
    if bold is not None:
        with _readable(bold):
            drawn &= set(_letters(_opened(bold_content, bold), bold))
            contents.append(_renamed(_opened(bold_content, bold), name, is_bold=True))
    return Typeface(
        family=family,
        name=name,
        place=regular,
        sha256=sha256(content).hexdigest(),
        letters=frozenset(drawn),
        advances=advances,
        contents=tuple(contents),
    )


@lru_cache(maxsize=1)
def usual_typeface() -> Typeface:
    """DejaVu Sans: Latin, Greek, Cyrillic, Hebrew and Arabic letters, the same on all systems."""
    import matplotlib

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return typeface_of(Place(fonts / "DejaVuSans.ttf"), Place(fonts / "DejaVuSans-Bold.ttf"))


def _content(place: Place) -> bytes:
    try:
        return place.path.read_bytes()
    except OSError as error:
        raise StudyError(f"{place.path}: a font: {error.strerror or error}") from error


@contextmanager
def _readable(place: Place) -> Iterator[None]:
    try:
        yield
    except StudyError:
        raise
    except Exception as error:
        # Whatever a damaged file does to its reader, which looks at a table when it is asked for.
        why = " ".join(str(error).split()) or type(error).__name__
        raise StudyError(
            f"{place.path}: not a readable font ({why}), wanted TrueType or OpenType"
        ) from error


def _opened(content: bytes, place: Place) -> TTFont:
    font = TTFont(io.BytesIO(content), fontNumber=place.index, lazy=True, recalcBBoxes=False)
    missing = [table for table in ("cmap", "head", "hmtx", "name", "OS/2") if table not in font]
    if missing:
        raise StudyError(f"{place.path}: a font without the tables {', '.join(missing)}")
    if sys.platform == "win32" and "glyf" not in font:
        # Windows' GDI+, which draws here, knows TrueType outlines only, and says nothing.
        raise StudyError(
            f"{place.path}: PostScript outlines, which Windows does not draw; wanted TrueType"
        )
    return font


def _letters(font: TTFont, place: Place) -> dict[int, str]:
    """Names of a font's glyphs by code point."""
    letters = font.getBestCmap()
    if letters is None:
        raise StudyError(f"{place.path}: a font of symbols, wanted one with letters")
    return {code: glyph for code, glyph in letters.items() if glyph != ".notdef"}


def _renamed(font: TTFont, name: str, is_bold: bool) -> bytes:
    names, style = font["name"], "Bold" if is_bold else "Regular"
    # Others have names of features and axes, which other tables refer to.
    names.names = [each for each in names.names if each.nameID > _LAST_OF_FAMILY]
    for at in _PLATFORMS:
        for kind, words in (
            (_FAMILY, name),
            (_STYLE, style),
            (_UNIQUE, f"{name} {style}"),
            (_FULL, f"{name} {style}"),
            (_POSTSCRIPT, f"{name}-{style}".replace(" ", "")),
        ):
            names.setName(words, kind, *at)
    # Systems take a face by these flags rather than by its name. They are set in the bytes: to
    # write the table anew, the library would read all letters and glyphs.
    table, content = DefaultTable("OS/2"), bytearray(font.reader["OS/2"])
    kept = int.from_bytes(content[_STYLE_FLAGS], "big") & ~(_REGULAR | _BOLD | _ITALIC)
    content[_STYLE_FLAGS] = (kept | (_BOLD if is_bold else _REGULAR)).to_bytes(2, "big")
    table.data = bytes(content)
    font["OS/2"] = table
    font["head"].macStyle = int(is_bold)
    # What draws takes no compressed fonts (WOFF).
    font.flavor = None
    written = io.BytesIO()
    font.save(written, reorderTables=False)
    return written.getvalue()
