"""Which font a session's texts are drawn in: the rig's, one of the language's, or the usual one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from conditions.errors import StudyError
from conditions.rig.rig import Rig
from experiment.texts.fonts.installed import installed
from experiment.texts.fonts.shaping import undrawn
from experiment.texts.fonts.typeface import Place, Typeface, typeface_of, usual_typeface
from experiment.texts.languages import Writing, writing_of

# Families by language, for those whose letters the usual font lacks: free ones first, then those
# that come with Windows and with macOS.
FAMILIES = {
    "zh": (
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "WenQuanYi Micro Hei",
        "Microsoft YaHei",
        "SimHei",
        "PingFang SC",
        "Hiragino Sans GB",
        "Heiti SC",
    ),
    "ja": (
        "Noto Sans CJK JP",
        "Noto Sans JP",
        "Yu Gothic",
        "Meiryo",
        "MS Gothic",
        "Hiragino Sans",
        "Hiragino Kaku Gothic ProN",
    ),
    "ko": (
        "Noto Sans CJK KR",
        "Noto Sans KR",
        "NanumGothic",
        "Malgun Gothic",
        "Apple SD Gothic Neo",
        "AppleGothic",
    ),
}


@dataclass(frozen=True)
class Lettering:
    """How texts are drawn: in which typeface, and in which ``direction`` (ltr, rtl)."""

    typeface: Typeface
    direction: str = "ltr"

    def lacks(self, text: str) -> list[str]:
        """Letters of a text that cannot be drawn."""
        return undrawn(text, self.typeface.letters, self.direction)


@lru_cache(maxsize=1)
def usual_lettering() -> Lettering:
    """What is drawn for no language in particular: the usual typeface, from left to right."""
    return Lettering(usual_typeface())


def lettering_for(rig: Rig, rig_file: Path, language: str, texts: Collection[str]) -> Lettering:
    """What the texts of a session are drawn in.

    Parameters
    ----------
    rig, rig_file
        The rig's font is taken, whatever it lacks.
    language : str
        Its file names fonts; the first that is installed and has all letters is taken.
    texts : collection of str
        All that is to be drawn.

    Raises
    ------
    StudyError
        Where the rig's font is not there or cannot be read, or the language has no texts.
    """
    writing = writing_of(language)
    if rig.font is not None:
        return Lettering(_of_rig(rig, rig_file), writing.direction)
    all_texts, first = "\n".join(texts), None
    for typeface in _offered(writing, language):
        lettering = Lettering(typeface, writing.direction)
        if not lettering.lacks(all_texts):
            return lettering
        first = first or lettering
    return first or Lettering(usual_typeface(), writing.direction)


def families_of(language: str) -> tuple[str, ...]:
    """Families that have the letters of a language, as far as they are known."""
    return (*writing_of(language).fonts, *FAMILIES.get(language, ()))


def _offered(writing: Writing, language: str) -> Iterator[Typeface]:
    yield from _there(writing.fonts)
    yield usual_typeface()
    yield from _there(FAMILIES.get(language, ()))


def _there(families: Collection[str]) -> Iterator[Typeface]:
    for family in families:
        try:
            typeface = installed(family)
        except StudyError:
            # Installed, but not for this system: the next one may be.
            continue
        if typeface is not None:
            yield typeface


def _of_rig(rig: Rig, rig_file: Path) -> Typeface:
    assert rig.font is not None
    if rig.font.file is not None:
        return typeface_of(Place(rig_file.parent / rig.font.file))
    name = str(rig.font.name)
    if (typeface := installed(name)) is None:
        raise StudyError(
            f"{rig_file}: font.name: found {name!r}, wanted a family that is installed on this "
            "computer; or name its file (font: {file: …})"
        )
    return typeface
