"""Letters stand where they are read: right to left, joined, in lines that begin at the top."""

import pytest

from experiment.texts.fonts.shaping import laid_out, undrawn

FULL = frozenset(range(0x11000))
HEBREW, ARABIC, CHINESE = "אבגד הוזח", "لا", "请选择上面的图片"


def rows(text: str, room: float = 1e9, direction: str = "rtl") -> list[str]:
    return laid_out(text, len, room, direction).split("\n")


@pytest.mark.parametrize("text", ["Block 1 of 4 (practice)", "größer", "a\n\nb", ""])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_text_that_runs_from_left_to_right_stays_as_it_is(text, direction):
    assert laid_out(text, len, 1e9, direction) == text


def test_letters_run_from_right_to_left_and_the_first_line_is_the_first():
    assert rows(HEBREW, room=5) == ["דגבא", "חזוה"]


def test_brackets_open_towards_what_they_hold_and_numbers_keep_their_order():
    assert rows("אב (גד) 12") == ["12 (דג) בא"]


def test_the_languages_direction_decides_where_a_line_begins():
    assert rows("q אב", direction="rtl") == ["בא q"]
    assert rows("q אב", direction="ltr") == ["q בא"]


def test_a_mark_of_direction_keeps_the_sign_of_a_number_and_is_not_drawn():
    assert rows("\u200e–100 אב") == ["בא –100"]


def test_arabic_letters_are_joined():
    assert rows(ARABIC) == ["\ufefb"]
    assert rows("الله") != ["\ufdf2"], "few fonts have a word as one letter"


def test_chinese_is_broken_without_spaces_but_never_before_what_closes():
    assert rows(CHINESE, room=4) == ["请选择上", "面的图片"]
    assert rows("请选择上。面的图片", room=4) == ["请选择", "上。面", "的图片"]
    assert rows("选（择）上", room=2) == ["选", "（择）", "上"]


def test_an_accent_written_as_a_mark_becomes_a_letter():
    assert laid_out("e\u0301", len, 9, "ltr") == "é"


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("e\u0301 fine\n", []),
        ("e\u0332", ["\u0332"]),
        ("שָ", ["ָ"]),
        ("เก", ["เ"]),
        ("soft\u00adhyphen\u200e", []),
    ],
)
def test_marks_on_letters_are_lacking_whatever_the_font_has(text, lacking):
    assert undrawn(text, FULL, "ltr") == lacking


def test_a_joined_letter_must_be_in_the_font_in_that_form():
    assert undrawn(ARABIC, frozenset(map(ord, ARABIC)), "rtl") == ["\ufefb"]
    assert undrawn("a b", frozenset(map(ord, "a")), "ltr") == ["b"]
