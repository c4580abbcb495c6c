"""What participants read in a browser alone: in both languages, and all that the page asks for."""

import re
from pathlib import Path

import pytest

from conditions.errors import StudyError
from experiment.texts.languages import load_texts
from experiment.web import words
from experiment.web.words import web_words

APP = Path(__file__).parents[3] / "experiment" / "web" / "app"
BLANK = re.compile(r"\{(\w*)\}")
NAMED = re.compile(r"""(?:word\(|(?:refuse|over)\(\w+, (?:context, )?|refused: |words: )"(\w+)\"""")
# Named in another way: by what a study is, or by where its answers go.
OTHERWISE = {"end", "welcome", "web_card_hint", "web_save", "web_not_sent", "web_no_consent"}


def test_both_languages_have_the_same_words_with_the_same_blanks():
    english, german = web_words("en"), web_words("de")
    assert english.keys() == german.keys()
    for key, text in english.items():
        assert sorted(BLANK.findall(text)) == sorted(BLANK.findall(german[key])), key
        assert text != german[key]


def test_the_page_asks_for_words_that_there_are_and_for_all_of_them():
    there = load_texts("en") | web_words("en")
    code = "\n".join(path.read_text(encoding="utf-8") for path in APP.rglob("*.js"))
    asked = set(NAMED.findall(code))
    assert len(asked) > 25
    assert asked <= there.keys()
    unused = web_words("en").keys() - asked - OTHERWISE
    assert not {key for key in unused if f'"{key}"' not in code}


def test_nobody_is_sent_to_an_experimenter():
    assert not [key for key, text in web_words("en").items() if "experimenter" in text.lower()]
    assert not [key for key, text in web_words("de").items() if "versuchsleit" in text.lower()]


def test_a_language_without_words_of_its_own_has_the_english_ones(tmp_path, monkeypatch):
    english = web_words("en")
    assert web_words("fr") == english
    for name in ("en", "fr"):
        text = (words.FOLDER / "en.yaml").read_text(encoding="utf-8")
        lacking = text.replace("web_loading:", "loading:") if name == "fr" else text
        (tmp_path / f"{name}.yaml").write_text(lacking, encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    with pytest.raises(StudyError, match=r"fr\.yaml: web_loading: found None"):
        web_words("fr")
