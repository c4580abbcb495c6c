"""The quick look at a table says what its pandera schema says."""

import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.tables.files import typed
from conditions.tables.reading.fitting import fits
from conditions.tables.schema import Column, Table

TABLE = Table(
    "small",
    "Columns of every kind.",
    (
        Column("unit", "str", "A name.", pattern="[a-c]+"),
        Column("pole", "str", "A level.", levels=("min", "max"), required=False),
        Column("note", "str", "Any text.", required=False),
        Column("rank", "int", "From 0 to 3.", minimum=0, maximum=3),
        Column("activation", "float", "At least 0.", required=False, minimum=0),
        Column("shown", "bool", "Truth.", required=False),
    ),
    key=("unit", "pole", "rank"),
)
GOOD = [["a", "min", "x", 0, 0.5, True], ["ab", None, None, 3, None, None]]


def accepts(frame: pd.DataFrame) -> bool:
    try:
        TABLE.schema().validate(frame, lazy=True)
    except (pa.errors.SchemaErrors, pa.errors.SchemaError):
        return False
    return True


def frame_of(rows: list) -> pd.DataFrame:
    return typed(pd.DataFrame(rows, columns=TABLE.column_names), TABLE)


def test_a_good_table_fits():
    assert fits(frame_of(GOOD), TABLE)
    assert fits(frame_of([]), TABLE)
    assert accepts(frame_of(GOOD))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("unit", None),
        ("unit", "ad"),
        ("unit", "a\n"),
        ("pole", "middle"),
        ("rank", None),
        ("rank", 4),
        ("rank", -1),
        ("activation", -0.1),
    ],
)
def test_what_pandera_refuses_does_not_fit(column, value):
    frame = frame_of(GOOD)
    frame.loc[1, column] = value
    assert not accepts(frame)
    assert not fits(frame, TABLE)


@pytest.mark.parametrize(
    "changed",
    [
        lambda frame: frame[[*frame.columns[1:], "unit"]],
        lambda frame: frame.drop(columns="note"),
        lambda frame: frame.assign(more=1),
        lambda frame: frame.astype({"rank": "float64"}),
        lambda frame: pd.concat([frame, frame], ignore_index=True),
        # A key with a missing value occurs twice too.
        lambda frame: pd.concat([frame, frame[1:]], ignore_index=True),
        lambda frame: frame.assign(pole=[1, 2]).astype({"pole": "object"}),
    ],
)
def test_other_columns_types_and_rows_that_occur_twice_do_not_fit(changed):
    frame = changed(frame_of(GOOD))
    assert not accepts(frame)
    assert not fits(frame, TABLE)


CELLS = st.tuples(
    st.sampled_from(["a", "b", "abc", "ac", "d", None]),
    st.sampled_from(["min", "max", "min ", None]),
    st.none() | st.text(max_size=2),
    st.sampled_from([0, 1, 2, 3, 3, 4, None]),
    st.sampled_from([0.0, 1.0, float("inf"), None, -1e-9]),
    st.sampled_from([True, False, None]),
)


@settings(max_examples=40)
@given(st.lists(CELLS, max_size=3))
def test_both_agree_on_any_table(rows):
    frame = frame_of([list(row) for row in rows])
    assert fits(frame, TABLE) == accepts(frame)
