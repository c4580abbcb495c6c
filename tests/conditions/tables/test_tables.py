"""Tables: what is written is read again, and misfits are named by file, row and column."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.errors import StudyError
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.events import EVENTS
from conditions.tables.files import read_table, write_table
from conditions.tables.rigs import READINGS
from conditions.tables.schema import Column, Table
from conditions.tables.sessions import FRAMES, PARTICIPANTS, PRESSES, RATINGS, TRIALS
from conditions.tables.stimuli import POOL, STIMULI, UNITS

ALL = (
    UNITS,
    STIMULI,
    POOL,
    CONDITION_FILE,
    TRIALS,
    RATINGS,
    PARTICIPANTS,
    FRAMES,
    EVENTS,
    PRESSES,
    READINGS,
)
UNIT_ROW = {
    "unit": "mixed4a_0427",
    "layer": "mixed4a",
    "branch": "5x5",
    "channel": 427,
    "pick": "random",
    "role": "main",
    "block": None,
}


def a_cell(column: Column) -> st.SearchStrategy:
    if column.levels:
        values = st.sampled_from(column.levels)
    elif column.kind == "str":
        alphabet = st.characters(exclude_categories=["Cs", "Cc"])
        values = st.text(alphabet, min_size=1).filter(str.strip)
    elif column.kind == "bool":
        values = st.booleans()
    else:
        least = -1000 if column.minimum is None else column.minimum
        most = 1000 if column.maximum is None else column.maximum
        whole = st.integers(int(least), int(most))
        values = whole if column.kind == "int" else st.floats(least, most)
    return values if column.required else st.none() | values


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_what_is_written_is_read_again(table: Table, tmp_path_factory):
    rows = st.lists(
        st.fixed_dictionaries({c.name: a_cell(c) for c in table.columns}),
        min_size=1,
        max_size=4,
        unique_by=(lambda row: tuple(row[k] for k in table.key)) if table.key else None,
    )
    path = tmp_path_factory.mktemp("tables") / f"{table.name}.csv"

    @settings(max_examples=25, deadline=None)
    @given(rows)
    def check(rows: list[dict]) -> None:
        write_table(pd.DataFrame(rows, columns=table.column_names), table, path)
        found = read_table(path, table)
        again = found.astype(object).where(found.notna(), None).to_dict("records")
        assert again == rows

    check()


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_every_column_is_described(table: Table, tmp_path):
    names = table.column_names
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names)
    dictionary = table.dictionary()
    for column in table.columns:
        assert dictionary[column.name]["Description"].endswith(".")
        assert column.kind != "float" or column.unit


def test_the_data_dictionary_lies_beside_the_table(tmp_path):
    write_table(pd.DataFrame([UNIT_ROW]), UNITS, tmp_path / "units.csv")
    dictionary = json.loads((tmp_path / "units.json").read_text(encoding="utf-8"))
    assert dictionary["branch"]["Levels"] == ["1x1", "3x3", "5x5", "pool"]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("channel", "many", "row 2, column channel: found 'many', wanted a whole number"),
        ("channel", "1.5", "row 2, column channel: found '1.5', wanted a whole number"),
        ("channel", "-1", "row 2, column channel: found -1, wanted a whole number of at least 0"),
        ("channel", "", "row 2, column channel: found empty"),
        ("branch", "7x7", "row 2, column branch: found '7x7', wanted one of 1x1, 3x3, 5x5, pool"),
        ("unit", "", "row 2, column unit: found empty, wanted text"),
    ],
)
def test_a_misfit_is_named_by_file_row_and_column(tmp_path, column, value, words):
    path = tmp_path / "units.csv"
    row = {k: "" if v is None else str(v) for k, v in UNIT_ROW.items()} | {column: value}
    path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    with pytest.raises(StudyError) as error:
        read_table(path, UNITS)
    assert f"{path}: {words}" in str(error.value)


def test_other_columns_and_doubled_rows_are_named(tmp_path):
    path = tmp_path / "units.csv"
    path.write_text("unit,layer,size\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"missing branch, .*; unknown size"):
        read_table(path, UNITS)
    path.write_text(",".join(f"{i}{'x' * 300}" for i in range(3000)), encoding="utf-8")
    with pytest.raises(StudyError, match=r"unknown 0x+, .* and 2992 more") as error:
        read_table(path, UNITS)
    assert len(str(error.value)) < 800
    line = "mixed4a_0427,mixed4a,5x5,427,random,main,\n"
    path.write_text(",".join(UNITS.column_names) + "\n" + line + line, encoding="utf-8")
    with pytest.raises(StudyError, match="row 3: unit mixed4a_0427 occurs more than once"):
        read_table(path, UNITS)
    with pytest.raises(StudyError, match="no such file"):
        read_table(tmp_path / "missing.csv", UNITS)


def test_a_column_that_came_later_may_be_absent_or_there(tmp_path):
    late = Column("note", "int", "Came later.", required=False, optional=True)
    table = Table("late", "A table.", (Column("a", "int", "A."), late, Column("b", "str", "B.")))
    path = tmp_path / "late.csv"
    path.write_text("a,b\n1,x\n", encoding="utf-8")
    found = read_table(path, table)
    assert found["note"].isna().all()
    assert list(found) == ["a", "note", "b"]
    assert str(found["note"].dtype) == "Int64"
    write_table(found, table, path)
    assert read_table(path, table).equals(found)
    with pytest.raises(ValueError, match="required"):
        Column("note", "int", "Came later.", optional=True)


def test_columns_that_a_lab_added_are_kept_where_asked(tmp_path):
    path = tmp_path / "participants.tsv"
    names = ["fee", *PARTICIPANTS.column_names, "note"]
    cells = ["n/a", "sub-001", "30", "", "right", "", "", "2026-01-01", "left, early"]
    path.write_text("\t".join(names) + "\n" + "\t".join(cells) + "\n", encoding="utf-8")
    with pytest.raises(StudyError, match="missing none; unknown fee, note"):
        read_table(path, PARTICIPANTS)
    found = read_table(path, PARTICIPANTS, keep_extra=True)
    assert list(found) == [*PARTICIPANTS.column_names, "fee", "note"]
    write_table(found, PARTICIPANTS, path, keep_extra=True)
    assert read_table(path, PARTICIPANTS, keep_extra=True).equals(found)
    assert found["note"].tolist() == ["left, early"]


def test_nothing_is_left_of_a_table_that_does_not_fit(tmp_path):
    with pytest.raises(Exception, match="pick"):
        write_table(pd.DataFrame([UNIT_ROW | {"pick": "guess"}]), UNITS, tmp_path / "units.csv")
    assert list(tmp_path.iterdir()) == []
