"""Texts: every language says the same things with the same blanks."""

import string

import pytest

from conditions.errors import StudyError
from conditions.rig.key_names import KEY_NAMES
from conditions.study.study import Study
from experiment.texts import wording
from experiment.texts.languages import TEXTS, flowing, key_label, load_texts
from tests.experiment.rehearsed import TINY

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_end_where_the_screen_does(language):
    for key, text in load_texts(language).items():
        assert "\n" not in text.replace("\n\n", ""), key


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Two\n  lines \nand more.\n\nA paragraph.\n", "Two lines and more.\n\nA paragraph."),
        ("看左边\n的图像。\n\n\n好 a\nb", "看左边的图像。\n\n好 a b"),
        ("שתי\nשורות", "שתי שורות"),
        ("{a}\n{b}", "{a} {b}"),
        ("", ""),
    ],
)
def test_an_empty_line_begins_a_paragraph_and_another_is_a_space(written, read):
    assert flowing(written) == read


@pytest.mark.parametrize(
    ("language", "strong", "weak"), [("en", "strongly", "weakly"), ("de", "stark", "schwach")]
)
def test_questions_and_titles_use_the_words_that_were_explained(language, strong, weak):
    texts = load_texts(language)
    both = ["unit", "task", "sides_min_max", "sides_both", "shown_min_max"]
    for key in [*both, "sides_max", "shown_max", "title_max", "question", "question_none"]:
        assert strong in texts[key], key
    for key in [*both, "title_min"]:
        assert weak in texts[key], key


def test_an_unknown_language_is_named_with_those_that_exist():
    with pytest.raises(StudyError, match=r"language 'xx': no texts; there are .*de, en"):
        load_texts("xx")


def test_keys_have_names_that_people_know():
    assert key_label(load_texts("de"), "space") == "der Leertaste"
    assert key_label(load_texts("en"), "1") == "1"


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_that_two_hands_rest_on_are_not_called_as_programs_call_them(language):
    texts = load_texts(language)
    labels = {name: key_label(texts, name) for name in KEY_NAMES if name[1:] in ("shift", "ctrl")}
    pad = {name: key_label(texts, name) for name in KEY_NAMES if name.startswith("num_")}
    assert [name for name, label in labels.items() if name in label] == []
    assert [name for name, label in pad.items() if len(label.split()[-1]) > 1] == ["num_enter"]


@pytest.mark.parametrize(
    ("language", "seconds", "words"),
    [
        ("en", 1, "You have one second to choose"),
        ("en", 2.5, "You have 2.5 seconds"),
        ("de", 1, "Sie haben eine Sekunde, um"),
        ("de", 0.5, "Sie haben 0,5 Sekunden"),
        ("de", 10, "Sie haben 10 Sekunden"),
        ("en", None, "as much time as you need"),
    ],
)
def test_the_time_limit_is_said_as_people_say_it(language, seconds, words):
    study = Study.model_validate(TINY | {"timing": {"deadline": seconds}})
    pages = wording.instructions(load_texts(language), study)
    assert any(words in page.body for page in pages)
