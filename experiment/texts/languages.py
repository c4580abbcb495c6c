"""What participants read, in their language."""

from pathlib import Path

import yaml

from conditions.errors import StudyError

TEXTS = Path(__file__).parent


def load_texts(language: str) -> dict[str, str]:
    """All texts of a language by key.

    Raises
    ------
    StudyError
        Where there is no file of that language, or it lacks texts that the English one has.
    """
    path = TEXTS / f"{language}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in TEXTS.glob("*.yaml")))
        raise StudyError(f"language {language!r}: no texts; there are {known} (see {TEXTS})")
    texts = yaml.safe_load(path.read_text(encoding="utf-8"))
    wanted = yaml.safe_load((TEXTS / "en.yaml").read_text(encoding="utf-8"))
    missing = sorted(set(wanted) - set(texts))
    if missing:
        raise StudyError(f"{path}: texts are missing: {', '.join(missing)}")
    return texts


def key_label(texts: dict[str, str], key: str) -> str:
    """A key as participants know it: an arrow, a word of their language, or its name."""
    return texts.get(f"key_{key}", key)
