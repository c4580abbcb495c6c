"""Texts: every language says the same things with the same blanks."""

import string

import pytest

from conditions.errors import StudyError
from experiment.texts.languages import TEXTS, key_label, load_texts

LANGUAGES = sorted(path.stem for path in TEXTS.glob("*.yaml"))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_are_english_and_german():
    assert {"en", "de"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_all_texts_with_the_same_blanks(language):
    english, texts = load_texts("en"), load_texts(language)
    assert set(texts) == set(english)
    for key, text in texts.items():
        assert blanks(text) == blanks(english[key]), key


def test_an_unknown_language_is_named_with_those_that_exist():
    with pytest.raises(StudyError, match=r"language 'xx': no texts; there are .*de, en"):
        load_texts("xx")


def test_keys_have_names_that_people_know():
    assert key_label(load_texts("de"), "space") == "der Leertaste"
    assert key_label(load_texts("en"), "1") == "1"
