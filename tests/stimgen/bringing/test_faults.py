"""What is wrong with a folder is refused, each fault in one line, before anything is written."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stimgen.bringing import measure
from tests.stimgen.bringing.offers import (
    UNITS,
    by_layout,
    by_manifest,
    edit,
    picture,
    refused,
    rows_of,
    study_folder,
    write_manifest,
)

FIRST, SECOND = UNITS


def without(root: Path, *rows: int) -> None:
    kept = [cells for row, cells in enumerate(rows_of(root), start=2) if row not in rows]
    write_manifest(root, kept)


def without_column(root: Path, name: str) -> None:
    write_manifest(root, [{k: v for k, v in row.items() if k != name} for row in rows_of(root)])


def link_out(root: Path) -> None:
    picture(99).save(root.parent / "elsewhere.png")
    (root / "image 3.png").unlink()
    (root / "image 3.png").symlink_to(root.parent / "elsewhere.png")


# What is broken, and the line that is wanted; ROOT stands for the folder.
MANIFESTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no column": (
        lambda root: without_column(root, "rank"),
        "ROOT/manifest.csv: column rank: found only unit, pole, file, "
        "wanted unit, pole, rank and file",
    ),
    "an unknown unit": (
        lambda root: edit(root, 5, unit="block02_004"),
        "ROOT/manifest.csv: row 5, column unit: found 'block02_004', wanted a unit of the study; "
        "the nearest is block02_0004",
    ),
    "a unit that is missing": (
        lambda root: without(root, 6, 7, 8, 9),
        f"ROOT/manifest.csv: unit {SECOND}: found no images, wanted ranks 0 to 1 of each pole",
    ),
    "a rank that is missing": (
        lambda root: without(root, 3),
        f"ROOT/manifest.csv: unit {FIRST}, pole min: rank is missing: 1; found 1 images, wanted "
        "ranks 0 to 1 of each pole",
    ),
    "a rank twice": (
        lambda root: edit(root, 3, rank="0"),
        f"ROOT/manifest.csv: row 3: found rank 0 of {FIRST} min for the second time (image 0.png "
        "and image 1.png), wanted each rank once",
    ),
    "half a rank": (
        lambda root: edit(root, 4, rank="0.5"),
        "ROOT/manifest.csv: row 4, column rank: found '0.5', wanted a whole number of at least 0",
    ),
    "a negative rank": (
        lambda root: edit(root, 4, rank="-1"),
        "ROOT/manifest.csv: row 4, column rank: found '-1', wanted a whole number of at least 0",
    ),
    "no rank": (
        lambda root: edit(root, 4, rank=""),
        "ROOT/manifest.csv: row 4, column rank: found empty, wanted a whole number of at least 0",
    ),
    "another pole": (
        lambda root: edit(root, 4, pole="top"),
        "ROOT/manifest.csv: row 4, column pole: found 'top', wanted one of min, max",
    ),
    "no file": (
        lambda root: (root / "image 3.png").rename(root / "image_3.png"),
        "ROOT/manifest.csv: row 5, column file: found image 3.png, which is not there, wanted a "
        "file of the folder; the nearest is image_3.png",
    ),
    "no name of a file": (
        lambda root: edit(root, 5, file=""),
        "ROOT/manifest.csv: row 5, column file: found empty, wanted text",
    ),
    "a folder": (
        lambda root: ((root / "a.png").mkdir(), edit(root, 5, file="a.png")),
        "ROOT/manifest.csv: row 5, column file: found a.png, a folder, wanted an image file",
    ),
    "a pipe": (
        lambda root: ((root / "image 3.png").unlink(), os.mkfifo(root / "image 3.png")),
        "ROOT/manifest.csv: row 5, column file: found image 3.png, a pipe or device, wanted an "
        "image file",
    ),
    "no image": (
        lambda root: (root / "image 3.png").write_text("no image"),
        "ROOT/manifest.csv: row 5: image 3.png: found a broken file (no image in a known format "
        "(JPEG PNG WEBP TIFF BMP GIF PPM)), wanted an image",
    ),
    "too small": (
        lambda root: picture(3, 10).save(root / "image 3.png"),
        "ROOT/manifest.csv: row 5: image 3.png: found 10 × 10 px, wanted 19 px or more a side",
    ),
    "outside by dots": (
        lambda root: edit(root, 5, file="../elsewhere.png"),
        "ROOT/manifest.csv: row 5, column file: found ../elsewhere.png, outside the folder, wanted "
        "a file in it",
    ),
    "outside by Windows' dots": (
        lambda root: edit(root, 5, file="a\\..\\..\\elsewhere.png"),
        "ROOT/manifest.csv: row 5, column file: found a\\..\\..\\elsewhere.png, outside the "
        "folder, wanted a file in it",
    ),
    "a whole path": (
        lambda root: edit(root, 5, file=str(root / "image 3.png")),
        "ROOT/manifest.csv: row 5, column file: found ROOT/image 3.png, a whole path, wanted one "
        "that begins in the folder",
    ),
    "a whole path on Windows": (
        lambda root: edit(root, 5, file="C:\\images\\a.png"),
        "ROOT/manifest.csv: row 5, column file: found C:\\images\\a.png, a whole path, wanted one "
        "that begins in the folder",
    ),
    "a link that leaves": (
        link_out,
        "ROOT/manifest.csv: row 5, column file: found image 3.png, a link that leaves the folder "
        "(to PARENT/elsewhere.png), wanted a file in it",
    ),
    "a link to nothing": (
        lambda root: (
            (root / "image 3.png").unlink(),
            (root / "image 3.png").symlink_to(root / "gone.png"),
        ),
        "ROOT/manifest.csv: row 5, column file: found image 3.png, a link that leads nowhere",
    ),
    "a file twice": (
        lambda root: edit(root, 5, file="image 2.png"),
        f"ROOT/manifest.csv: row 5: found image 2.png, which shows the same pixels as image 2.png "
        f"({FIRST} max 0), wanted another image for max 1",
    ),
    "the same image for both poles": (
        lambda root: shutil.copyfile(root / "image 0.png", root / "image 2.png"),
        f"ROOT/manifest.csv: row 4: found image 2.png, which shows the same pixels as image 0.png "
        f"({FIRST} min 0), wanted another image for max 0",
    ),
    "no rows": (
        lambda root: write_manifest(root, []),
        "ROOT/manifest.csv: found no rows, wanted one for each image",
    ),
    "nothing": (
        lambda root: (root / "manifest.csv").write_text(""),
        "ROOT/manifest.csv: not a readable table: the file is empty",
    ),
    "two manifests": (
        lambda root: shutil.copyfile(root / "manifest.csv", root / "Manifest.tsv"),
        "ROOT: found Manifest.tsv and manifest.csv, wanted one manifest",
    ),
    "a spreadsheet's own file": (
        lambda root: (root / "manifest.csv").rename(root / "manifest.xlsx"),
        "ROOT: found manifest.xlsx, wanted manifest.csv or manifest.tsv (in a spreadsheet: save as "
        "CSV UTF-8)",
    ),
}
LAYOUTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "an unknown unit": (
        lambda root: (root / SECOND).rename(root / "Block02_0007"),
        "ROOT: found the folder Block02_0007 with images, wanted folders named as units of the "
        f"study; the nearest is {SECOND}",
    ),
    "a rank twice": (
        lambda root: picture(77).save(root / FIRST / "max_00.jpg"),
        f"ROOT/{FIRST}/max_00.jpg: found rank 0 of {FIRST} max for the second time "
        f"({FIRST}/max_0.png and {FIRST}/max_00.jpg), wanted each rank once",
    ),
    "counted from one": (
        lambda root: (root / FIRST / "max_0.png").rename(root / FIRST / "max_2.png"),
        f"ROOT: unit {FIRST}, pole max: rank is missing: 0; found 1 images, wanted ranks 0 to 1 of "
        "each pole",
    ),
    "no image": (
        lambda root: (root / FIRST / "max_0.png").write_bytes(b"\x89PNG"),
        f"ROOT/{FIRST}/max_0.png: found a broken file (no image in a known format (JPEG PNG WEBP "
        "TIFF BMP GIF PPM)), wanted an image",
    ),
    "a link to nothing": (
        lambda root: (
            (root / FIRST / "max_0.png").unlink(),
            (root / FIRST / "max_0.png").symlink_to(root / "gone.png"),
        ),
        f"ROOT/{FIRST}/max_0.png: found {FIRST}/max_0.png, a link that leads nowhere",
    ),
    "no images": (
        lambda root: [shutil.rmtree(root / unit) for unit in UNITS],
        "ROOT: found no images, wanted manifest.csv or images named UNIT/max_0.png",
    ),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_fault_of_a_manifest_is_one_line(name, tmp_path, lite0):
    spoil, wanted = MANIFESTS[name]
    root = by_manifest(tmp_path / "offer")
    spoil(root)
    assert refused(study_folder(tmp_path), lite0, root) == wanted


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_fault_of_a_layout_is_one_line(name, tmp_path, lite0):
    spoil, wanted = LAYOUTS[name]
    root = by_layout(tmp_path / "offer")
    spoil(root)
    assert refused(study_folder(tmp_path), lite0, root) == wanted


def test_all_faults_are_found_at_once_and_ten_are_told(tmp_path, lite0):
    root = by_manifest(tmp_path / "offer")
    rows = [row | {"pole": "top", "rank": "x"} for row in rows_of(root)[:5]]
    write_manifest(root, rows + rows_of(root)[5:])
    (root / "image 6.png").write_text("no image")
    lines = refused(study_folder(tmp_path), lite0, root).splitlines()
    assert len(lines) == 11
    assert lines[:2] == [
        "ROOT/manifest.csv: row 2, column pole: found 'top', wanted one of min, max",
        "ROOT/manifest.csv: row 2, column rank: found 'x', wanted a whole number of at least 0",
    ]
    assert lines[-1] == "… and 1 more"


def test_another_size_is_refused_where_the_study_wants_its_own(tmp_path, lite0):
    root = by_layout(tmp_path / "offer")
    Image.new("RGB", (64, 65)).save(root / FIRST / "max_1.png")
    assert refused(study_folder(tmp_path, fit="exact"), lite0, root) == (
        f"ROOT/{FIRST}/max_1.png: found 64 × 65 px, wanted 64 × 64 px (fit: exact)"
    )


def test_an_activation_that_is_no_number_is_refused(tmp_path, lite0, monkeypatch):
    root = by_layout(tmp_path / "offer")
    activations = np.array([0.5, np.nan, 1.0, 2.0])
    monkeypatch.setattr(measure, "measure_images", lambda *_: activations)
    lines = refused(study_folder(tmp_path), lite0, root).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(
        f"ROOT/{FIRST}/min_1.png: found an activation of nan of unit {FIRST}, "
        "wanted a finite number"
    )
