"""Folders that images are not brought from, or not into."""

import shutil

import pytest

from conditions.folder import open_study
from tests.stimgen.bringing.offers import (
    by_layout,
    by_manifest,
    edit,
    picture,
    refused,
    rows_of,
    study_folder,
    write_manifest,
)


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (lambda root: None, "ROOT: no such folder"),
        (lambda root: root.mkdir(), "ROOT: found no images, wanted manifest.csv or images named"),
        (lambda root: root.write_text(""), "ROOT: found a file, wanted a folder of images"),
    ],
)
def test_a_folder_that_is_none(make, wanted, tmp_path, lite0):
    make(tmp_path / "offer")
    assert refused(study_folder(tmp_path), lite0, tmp_path / "offer").startswith(wanted)


def test_an_archive_or_a_manifest_in_place_of_the_folder(tmp_path, lite0):
    folder, root = study_folder(tmp_path), by_manifest(tmp_path / "offer")
    (tmp_path / "offer.zip").write_bytes(b"PK")
    assert refused(folder, lite0, tmp_path / "offer.zip") == (
        "ROOT: found an archive, wanted a folder: unpack it and name what came out of it"
    )
    wanted = "ROOT: found a manifest, wanted the folder that it lies in, PARENT"
    assert refused(folder, lite0, root / "manifest.csv") == wanted


def test_the_studys_own_images_are_not_brought(tmp_path, lite0):
    folder = study_folder(tmp_path)
    root = by_layout(folder.stimuli / "natural")
    assert "found a folder of the study's own images" in refused(folder, lite0, root)
    root = by_manifest(tmp_path / "studies" / "offer")
    shutil.rmtree(folder.stimuli / "natural")
    picture(50).save(folder.stimuli / "own.png")
    write_manifest(
        tmp_path / "studies",
        [row | {"file": f"offer/{row['file']}"} for row in rows_of(root)],
    )
    edit(tmp_path / "studies", 5, file="tiny/stimuli/own.png")
    assert refused(folder, lite0, tmp_path / "studies") == (
        "ROOT/manifest.csv: row 5, column file: found tiny/stimuli/own.png, one of the study's own "
        "images"
    )


def test_images_are_not_written_over_a_link_among_the_originals(tmp_path, lite0):
    folder, root = study_folder(tmp_path), by_layout(tmp_path / "offer")
    (folder.stimuli / "theirs").symlink_to(root)
    assert "so that images would be written among the originals" in refused(folder, lite0, root)


def test_the_pool_comes_first(tmp_path, lite0):
    folder, root = study_folder(tmp_path), by_layout(tmp_path / "offer")
    folder.pool_table.unlink()
    assert refused(folder, lite0, root).endswith(
        f"first run `python -m stimgen natural {folder.path}`".replace(str(tmp_path), "PARENT")
    )
    folder = open_study(str(tmp_path / "tiny.yaml"), tmp_path / "not begun", make=False)
    folder.path.mkdir(parents=True)
    assert refused(folder, lite0, root).endswith(
        "python -m stimgen natural PARENT/tiny.yaml --root 'PARENT/not begun'`"
    )
