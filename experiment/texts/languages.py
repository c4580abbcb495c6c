"""What participants read, in their language."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conditions.errors import StudyError
from conditions.yaml.loading import load_mapping

TEXTS = Path(__file__).parent
# Names of keys of the number pad begin so.
PAD = "num_"
# What keys are called begins so, in a sentence and alone.
_KEY, _PRINTED = "key_", "printed_"
# By key.
Texts = dict[str, str]
# What the file of a language says of its letters, beside the texts.
_LETTERS = ("font", "direction")
_DIRECTIONS = ("ltr", "rtl")
# Within a paragraph, with the letters before and after it.
_LINE_END = re.compile(r"(?<=(\S))[ \t]*\n[ \t]*(?=(\S))")


@dataclass(frozen=True)
class Writing:
    """How a language is written.

    Attributes
    ----------
    fonts : tuple of str
        Families that have its letters, the best first; the usual font does where there are none.
    direction : str
        ltr from left to right, or rtl.
    """

    fonts: tuple[str, ...] = ()
    direction: str = "ltr"


def load_texts(language: str) -> Texts:
    """All texts of a language by key, as :func:`flowing` makes them.

    Raises
    ------
    StudyError
        Where there is no file of that language, it lacks texts that the English one has, or has
        anything else in a text's place.
    """
    path, content = _content(language)
    texts = {key: words for key, words in content.items() if key not in _LETTERS}
    _, wanted = _content("en")
    for key, words in texts.items():
        if not isinstance(words, str):
            raise StudyError(
                f"{path}: {key}: found {words!r}, wanted text; in quotes, if it is one"
            )
    missing = sorted(set(wanted) - {*texts, *_LETTERS})
    if missing:
        raise StudyError(f"{path}: texts are missing: {', '.join(missing)}")
    return {key: flowing(words) for key, words in texts.items()}


def words_beside(folder: Path, language: str) -> Texts | None:
    """Words that only some sessions need, as they stand in the file of a language in a folder.

    Returns
    -------
    dict or None
        Words by key; None where the language has no file there.

    Raises
    ------
    StudyError
        Where the file lacks words that the English one has, or has anything but text.
    """
    path = folder / f"{language}.yaml"
    if not path.is_file():
        return None
    words = load_mapping(path, "texts")[0]
    for key in load_mapping(folder / "en.yaml", "texts")[0]:
        if not isinstance(words.get(key), str):
            raise StudyError(f"{path}: {key}: found {words.get(key)!r}, wanted text")
    return {str(key): str(text) for key, text in words.items()}


def flowing(words: str) -> str:
    r"""A text without the line ends of its file, which are not those of the screen.

    Empty lines stand between paragraphs. Any other line end is a space, or nothing where letters
    stand side by side that need none, as those of Chinese.

    >>> flowing("One line\nor two.\n\nA paragraph.\n")
    'One line or two.\n\nA paragraph.'
    """
    paragraphs = re.split(r"\n\s*\n", words.strip())
    return "\n\n".join(_LINE_END.sub(_space, paragraph) for paragraph in paragraphs)


def _space(found: re.Match[str]) -> str:
    return "" if all(unicodedata.east_asian_width(each) in "WF" for each in found.groups()) else " "


def writing_of(language: str) -> Writing:
    """How a language is written: ``font`` (a family or several) and ``direction`` of its file.

    Raises
    ------
    StudyError
        Where there is no file of that language, or it says anything else there.
    """
    path, content = _content(language)
    fonts, direction = content.get("font", []), content.get("direction", "ltr")
    families = [fonts] if isinstance(fonts, str) else fonts
    if not isinstance(families, list) or not all(isinstance(name, str) for name in families):
        raise StudyError(f"{path}: font: found {fonts!r}, wanted names of fonts, the best first")
    if direction not in _DIRECTIONS:
        raise StudyError(f"{path}: direction: found {direction!r}, wanted ltr or rtl")
    return Writing(tuple(families), direction)


def _content(language: str) -> tuple[Path, dict[Any, Any]]:
    path = TEXTS / f"{language}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in TEXTS.glob("*.yaml")))
        raise StudyError(f"language {language!r}: no texts; there are {known} (see {TEXTS})")
    return path, load_mapping(path, "texts")[0]


def key_label(texts: Texts, key: str) -> str:
    """A key as participants know it: an arrow, a word of their language, or its name."""
    known = texts.get(f"{_KEY}{key}")
    if known is None and key.startswith(PAD):
        return texts["key_of_pad"].format(key=key_label(texts, key.removeprefix(PAD)))
    return known or key


def as_printed(texts: Texts) -> Texts:
    """The texts with keys as they are called in lists, where there is no sentence around them.

    >>> as_printed({"key_space": "the space bar", "printed_space": "space bar"})["key_space"]
    'space bar'
    """
    alone = {name: words for name, words in texts.items() if name.startswith(_PRINTED)}
    return texts | {name.replace(_PRINTED, _KEY): words for name, words in alone.items()}


def keys_label(texts: Texts, keys: Sequence[str]) -> str:
    """Keys with one meaning: all that are known by different names, as in “↑ or w”."""
    *others, last = dict.fromkeys(key_label(texts, key) for key in keys)
    return texts["key_or"].format(keys=", ".join(others), last=last) if others else last


def go_on_hint(texts: Texts, keys: Sequence[str]) -> str:
    """The line that names the keys that go on."""
    return texts["go_on"].format(key=keys_label(texts, keys))


def row_label(texts: Texts, row: Sequence[Sequence[str]]) -> str:
    """A row of keys with a meaning each: the first of each, one beside the other."""
    return " ".join(key_label(texts, keys[0]) for keys in row)
