"""What participants read in a browser alone, in their language."""

from conditions.errors import StudyError
from conditions.yaml.loading import load_mapping
from experiment.texts.languages import TEXTS, Texts, flowing

FOLDER = TEXTS / "web"


def web_words(language: str) -> Texts:
    """Words by key; English where a language has no file of them.

    They stand beside those of a session, in whose place some of them are: in a browser there is no
    experimenter to ask.

    Raises
    ------
    StudyError
        Where the file of a language lacks words that the English one has, or has anything but
        text.
    """
    english = load_mapping(FOLDER / "en.yaml", "texts")[0]
    path = FOLDER / f"{language}.yaml"
    words = load_mapping(path, "texts")[0] if path.is_file() else english
    for key in english:
        if not isinstance(words.get(key), str):
            raise StudyError(f"{path}: {key}: found {words.get(key)!r}, wanted text")
    return {str(key): flowing(str(text)) for key, text in words.items()}
