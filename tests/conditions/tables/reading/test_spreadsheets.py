"""Tables as editors, spreadsheets and broken disks leave them: read, or refused in one line."""

import codecs
import contextlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.errors import StudyError
from conditions.tables.files import read_table, write_table
from conditions.tables.schema import Column, Table

TABLE = Table(
    "things",
    "A table.",
    (
        Column("name", "str", "Text."),
        Column("hand", "str", "One of two.", levels=("left", "right"), required=False),
        Column("count", "int", "Whole.", required=False),
        Column("rt", "float", "Seconds.", unit="s", required=False),
        Column("catch", "bool", "Truth.", required=False),
    ),
    key=("name",),
)
HEADER = "name,hand,count,rt,catch\n"
PLAIN = HEADER + "a,left,1,1.5,true\nb,,2,2.25,false\n"


@pytest.fixture
def read(tmp_path):
    def read(content: str | bytes, name: str = "things.csv", **options) -> pd.DataFrame:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path, TABLE, **options)

    return read


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.rstrip("\n"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", ";").replace(".", ","),
        PLAIN.replace(",", "\t").encode("utf-16"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        PLAIN.replace("true", "TRUE").replace("false", "False"),
        PLAIN.replace(",", " , ").replace("a ", "a").replace("b ", "b"),
        PLAIN.replace("1.5", '"1,5"').replace("2.25", '"2,25"'),
        PLAIN.replace("\n", ",,\n") + ",,,,,,\n\n",
        PLAIN.replace("b,,", "b,n/a,"),
        PLAIN.replace("b,,", "b,NA,"),
        "\n" + PLAIN,
        "rt,catch,name,hand,count\n1.5,true,a,left,1\n2.25,false,b,,2\n",
        PLAIN.replace("1,1.5", "1.0,15e-1"),
    ],
    ids=range(17),
)
def test_what_spreadsheets_leave_is_read(read, content):
    expected = read(PLAIN)
    assert expected["rt"].tolist() == [1.5, 2.25]
    pd.testing.assert_frame_equal(read(content), expected)


@pytest.mark.parametrize("word", ["n/a", "NA", "N/A", "NaN", "nan", " ", ""])
def test_words_for_missing_values_are_missing_where_the_column_is_no_free_text(read, word):
    found = read(HEADER + f"{word or 'a'},{word},{word},{word},{word}\n")
    assert found.iloc[0, 1:].isna().all()
    # A participant or unit may be called so; BIDS says that a person in a TSV is not.
    assert found["name"].tolist() == [word or "a"]
    with pytest.raises(StudyError, match="row 2, column name: found empty"):
        read((HEADER + f"{word},,,,\nb,,,,\n").replace(",", "\t"), "things.tsv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not a readable table: the file is empty"),
        ("\n\n", "the file is empty"),
        (PLAIN + "c,left,1,\n", "row 4: found 4 cells, wanted 5"),
        (PLAIN.replace("1.5", "1,5"), "row 2: found 6 cells, wanted 5.*a comma in a number"),
        (PLAIN + 'c,"left,1,1.5,true\nd,,,,\n', "line 4: a quote opens and is not closed"),
        (PLAIN + 'c,"left"x,1,1.5,true\n', "line 4: .*expected after"),
        (HEADER.replace("count", "name"), "columns name occur more than once"),
        (HEADER + f"{'x' * 200_000},,,,\n", "line 2: a cell has more than 131072 characters"),
        (PLAIN.encode().replace(b"left", b"l\0ft"), "line 2: found a NUL byte"),
        (b"PK\x03\x04\0\0\x08" + bytes(200), "found a NUL byte"),
        (PLAIN.replace("left", "lö").encode("latin-1"), "line 2: found the byte 0xf6"),
        (PLAIN.encode("utf-16-le"), "found a NUL byte"),
        (PLAIN.replace("name,", "nom,"), "missing name; unknown nom"),
        (PLAIN.replace("catch\n", "catch,note\n"), "row 2: found 5 cells, wanted 6"),
        (HEADER + "a,left,inf,1,\n", "column count: found 'inf', wanted a whole number"),
        (HEADER + "a,left,1,-inf,\n", "column rt: found '-inf', wanted a number"),
        (HEADER + f"a,left,{'9' * 30},1,\n", "column count: found '9999"),
        (HEADER + f"a,left,{'9' * 5000},1,\n", r"column count: found '9{60}…'"),
        (HEADER + f"a,left,1,{'9' * 5000},\n", "column rt: found '9999"),
        (HEADER + "a,left,1,1e999,\n", "column rt: found '1e999'"),
        (HEADER + 'a,left,1,"1,234",\n', "looks like a spreadsheet's export with decimal commas"),
        (HEADER + 'a,,1,1.5,\nb,,1,"2,5",\n', "row 3, column rt: .* decimal commas"),
        (HEADER + "a,left,1,1.5,1\n", "column catch: found '1', wanted true/false"),
        (HEADER + "a,LEFT,1,1.5,\n", "column hand: found 'LEFT', wanted one of left, right"),
        (PLAIN + "a,,,,\n", "row 4: name a occurs more than once"),
        (PLAIN + ",,,,\nc,,,,\n", "row 4, column name: found empty"),
    ],
    ids=range(26),
)
def test_what_is_no_table_is_refused_in_one_line(read, content, words):
    with pytest.raises(StudyError, match=words) as error:
        read(content)
    assert "things.csv: " in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "things.csv").mkdir()
    with pytest.raises(StudyError, match="found a folder"):
        read_table(tmp_path / "things.csv", TABLE)


