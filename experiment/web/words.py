"""What participants read in a browser alone, in their language."""

from experiment.texts.languages import TEXTS, Texts, flowing, words_beside

FOLDER = TEXTS / "web"


def web_words(language: str) -> Texts:
    """Words by key; English where a language has no file of them.

    They stand beside those of a session, in whose place some of them are: in a browser there is no
    experimenter to ask.

    Raises
    ------
    StudyError
        See :func:`~experiment.texts.languages.words_beside`.
    """
    words = words_beside(FOLDER, language)
    return web_words("en") if words is None else {key: flowing(text) for key, text in words.items()}
