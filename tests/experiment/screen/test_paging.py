"""Long texts cut into pages."""

from hypothesis import given
from hypothesis import strategies as st

from experiment.screen.paging import broken, pages_of

WORDS = st.text(alphabet="ab .\n。", max_size=300)


def letters(*texts: str) -> str:
    return "".join("".join(texts).split())


@given(WORDS, st.integers(1, 40))
def test_every_letter_is_on_a_page_once_and_every_page_fits(words, room):
    pages = pages_of(words, lambda part: len(part) <= room)
    assert letters(*pages) == letters(words)
    assert all(page and len(page) <= room for page in pages)


def test_a_page_ends_after_a_paragraph_a_line_a_sentence_a_word():
    for words, room, wanted in (
        ("One. Two.\n\nThree. Four", 14, ["One. Two.", "Three. Four"]),
        ("One. Two\nThree. Four", 12, ["One. Two", "Three. Four"]),
        ("One. Two. Three", 10, ["One. Two.", "Three"]),
        ("你好。再见。你好吗", 7, ["你好。再见。", "你好吗"]),
        ("One two three", 9, ["One two", "three"]),
        # A heading does not stand alone on a page.
        ("Title\n\nOne two three four five", 20, ["Title\n\nOne two three", "four five"]),
        ("One. Two.\n\nTitle\n\nThree. Four.", 20, ["One. Two.", "Title\n\nThree. Four."]),
        ("One. Two.\n\nTo ask:\n\nThree. Four.", 21, ["One. Two.", "To ask:\n\nThree. Four."]),
        ("One. Two.\n\nTo ask.\n\nThree. Four.", 20, ["One. Two.\n\nTo ask.", "Three. Four."]),
        ("abcdef", 4, ["abcd", "ef"]),
    ):
        assert pages_of(words, lambda part, room=room: len(part) <= room) == wanted
    assert pages_of(" \n", lambda part: True) == []
    assert pages_of("ab", lambda part: False) == ["a", "b"]


def test_only_words_that_no_line_has_room_for_are_broken():
    address = "https://example.org/" + 60 * "x"
    words = f"See {address} and so on"
    assert broken(words, lambda part: len(part) <= 100) == words
    lines = broken(words, lambda part: len(part) <= 50).split("\n")
    assert lines == [f"See {address[:50]}", f"{address[50:]} and so on"]


def test_no_more_is_laid_out_than_about_a_page():
    asked = []

    def fits(part: str) -> bool:
        asked.append(len(part))
        return len(part) <= 1000

    assert len(pages_of("word " * 4000, fits)) == 20
    assert max(asked) <= 2000
