"""What the operator's dialog asks of the participant, in the participant's language."""

from conditions.errors import StudyError
from conditions.yaml.loading import load_mapping
from experiment.texts.languages import TEXTS, Texts

FOLDER = TEXTS / "dialog"


def dialog_words(language: str) -> Texts:
    """Words of the dialog by key; English where a language has none.

    Raises
    ------
    StudyError
        Where the file of a language lacks words that the English one has, or has anything but
        text.
    """
    english = load_mapping(FOLDER / "en.yaml", "texts")[0]
    path = FOLDER / f"{language}.yaml"
    if not path.is_file():
        # Its own name is not known either: the code says which one it is.
        return {key: str(words) for key, words in english.items()} | {"name": language}
    words = load_mapping(path, "texts")[0]
    for key in english:
        if not isinstance(words.get(key), str):
            raise StudyError(f"{path}: {key}: found {words.get(key)!r}, wanted text")
    return {str(key): str(text) for key, text in words.items()}
