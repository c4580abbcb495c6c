"""Lines: as few as have room, of about the same length, broken between columns where there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiment.texts.fonts.lines import lines_of

QUESTION = "An example: this unit likes stripes. Which of the two images does it like?"
COLUMNS = "1 not confident     2 somewhat     3 very confident"


def test_no_word_is_left_over_for_the_last_line():
    assert lines_of(QUESTION, len, len(QUESTION)) == [QUESTION]
    first, second = lines_of(QUESTION, len, len(QUESTION) - 1)
    assert abs(len(first) - len(second)) < 10
    assert f"{first} {second}" == QUESTION


@pytest.mark.parametrize(
    ("room", "lines"),
    [
        (60, [COLUMNS]),
        (45, ["1 not confident     2 somewhat", "3 very confident"]),
        (20, ["1 not confident", "2 somewhat", "3 very confident"]),
        (12, ["1 not", "confident", "2 somewhat", "3 very", "confident"]),
    ],
)
def test_columns_stay_whole_as_long_as_they_can(room, lines):
    assert lines_of(COLUMNS, len, room) == lines


@given(
    words=st.lists(st.integers(1, 12).map("x".__mul__), min_size=1, max_size=40),
    room=st.integers(4, 60),
)
def test_lines_hold_all_words_in_as_few_lines_as_have_room(words, room):
    text = " ".join(words)
    lines = lines_of(text, len, room)
    assert " ".join(lines) == text
    assert all(len(line) <= room or " " not in line for line in lines)
    greedy, line = 1, ""
    for word in words:
        longer = f"{line} {word}".strip()
        if len(longer) > room and line:
            greedy, longer = greedy + 1, word
        line = longer
    assert len(lines) == greedy
