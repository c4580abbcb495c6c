"""Whether the font has every letter that participants are to read."""

from collections.abc import Mapping
from pathlib import Path
from string import Formatter

from conditions.rig.rig import Rig
from conditions.study.study import Study
from experiment.checks.check import Check
from experiment.texts.fonts.choosing import Lettering, families_of, lettering_for
from experiment.texts.languages import Texts, key_label

NAMED = 12
# What is put into the blanks of texts: numbers, and signs around them.
_NUMBERS = "0123456789.,–-+/:%()"


def session_words(texts: Texts, study: Study) -> dict[str, str]:
    """All that participants of a session may read, by where it comes from.

    Parameters
    ----------
    texts : dict
        Those of the session, with the words of the study's kinds.
    study : Study
        Names the keys.
    """
    words = {k: text if k == "consent" else _without_blanks(text) for k, text in texts.items()}
    keys = sorted({key for field in study.keys.model_dump().values() for key in _flat(field)})
    labels = " ".join(key_label(texts, key) for key in keys)
    return words | {"keys": labels, "numbers": _NUMBERS}


def letters_of(
    rig: Rig, rig_file: Path, language: str, words: Mapping[str, str]
) -> tuple[Lettering, Check]:
    """What a session's texts are drawn in, and whether that has all their letters.

    Raises
    ------
    StudyError
        Where the rig's font is not there or cannot be read.
    """
    lettering = lettering_for(rig, rig_file, language, words.values())
    return lettering, check_letters(lettering, language, words)


def check_letters(lettering: Lettering, language: str, words: Mapping[str, str]) -> Check:
    """Whether a typeface has all letters of some texts; the first that it lacks are named."""
    typeface = lettering.typeface
    lacking = {
        where: letters for where, text in words.items() if (letters := lettering.lacks(text))
    }
    if not lacking:
        found = f"{language}: {typeface.family} ({typeface.place.path}) has them all"
        return Check("letters", True, found)
    letters = list(dict.fromkeys(letter for found in lacking.values() for letter in found))
    more = f" and {len(letters) - NAMED} more" if len(letters) > NAMED else ""
    return Check(
        "letters",
        False,
        f"language {language}, text {next(iter(lacking))}: {typeface.family} "
        f"({typeface.place.path}) cannot draw {' '.join(map(_named, letters[:NAMED]))}{more}; "
        f"{_cure(language)}",
    )


def _cure(language: str) -> str:
    own = "name a font that has them in the rig file (font: {name: …} or {file: …})"
    families = families_of(language)
    return f"install {' or '.join(families)}, or {own}" if families else own


def _named(letter: str) -> str:
    """A letter, and its number: the console may lack it as well."""
    return f"{letter} (U+{ord(letter):04X})"


def _without_blanks(text: str) -> str:
    return "".join(literal for literal, *_ in Formatter().parse(text))


def _flat(field: object) -> list[str]:
    """Names of keys in a field: one, several, or several for each of several answers."""
    if isinstance(field, str):
        return [field]
    return [key for each in field for key in _flat(each)] if isinstance(field, list | tuple) else []
