"""What the operator's dialog asks of the participant, in the participant's language."""

from experiment.texts.languages import TEXTS, Texts, words_beside

FOLDER = TEXTS / "dialog"


def dialog_words(language: str) -> Texts:
    """Words of the dialog by key; English where a language has none.

    Raises
    ------
    StudyError
        See :func:`~experiment.texts.languages.words_beside`.
    """
    words = words_beside(FOLDER, language)
    # Its own name is not known either: the code says which one it is.
    return words or dialog_words("en") | {"name": language}
