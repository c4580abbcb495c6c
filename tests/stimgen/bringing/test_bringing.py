"""Images of another tool in a study: pixels, tables, doubts, and runs that go on or are refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.provenance.runs import known_runs
from conditions.stimuli import read_stimuli
from conditions.study.recipes import ImageSize
from conditions.tables.brought import BRING_REPORT
from conditions.tables.files import read_table
from stimgen.activations import measure_files
from stimgen.bringing import step
from stimgen.bringing.step import bring_images
from stimgen.bringing.there import report_file
from stimgen.pool.decoding.decode import decode
from stimgen.stimuli import add_stimuli
from tests.stimgen.bringing.offers import (
    CROP,
    UNITS,
    by_layout,
    by_manifest,
    edit,
    picture,
    places,
    rows_of,
    study_folder,
    tree,
    write_manifest,
)

FIRST, SECOND = UNITS


def shown(folder, unit: str, pole: str, rank: int) -> np.ndarray:
    with Image.open(folder.stimuli / "theirs" / unit / f"{pole}_{rank}.png") as image:
        assert image.mode == "RGB"
        return np.asarray(image)


def report(folder) -> pd.DataFrame:
    return read_table(report_file(folder, "theirs"), BRING_REPORT)


def pngs(folder) -> dict:
    return {name: facts for name, facts in tree(folder.path).items() if name.endswith(".png")}


def test_images_of_the_shown_size_are_taken_pixel_by_pixel(tmp_path, lite0):
    folder, root = study_folder(tmp_path), by_manifest(tmp_path / "offer")
    rows = [
        row | {"tool": "diffuser", "version": "2.1", "prompt": f"a cat,\nno {i}"}
        for i, row in enumerate(rows_of(root))
    ]
    write_manifest(root, rows)
    before = tree(root)
    bring_images(folder, lite0, "theirs", str(root))
    assert tree(root) == before
    for place, where in enumerate(places()):
        np.testing.assert_array_equal(shown(folder, *where), np.asarray(picture(place)))
    stimuli = read_stimuli(folder)
    assert len(stimuli) == 8
    first = stimuli[(stimuli.unit == FIRST) & (stimuli.pole == "max")].iloc[1]
    assert first.drop("activation").dropna().to_dict() == {
        "unit": FIRST, "name": "theirs", "kind": "files", "method": "diffuser 2.1", "pole": "max",
        "rank": 1, "path": f"stimuli/theirs/{FIRST}/max_1.png",
        "source": f"image 3.png, {CROP} × {CROP} px, as it is",
        "sha256": sha256_of(folder.stimuli / "theirs" / FIRST / "max_1.png"),
    }  # fmt: skip
    for unit, own in stimuli.groupby("unit"):
        paths = [folder.path / path for path in own["path"]]
        layer, channel = unit.split("_")
        found = measure_files(lite0, paths, layer, int(channel))
        np.testing.assert_allclose(own["activation"], found, rtol=1e-4, atol=1e-5)
    noted = report(folder)
    assert list(noted["file_sha256"]) == [
        sha256_of(root / noted_file) for noted_file in noted["file"]
    ]
    assert noted[(noted.unit == FIRST) & (noted.pole == "max")]["prompt"].iloc[1] == "a cat,\nno 3"
    provenance = json.loads((folder.stimuli / "theirs" / "provenance.json").read_text())
    assert provenance["brought"] == str(root)
    assert provenance["manifest_sha256"] == sha256_of(root / "manifest.csv")
    assert provenance["images"] == provenance["written"] == 8


@pytest.mark.parametrize("side", [72, 100, 40])
def test_images_of_other_sizes_are_shown_as_the_pools_are(side, tmp_path, lite0, capsys):
    folder, root = study_folder(tmp_path), by_layout(tmp_path / "offer", side)
    bring_images(folder, lite0, "theirs", str(root))
    content = (root / FIRST / "max_0.png").read_bytes()
    wanted, _ = decode(content, ImageSize(resize=72, crop=CROP))
    np.testing.assert_array_equal(shown(folder, FIRST, "max", 0), np.asarray(wanted))
    said = capsys.readouterr().out
    assert f"8 of {side} × {side} px: the short side resized to 72 px, of which the middle" in said
    assert ("8 of 8 images are smaller than what is shown" in said) == (side < CROP)
    source = read_stimuli(folder)["source"].iloc[0]
    assert source == f"{FIRST}/max_0.png, {side} × {side} px, resized and cropped"


def test_any_mode_of_the_pool_is_taken(tmp_path, lite0):
    folder, root = study_folder(tmp_path), by_layout(tmp_path / "offer")
    own = root / FIRST
    (own / "max_0.png").unlink()
    picture(20).convert("CMYK").save(own / "max_0.tif")
    picture(21).convert("P").save(own / "max_1.png")
    picture(22).putalpha(128)
    clear = picture(22)
    clear.putalpha(0)
    clear.save(own / "min_0.png")
    greys = np.arange(CROP * CROP, dtype=np.uint16).reshape(CROP, CROP) * 10
    Image.fromarray(greys).save(own / "min_1.png")
    turned = picture(23, CROP, CROP)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(root / SECOND / "max_0.png", exif=exif)
    bring_images(folder, lite0, "theirs", str(root))
    assert (shown(folder, FIRST, "min", 0) == 128).all()
    assert shown(folder, FIRST, "min", 1)[-1, -1, 0] == 255
    upright = np.asarray(turned.transpose(Image.Transpose.ROTATE_270))
    np.testing.assert_array_equal(shown(folder, SECOND, "max", 0), upright)
    changed = report(folder).set_index(["unit", "pole", "rank"])["changed"].to_dict()
    assert changed[FIRST, "max", 0] == "CMYK"
    assert changed[FIRST, "max", 1] == "P"
    assert changed[FIRST, "min", 0] == "RGBA"
    assert "spread from 0 to" in changed[FIRST, "min", 1]
    assert changed[SECOND, "max", 0] == "rotated"
    assert pd.isna(changed[SECOND, "max", 1])


def test_doubts_are_told_with_the_numbers(tmp_path, lite0, capsys):
    folder, root = study_folder(tmp_path, median=1e6), by_layout(tmp_path / "offer")
    shutil.copyfile(root / FIRST / "min_0.png", root / SECOND / "min_1.png")
    picture(1).save(tmp_path / "query.png")
    row = {
        "unit": FIRST, "name": "natural", "kind": "photographs", "pole": "min", "batch": 0,
        "rank": 0, "activation": 0.5, "path": "stimuli/natural/query.png", "source": "a.png",
        "sha256": sha256_of(tmp_path / "query.png"),
    }  # fmt: skip
    add_stimuli(folder, pd.DataFrame([row]))
    bring_images(folder, lite0, "theirs", str(root))
    said = capsys.readouterr().out
    activation = read_stimuli(folder).set_index("path")["activation"][
        f"stimuli/theirs/{FIRST}/max_0.png"
    ]
    assert (
        "warning: theirs: 4 of 8 images are on the other side of the pool's median than their "
        f"pole: {FIRST} max 0 ({FIRST}/max_0.png, activation {activation:.4g}, median 1e+06), "
    ) in said
    assert f"2 of 8 images are the same pixels as an image of another unit: {FIRST} min 0" in said
    assert "1 of 8 images are a photograph of the pool that the study shows for the unit" in said
    doubts = report(folder).set_index(["unit", "pole", "rank"])["doubts"]
    assert "stimuli/natural/query.png" in doubts[FIRST, "min", 1]
    assert f"as of {FIRST}" in doubts[SECOND, "min", 1]
    assert pd.isna(doubts[SECOND, "min", 0])


def test_further_ranks_and_strays_are_left_out_and_named(tmp_path, lite0, capsys):
    folder, root = study_folder(tmp_path), by_layout(tmp_path / "offer")
    picture(30).save(root / FIRST / "max_2.png")
    picture(31).save(root / "sheet.png")
    (root / FIRST / "older").mkdir()
    picture(32).save(root / FIRST / "older" / "max_0.png")
    (root / ".DS_Store").write_text("")
    (root / FIRST / "._max_0.png").write_text("")
    bring_images(folder, lite0, "theirs", str(root))
    said = capsys.readouterr().out
    assert f"left out, 1 images of rank 2 and higher ({FIRST}/max_2.png)" in said
    assert (
        f"passed over, not named as UNIT/max_0.png is: {FIRST}/older/max_0.png, sheet.png" in said
    )
    assert "DS_Store" not in said
    assert len(read_stimuli(folder)) == 8


def test_what_a_manifest_does_not_name_is_told(tmp_path, lite0, capsys):
    folder, root = study_folder(tmp_path), by_manifest(tmp_path / "offer")
    picture(30).save(root / "other.png")
    edit(root, 5, file=".\\image 3.png")
    bring_images(folder, lite0, "theirs", str(root))
    assert "or the study does not show: other.png\n" in capsys.readouterr().out


def test_a_second_run_does_nothing(tmp_path, lite0, monkeypatch, capsys):
    folder, root = study_folder(tmp_path), by_manifest(tmp_path / "offer")
    bring_images(folder, lite0, "theirs", str(root))
    before = tree(folder.path)
    monkeypatch.setattr(step, "measure_all", None)
    bring_images(folder, lite0, "theirs", str(root))
    assert tree(folder.path) == before
    assert "images of theirs of 2 units are there" in capsys.readouterr().out


def test_a_run_that_was_killed_is_completed(tmp_path, lite0, monkeypatch):
    folder, root = study_folder(tmp_path), by_manifest(tmp_path / "offer")
    real, written = step.write_image, []

    def killed(*arguments):
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(real(*arguments))
        return written[-1]

    monkeypatch.setattr(step, "write_image", killed)
    with pytest.raises(KeyboardInterrupt):
        bring_images(folder, lite0, "theirs", str(root))
    # As if the table had not been reached any more.
    rows = read_stimuli(folder)
    folder.stimuli_table.unlink()
    add_stimuli(folder, rows.iloc[:1])
    half = pngs(folder)
    assert len(half) == 3
    monkeypatch.setattr(step, "write_image", real)
    bring_images(folder, lite0, "theirs", str(root))
    assert len(read_stimuli(folder)) == len(report(folder)) == len(pngs(folder)) == 8
    assert half.items() <= pngs(folder).items()
    killed_run, last = known_runs(folder.stimuli / "theirs" / "provenance.json")
    assert "seconds" not in killed_run
    assert last["written"] == 7


def test_images_that_are_there_are_not_replaced(tmp_path, lite0):
    folder, root = study_folder(tmp_path), by_manifest(tmp_path / "offer")
    bring_images(folder, lite0, "theirs", str(root))
    before = tree(folder.path)
    picture(40).save(root / "image 3.png")
    path = folder.stimuli / "theirs" / FIRST / "max_1.png"
    for there in (True, False):
        if not there:
            path.unlink()
            before = tree(folder.path)
        with pytest.raises(StudyError) as error:
            bring_images(folder, lite0, "theirs", str(root))
        assert str(error.value).startswith(
            f"{path}: is there, made of image 3.png; found other pixels in "
            f"{root}/manifest.csv: row 5, wanted the same: no image is replaced"
        )
        assert tree(folder.path) == before


def test_a_damaged_image_is_made_again_of_its_original(tmp_path, lite0):
    folder, root = study_folder(tmp_path), by_manifest(tmp_path / "offer")
    bring_images(folder, lite0, "theirs", str(root))
    before = {name: sha256 for name, (sha256, _) in pngs(folder).items()}
    (folder.stimuli / "theirs" / FIRST / "max_1.png").write_bytes(b"half")
    (folder.stimuli / "theirs" / SECOND / "max_1.png").unlink()
    bring_images(folder, lite0, "theirs", str(root))
    assert {name: sha256 for name, (sha256, _) in pngs(folder).items()} == before


def test_words_that_change_are_noted_and_no_image_is_written(tmp_path, lite0):
    folder, root = study_folder(tmp_path), by_manifest(tmp_path / "offer")
    bring_images(folder, lite0, "theirs", str(root))
    before = pngs(folder)
    write_manifest(root, [row | {"tool": "diffuser"} for row in rows_of(root)])
    (root / "image 3.png").rename(root / "third.png")
    edit(root, 5, file="third.png")
    bring_images(folder, lite0, "theirs", str(root))
    assert pngs(folder) == before
    assert (read_stimuli(folder)["method"] == "diffuser").all()
    assert "third.png" in set(report(folder)["file"])


def test_an_original_that_changes_meanwhile_is_refused(tmp_path, lite0, monkeypatch):
    folder, root = study_folder(tmp_path), by_manifest(tmp_path / "offer")
    real = step.missing_images

    def changed(*arguments):
        picture(41).save(Path(root) / "image 3.png")
        return real(*arguments)

    monkeypatch.setattr(step, "missing_images", changed)
    with pytest.raises(StudyError, match=r"image 3\.png: has changed while it was brought"):
        bring_images(folder, lite0, "theirs", str(root))
    assert not pngs(folder)
