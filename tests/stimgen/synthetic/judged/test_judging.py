"""Sets are judged from their files: those just made, those of before, wherever the work is done."""

import struct
import zlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from conditions.files import sha256_of
from conditions.tables.files import write_table
from conditions.tables.stimuli import STIMULI
from stimgen.activations import layer_maps
from stimgen.readouts.dictionary import Dictionary
from stimgen.readouts.pooling import Pooling
from stimgen.readouts.readout import Readout
from stimgen.stimuli import known_stimuli
from stimgen.synthetic.judged import judge as judge_module
from stimgen.synthetic.judged.border import BorderReference, moved_half_round
from stimgen.synthetic.judged.judging import judge_sets
from stimgen.synthetic.judged.photographs import as_images, photographs_of, read_pictures
from stimgen.synthetic.judged.poor import tell_poor_sets
from stimgen.synthetic.judged.report import are_judged, read_report
from stimgen.work.workers import THIS_PROCESS, Outcome
from tests.stimgen.synthetic.judged.conftest import COUNT

# The beginning of a PNG file of 100,000 × 100,000 px: more than Pillow opens.
_HEADER = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
BOMB = b"\x89PNG\r\n\x1a\n" + b"".join(
    struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    for name, data in ((b"IHDR", _HEADER), (b"IDAT", zlib.compress(b"")))
)
COLUMNS = ["border_index", "high_frequencies", "natural_similarity", "as_diverse"]


def judged(made, model, by=THIS_PROCESS) -> pd.DataFrame:
    """The report by pole, after judging."""
    judge_sets(made.folder, model, "synthetic", made.table, by)
    return read_report(made.folder).set_index("pole")


def pictures(made) -> tuple[np.ndarray, np.ndarray]:
    """The photographs, and the images of the pole max."""
    photographs = photographs_of(made.folder, known_stimuli(made.folder)).images
    files = {made.folder.relative(path): sha256_of(path) for path in made.images[-COUNT:]}
    return photographs, as_images(read_pictures(made.folder, files).pixels)


def forget(made) -> None:
    """Make the report one of before sets were judged."""
    path = made.folder.synthetic_report
    pd.read_csv(path).drop(columns=COLUMNS).to_csv(path, index=False)


def list_as_they_are(made) -> None:
    """Take the files as they are now into the table of stimuli."""
    stimuli = known_stimuli(made.folder)
    for row, path in stimuli["path"].items():
        if (made.folder.path / path).exists():
            stimuli.loc[row, "sha256"] = sha256_of(made.folder.path / path)
    write_table(stimuli, STIMULI, made.folder.stimuli_table)


def said(capsys) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_a_set_with_a_corner_is_told_from_one_without(study, lite0, capsys):
    made = study()
    report = judged(made, lite0)
    assert report["border_index"]["max"] < 1 < report["border_index"]["min"]
    assert report["high_frequencies"]["max"] == pytest.approx(1, abs=0.3)
    assert report["natural_similarity"].between(0.1, 0.99).all()
    for row in report.itertuples():
        assert row.as_diverse == (row.similarity <= row.natural_similarity)
    assert (report["weakest"] == 1.0).all()
    tell_poor_sets(made.folder, "synthetic")
    words = said(capsys)
    assert "in 1 of 2 sets of synthetic the borders of the images have something in" in words
    assert "block02_0004 min (border_index above 1 in" in words


def test_diversity_is_compared_with_the_most_extreme_natural_images(study, lite0):
    made = study()
    report = judged(made, lite0)
    # Only the most extreme ones of one pole become shades of one picture.
    with Image.open(made.natural[-1]) as opened:
        picture = np.asarray(opened)
    for path, brighter in zip(made.natural[-4:], range(4), strict=True):
        Image.fromarray(np.clip(picture, 0, 250) + np.uint8(brighter)).save(path)
    list_as_they_are(made)
    forget(made)
    later = judged(made, lite0)
    assert later["natural_similarity"]["max"] == pytest.approx(1, abs=1e-4)
    assert later["natural_similarity"]["min"] == pytest.approx(
        report["natural_similarity"]["min"], abs=1e-5
    )


def test_reports_of_before_are_completed_and_nothing_is_judged_twice(study, lite0, monkeypatch):
    made = study()
    wanted = judged(made, lite0)
    forget(made)
    assert read_report(made.folder)[COLUMNS].isna().all(axis=None)
    pd.testing.assert_frame_equal(judged(made, lite0), wanted)
    monkeypatch.setattr(judge_module, "layer_maps", None)
    pd.testing.assert_frame_equal(judged(made, lite0), wanted)


def test_too_few_photographs_are_said_and_more_are_used(study, lite0, capsys):
    made = study(natural=9)
    assert judged(made, lite0)[COLUMNS].isna().all(axis=None)
    words = "2 sets of synthetic are not judged by their borders, detail and diversity: that takes "
    assert f"{words}20 photographs of the study, found 18" in said(capsys)
    assert judged(study(natural=10), lite0)[COLUMNS].notna().all(axis=None)


