"""Manifests as spreadsheets save them, and names of files as other systems write them."""

import os
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from stimgen.bringing.offered.folder import open_source
from stimgen.bringing.offered.locate import NotThereError, locate
from stimgen.bringing.offered.manifest import read_manifest
from tests.stimgen.bringing.offers import (
    UNITS,
    by_manifest,
    edit,
    rows_of,
    study_folder,
    write_manifest,
)


def with_semicolons(text: str) -> str:
    return text.replace(",", ";")


SPREADSHEETS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "a byte-order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "semicolons": lambda text: with_semicolons(text).encode(),
    "capital letters": lambda text: with_semicolons(
        text.replace("unit", "Unit", 1).replace("pole", "Pole", 1).replace("rank", "Rank", 1)
    ).encode(),
    "capital poles": lambda text: text.replace(",min,", ",Min,").replace(",max,", ",MAX,").encode(),
    "blanks": lambda text: text.replace(",", " , ").encode(),
    "old line ends": lambda text: text.replace("\r\n", "\r").encode(),
    "empty rows and columns": lambda text: (
        text.replace("\r\n", ",,\r\n") + ",,,,,\r\n" * 3
    ).encode(),
    "whole numbers with a point": lambda text: text.replace(",1,", ",1.0,").encode(),
    "moved columns": lambda text: "\n".join(
        ",".join(reversed(line.split(","))) for line in text.splitlines()
    ).encode(),
}


@pytest.mark.parametrize("habit", SPREADSHEETS)
def test_what_spreadsheets_save_is_read(habit, tmp_path):
    path = by_manifest(tmp_path / "offer") / "manifest.csv"
    wanted = read_manifest(path, UNITS, 2)
    path.write_bytes(SPREADSHEETS[habit](path.read_bytes().decode()))
    found = read_manifest(path, UNITS, 2)
    assert found.given == wanted.given
    assert len(found.given) == 8
    assert not found.faults


def test_tabs_are_read_and_words_for_nothing_are_nothing(tmp_path):
    root = by_manifest(tmp_path / "offer")
    rows = [row | {"tool": "n/a", "prompt": "a cat"} for row in rows_of(root)]
    write_manifest(root, rows)
    text = (root / "manifest.csv").read_text(encoding="utf-8").replace(",", "\t")
    (root / "manifest.tsv").write_text(text, encoding="utf-8")
    found = read_manifest(root / "manifest.tsv", UNITS, 2)
    assert {(one.tool, one.version, one.prompt) for one in found.given} == {(None, None, "a cat")}


def test_further_columns_and_ranks_are_named(tmp_path):
    root = by_manifest(tmp_path / "offer")
    write_manifest(root, [row | {"seed": "1"} for row in rows_of(root)])
    found = read_manifest(root / "manifest.csv", UNITS, 1)
    assert len(found.given) == 4
    assert found.remarks == [
        f"{root}/manifest.csv: not read: columns seed",
        f"{root}/manifest.csv: 4 rows of rank 1 and higher are left out: the study shows 1 images "
        "a unit and pole",
    ]


def test_a_manifest_has_its_name_in_any_case(tmp_path):
    root = by_manifest(tmp_path / "offer")
    (root / "manifest.csv").rename(root / "MANIFEST.CSV")
    source = open_source(study_folder(tmp_path), "theirs", str(root), UNITS)
    assert source.manifest == root / "MANIFEST.CSV"


@pytest.mark.parametrize(
    ("on_disk", "named"),
    [
        ("a/b c.png", "a\\b c.png"),
        ("a/b.png", "./a/../a/b.png"),
        ("\N{LATIN SMALL LETTER E WITH ACUTE}.png", unicodedata.normalize("NFD", "é.png")),
        (unicodedata.normalize("NFD", "ü/é.png"), "ü/é.png"),
        ("a\\b.png", "a\\b.png"),
        ("two\nlines.png", "two\\nlines.png"),
    ],
)
def test_names_of_other_systems(on_disk, named, tmp_path):
    path = tmp_path / on_disk
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert locate(tmp_path, tmp_path / "own", named, []).samefile(path)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
def test_a_name_that_is_no_utf_8(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    path.write_text("")
    assert locate(tmp_path, tmp_path / "own", r"caf\xe9.png", []) == path


@pytest.mark.parametrize("name", ["a\0b.png", "x" * 5000, "a.png/b.png", "~/a.png", "circle.png"])
def test_names_that_no_file_has(name, tmp_path):
    (tmp_path / "a.png").write_text("")
    (tmp_path / "circle.png").symlink_to(tmp_path / "circle.png")
    with pytest.raises(NotThereError, match=r"which is not there|leads nowhere"):
        locate(tmp_path, tmp_path / "own", name, [])


def test_a_unit_with_a_fault_is_not_said_to_be_incomplete_too(tmp_path):
    root = by_manifest(tmp_path / "offer")
    edit(root, 2, unit="block02-0004")
    found = read_manifest(root / "manifest.csv", UNITS, 2)
    assert found.touched == {UNITS[0]}
    assert len(found.faults) == 1
