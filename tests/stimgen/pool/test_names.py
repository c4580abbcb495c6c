"""Names of any bytes: held in little memory, written in tables, and read back from them."""

import csv
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.tables.files import read_table, write_table
from conditions.tables.stimuli import EXTREMES, POOL_REPORT
from stimgen.natural.scanning.extremes import Extremes
from stimgen.natural.scanning.scan import PoolScan
from stimgen.natural.scanning.tables import extremes_table, odd_images
from stimgen.pool.decoding.decode import Status
from stimgen.pool.images import Pool
from stimgen.pool.names import Names, from_written, printable, written

# Names as POSIX has them: any bytes but zero, and the slash between folders; and as Windows has.
POSIX = st.binary(min_size=1).filter(lambda name: 0 not in name)
WINDOWS = st.text(st.characters(exclude_characters="\0"), min_size=1)
ODD = st.text(st.sampled_from("\\xn\r\n\t ae\u00e9\udce9\u2028\x85\x1b:\"',=0"), min_size=1)
NAMES = st.one_of(POSIX.map(lambda name: name.decode("utf-8", "surrogateescape")), WINDOWS, ODD)


@settings(max_examples=30)
@given(st.lists(NAMES))
def test_names_are_a_list_of_texts(texts):
    names = Names(texts)
    assert list(names) == texts
    assert names[1:] == texts[1:]
    assert len(names) == len(texts)
    with pytest.raises(IndexError):
        names[len(texts)]


@settings(max_examples=300)
@given(NAMES, NAMES)
def test_what_is_written_is_one_line_and_leads_back(name, other):
    text = written(name)
    assert from_written(text) == name
    assert (text == written(other)) == (name == other)
    assert text.splitlines() == [text] == [text.strip()]
    assert not set(text) & {*map(chr, range(32)), "\x7f", "\u2028", "\u2029"}
    text.encode()


@pytest.mark.parametrize(
    "name",
    ["n01440764/n01440764_1.JPEG", "Ä ö,ü.jpg", "日本/写真.png", "a:b=c'd\".jpg", "-.jpg"],
)
def test_ordinary_names_are_written_as_they_are(name):
    assert written(name) == printable(name) == name
    assert from_written(name) == name


@pytest.mark.parametrize("word", ["NA", "nan", "n/a", "NULL", "None", "<NA>", "#N/A"])
def test_words_that_readers_take_for_nothing_are_written_otherwise(word):
    assert written(word) != word
    assert from_written(written(word)) == word


def test_a_backslash_of_somebody_else_stays():
    assert from_written("C:\\photographs\\a.jpg") == "C:\\photographs\\a.jpg"
    assert printable("C:\\a\nb\udce9") == "C:\\a\\nb\\xe9"


@settings(max_examples=12, deadline=None)
@given(st.lists(NAMES, min_size=20, max_size=40, unique=True), st.booleans())
def test_names_go_through_tables_and_back(texts, in_shards):
    names, count = Names(texts), len(texts)
    shards = Names(["a:b.tar"] * count) if in_shards else names
    pool = Pool("pool", Path(), shards, members=names if in_shards else None)
    images = np.arange(count)[:, None]
    nothing = dict.fromkeys(Extremes.__dataclass_fields__, np.zeros((1, 1)))
    known = {"low_images": images, "high_images": images}
    known |= {"low": np.zeros((count, 1)), "high": np.ones((count, 1))}
    extremes = Extremes(**(nothing | known))
    status = np.full(count, Status.UNREADABLE, dtype=np.uint8)
    status[-1] = Status.DUPLICATE
    duplicate_of = np.array([-1] * (count - 1) + [0])
    details = dict.fromkeys(range(count), "torn \udce9\r\n")
    scan = PoolScan(0, extremes, status, np.zeros(count, np.uint64), duplicate_of, details)

    def back(sources) -> list[str]:
        return [from_written(s.removeprefix("a\\x3ab.tar:") if in_shards else s) for s in sources]

    with tempfile.TemporaryDirectory() as folder:
        report, most = Path(folder) / "pool_report.csv", Path(folder) / "extremes.csv"
        write_table(odd_images(scan, pool), POOL_REPORT, report)
        write_table(extremes_table(scan, pool, ["unit"], count), EXTREMES, most)
        found = read_table(report, POOL_REPORT)
        assert back(found["image"]) == texts
        assert back(found["duplicate_of"].dropna()) == texts[:1]
        assert set(found["detail"]) == {"torn \\xe9\\r\\n"}
        assert back(read_table(most, EXTREMES)["source"][:count]) == texts
        # Other people's scripts.
        assert back(pd.read_csv(report, dtype=str)["image"]) == texts
        with report.open(encoding="utf-8", newline="") as stream:
            assert back(row["image"] for row in csv.DictReader(stream)) == texts
        assert len(report.read_text(encoding="utf-8").splitlines()) == count + 1