def test_files_that_are_no_pictures_are_named_and_left_out(study, lite0, capsys):
    made = study(natural=13)
    made.natural[-1].unlink()
    made.natural[-2].write_bytes(b"no picture")
    made.natural[-4].write_bytes(BOMB)
    Image.new("RGB", (9, 9)).save(made.natural[-3])
    list_as_they_are(made)
    Image.new("RGB", (32, 32)).save(made.natural[-5])
    report = judged(made, lite0)
    assert report["border_index"].notna().all()
    # Of the most extreme four none is left.
    assert list(report["natural_similarity"].isna()) == [pole == "max" for pole in report.index]
    words = said(capsys)
    assert words.count("warning:") == 1
    assert "are missing, cannot be read, have changed or are not 32 × 32 px are left out" in words
    for path in made.natural[-5:]:
        assert made.folder.relative(path) in words


def test_a_set_whose_images_are_gone_is_named(study, lite0, capsys):
    made = study()
    made.images[0].unlink()
    report = judged(made, lite0)
    assert report[COLUMNS].loc["min"].isna().all()
    assert report[COLUMNS].loc["max"].notna().all()
    assert made.folder.relative(made.images[0]) in said(capsys)


def test_one_image_is_neither_alike_nor_diverse(study, lite0):
    report = judged(study(count=1), lite0)
    assert report[["natural_similarity", "as_diverse"]].isna().all(axis=None)
    assert report["border_index"].notna().all()


def test_images_of_one_grey(study, lite0):
    made = study()
    for path in made.images:
        Image.new("RGB", (32, 32), (90, 90, 90)).save(path)
    list_as_they_are(made)
    report = judged(made, lite0)
    assert (report["high_frequencies"] == 0).all()
    for level, path in enumerate(made.natural):
        Image.new("RGB", (32, 32), (90 + level, 90, 90)).save(path)
    list_as_they_are(made)
    forget(made)
    report = judged(made, lite0)
    assert report["high_frequencies"].isna().all()
    # What can be known is known: it is not judged again, nor said to be unjudged.
    assert are_judged(report).all()
    assert not judge_sets(made.folder, lite0, "synthetic", made.table, THIS_PROCESS)


def with_readout(lite0, **how):
    layer = lite0.readout("block02").layer
    return replace(lite0, readouts={"mine": Readout("mine", layer, **how)})


def test_units_of_a_dictionary_are_judged_by_their_own_activation(study, lite0):
    made = study(unit="mine_0004")
    channels = lite0.readout("block02").channels
    weights = torch.zeros(6, channels)
    weights[4, 9] = 2.0
    dictionary = Dictionary(weights, torch.ones(6), "none", "")
    found = judged(made, with_readout(lite0, dictionary=dictionary))
    forget(made)
    made.table.loc[0, "channel"] = 9
    wanted = judged(made, with_readout(lite0))
    np.testing.assert_allclose(found["border_index"], wanted["border_index"], rtol=1e-4)
    forget(made)
    made.table.loc[0, "channel"] = 4
    other = judged(made, with_readout(lite0))
    assert not np.allclose(found["border_index"], other["border_index"], rtol=1e-2)


def test_a_unit_at_one_place_is_judged_by_colour(study, lite0):
    made = study(unit="mine_0004")
    found = judged(made, with_readout(lite0, pooling=Pooling("position")))
    forget(made)
    everywhere = judged(made, with_readout(lite0, pooling=Pooling("max")))
    photographs, images = pictures(made)
    by_colour = BorderReference.of(photographs).index(images)
    assert found["border_index"]["max"] == pytest.approx(by_colour)
    assert everywhere["border_index"]["max"] != pytest.approx(by_colour, rel=1e-3)


def test_the_padding_of_the_network_is_not_held_against_images(study, lite0):
    made = study()
    found = judged(made, lite0)["border_index"]["max"]
    photographs, images = pictures(made)

    def maps(of: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return layer_maps(lite0, torch.from_numpy(of), ["block02"])["block02"][:, 4].numpy()

    reference = BorderReference.of(photographs, maps(photographs))
    wanted = reference.index(images, maps(images), maps(moved_half_round(images)))
    assert found == pytest.approx(wanted, rel=1e-4)
    assert found != pytest.approx(reference.index(images, maps(images)), rel=1e-2)


class Elsewhere:
    """Workers that do not see the study's folder, or fail."""

    count, splits = 2, False

    def __init__(self, error: str | None = None) -> None:
        self.error = error

    def each(self, step):
        return (Outcome(task, None, self.error) for task in step.tasks)


def test_where_workers_do_not_see_the_folder_this_process_judges(study, lite0):
    made = study()
    assert judged(made, lite0, Elsewhere())[COLUMNS].notna().all(axis=None)


def test_work_that_fails_is_said_and_left_for_the_next_run(study, lite0, capsys):
    made = study()
    report = judged(made, lite0, Elsewhere("its worker died"))
    assert report[COLUMNS].isna().all(axis=None)
    assert "not judged: block02_0004 max, block02_0004 min: its worker died" in said(capsys)


def test_activation_that_is_no_number_leaves_colour(study, lite0, monkeypatch):
    made = study()
    real = judge_module.layer_maps

    def broken(model, images, names):
        return {name: maps * np.nan for name, maps in real(model, images, names).items()}

    monkeypatch.setattr(judge_module, "layer_maps", broken)
    report = judged(made, lite0)
    assert report["border_index"]["max"] < 1 < report["border_index"]["min"]
    assert report["natural_similarity"].isna().all()
