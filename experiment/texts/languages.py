"""What participants read, in their language."""

from pathlib import Path

from conditions.errors import StudyError
from conditions.yaml.loading import load_mapping

TEXTS = Path(__file__).parent
# By key.
Texts = dict[str, str]


def load_texts(language: str) -> Texts:
    """All texts of a language by key.

    Raises
    ------
    StudyError
        Where there is no file of that language, it lacks texts that the English one has, or has
        anything else in a text's place.
    """
    path = TEXTS / f"{language}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in TEXTS.glob("*.yaml")))
        raise StudyError(f"language {language!r}: no texts; there are {known} (see {TEXTS})")
    texts, _ = load_mapping(path, "texts")
    wanted, _ = load_mapping(TEXTS / "en.yaml", "texts")
    for key, words in texts.items():
        if not isinstance(words, str):
            raise StudyError(
                f"{path}: {key}: found {words!r}, wanted text; in quotes, if it is one"
            )
    missing = sorted(set(wanted) - set(texts))
    if missing:
        raise StudyError(f"{path}: texts are missing: {', '.join(missing)}")
    return texts


def key_label(texts: Texts, key: str) -> str:
    """A key as participants know it: an arrow, a word of their language, or its name."""
    return texts.get(f"key_{key}", key)