def test_columns_without_a_name_are_kept_and_named_by_their_place(read):
    found = read(",name,hand,count,rt,catch\n0,a,left,1,1.5,true\n", keep_extra=True)
    assert found["column 1"].tolist() == ["0"]


CELLS = st.text(
    st.one_of(st.sampled_from('\r\n,;\t" \x0b\x85\u2028'), st.characters(codec="utf-8")),
    min_size=1,
    max_size=8,
).filter(lambda text: "\0" not in text)


@pytest.mark.parametrize("name", ["things.csv", "things.tsv"])
def test_any_text_is_read_as_it_was_written(tmp_path_factory, name):
    path = tmp_path_factory.mktemp("things") / name
    words = CELLS.filter(lambda text: text.strip().lower() not in ("", "n/a", "na", "nan"))

    @settings(max_examples=60, deadline=None)
    @given(st.lists(words, min_size=1, max_size=3, unique=True))
    def check(texts: list[str]) -> None:
        frame = pd.DataFrame({"name": texts}).reindex(columns=TABLE.column_names)
        write_table(frame, TABLE, path)
        assert read_table(path, TABLE)["name"].tolist() == texts

    check()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("caf\udce9", r"'caf\\udce9' cannot be written: UTF-8 has no '\\udce9' at place 3"),
        ("\ud800", r"UTF-8 has no '\\ud800' at place 0"),
        ("a\0b", r"'a\\x00b' cannot be written: it holds a zero character"),
        ("a" * 131_073, "it has 131073 characters, and a cell at most 131072"),
        ("", "it is read as a missing value"),
    ],
)
def test_what_could_not_be_read_again_is_refused_before_anything_is_written(tmp_path, text, words):
    frame = pd.DataFrame({"name": ["b", text]}, dtype="object").reindex(columns=TABLE.column_names)
    path = tmp_path / "things.csv"
    with pytest.raises(StudyError, match=rf"things.csv: row 3, column name: .*{words}") as error:
        write_table(frame, TABLE, path)
    assert len(str(error.value)) < 300
    assert not list(tmp_path.iterdir())
    write_table(frame[:1], TABLE, path)
    before = path.read_bytes()
    with pytest.raises(StudyError):
        write_table(frame, TABLE, path)
    assert path.read_bytes() == before


def test_words_that_a_tsv_takes_for_missing_are_refused_where_none_may_be(tmp_path):
    frame = pd.DataFrame({"name": ["n/a"]}).reindex(columns=TABLE.column_names)
    with pytest.raises(StudyError, match="'n/a' cannot be written: it is read as a missing value"):
        write_table(frame, TABLE, tmp_path / "things.tsv")
    write_table(frame, TABLE, tmp_path / "things.csv")
    assert read_table(tmp_path / "things.csv", TABLE)["name"].tolist() == ["n/a"]


def test_the_longest_cell_and_extra_columns_are_read_as_they_were_written(tmp_path):
    path = tmp_path / "things.csv"
    frame = pd.DataFrame({"name": ["a\r", "x" * 131_072]}).reindex(columns=TABLE.column_names)
    frame["extra"] = ["b\rc", 'd\n"e'] * (len(frame) // 2)
    write_table(frame, TABLE, path, keep_extra=True)
    found = read_table(path, TABLE, keep_extra=True)
    assert found["name"].tolist() == frame["name"].tolist()
    assert found["extra"].tolist() == frame["extra"].tolist()
    path.unlink()
    frame["name"], frame["extra"] = ["a", "b"], ["b\rc", "d"]
    write_table(frame, TABLE, path, keep_extra=True)
    assert read_table(path, TABLE, keep_extra=True)["extra"].tolist() == ["b\rc", "d"]


def test_no_bytes_end_in_anything_but_a_message(tmp_path):
    path, rng = tmp_path / "things.csv", np.random.default_rng(1)
    plain = PLAIN.encode()
    for _ in range(300):
        content = bytearray(plain)
        for _ in range(rng.integers(1, 4)):
            place = int(rng.integers(len(content)))
            junk = rng.choice([b"\0", b'"', b",", b"\r", b"\xff", b"e", b"-", b"9", b"", b"\n"])
            content[place : place + int(rng.integers(3))] = bytes(junk)
        path.write_bytes(bytes(content))
        with contextlib.suppress(StudyError):
            assert list(read_table(path, TABLE)) == TABLE.column_names
