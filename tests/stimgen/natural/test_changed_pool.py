"""A pool that is repaired, or changes while it is used, is never taken for what it was."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from conditions.errors import StudyError
from conditions.folder import open_study
from stimgen.natural import step as step_module
from stimgen.natural.scanning.scan import ScanSettings, scan, state_file
from stimgen.natural.step import make_natural
from stimgen.pool import identity
from stimgen.pool.decoding.decode import decode
from stimgen.pool.decoding.quick import decode_for_scan
from stimgen.pool.finding.find import open_pool
from stimgen.work.workers import ThisProcess
from tests.stimgen.natural.pools import (
    SIZE,
    UNITS,
    lose_images,
    made,
    of_one_unit,
    picture,
    rows_of,
    write_study,
)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 29), st.data())
def test_pools_that_differ_in_one_byte_share_no_scan(pools, lite0, number, data):
    """Whatever the byte, with the same size and time; a copy shares it."""
    units, how = [("block02", 4)], ScanSettings(kept=8)

    def state(pool: Path) -> Path:
        return state_file(lite0, open_pool(str(pool), SIZE), SIZE, units, how, Path(), range(30))

    with TemporaryDirectory() as place:
        copy = Path(shutil.copytree(pools["A"], Path(place) / "copy"))
        os.utime(copy / "000.png", (1, 1))
        assert state(copy) == state(pools["A"])
        file = copy / f"{number:03d}.png"
        before, content = file.stat(), bytearray(file.read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        file.write_bytes(content)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert state(copy) != state(pools["A"])


def test_a_repaired_pool_is_scanned_again(lite0, pool, tmp_path):
    """A file was broken, the scan is done, the file is mended under its name."""
    whole = (pool / "003.png").read_bytes()
    (pool / "003.png").write_bytes(whole[:300])

    def scanned() -> tuple[int, int]:
        begun: list[int] = []
        how = ScanSettings(kept=8, workers=0, batch_size=8)
        opened = open_pool(str(pool), SIZE)
        found = scan(lite0, opened, SIZE, [("block02", 4)], how, tmp_path / "scans", begun.append)
        return found.n_images, begun[0]

    assert scanned() == (29, 8)
    assert scanned() == (29, 30), "nothing has changed: nothing is scanned"
    (pool / "003.png").write_bytes(whole)
    assert scanned() == (30, 8)


class Meddling(ThisProcess):
    """Does something to the pool between the scan and the writing, or before the scan."""

    def __init__(self, meddle, before: bool = False) -> None:
        self._meddle, self._before = meddle, before

    def merged(self, step, merge):
        if self._before:
            self._meddle()
        found = super().merged(step, merge)
        if not self._before:
            self._meddle()
        return found


def changed(file: Path) -> None:
    picture(99).save(file)


def gone(file: Path) -> None:
    file.unlink()


def broken(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:300])


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("by", "meddle", "words"),
    [
        ("read whole", changed, r"\(other pixels\)"),
        ("read whole", gone, r"\(No such file or directory\)"),
        ("sampled", broken, r"\(.*\)"),
        ("sampled", a_folder, r"\(Is a directory\)"),
    ],
)
def test_a_file_that_changes_in_mid_run_stops_its_units_alone(
    lite0, done, pool, tmp_path, monkeypatch, by, meddle, words
):
    """They are named, the others are done; with the file as it was the next run does the rest."""
    if by == "sampled":
        monkeypatch.setattr(identity, "READ_WHOLE", 0)
    source, unit = of_one_unit(done)
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pool)), tmp_path)
    kept = shutil.copy2(pool / source, tmp_path / source)
    with pytest.raises(StudyError, match=rf"{unit}: the pool has changed.*: {source} {words}"):
        make_natural(folder, lite0, None, False, Meddling(lambda: meddle(pool / source)), workers=0)
    assert set(rows_of(folder)["unit"]) == set(UNITS) - {unit}
    with pytest.raises(StudyError, match="the pool that its natural images come from has changed"):
        make_natural(folder, lite0, workers=0)
    if (pool / source).is_dir():
        (pool / source).rmdir()
    shutil.copy2(kept, pool / source)
    make_natural(folder, lite0, workers=0)
    pd.testing.assert_frame_equal(rows_of(folder), rows_of(done))


def test_a_changed_file_that_no_unit_shows_is_no_matter(lite0, done, pool, tmp_path, capsys):
    """But it is said, and the scan is not used again."""
    shown = set(rows_of(done)["source"])
    source = next(file.name for file in sorted(pool.iterdir()) if file.name not in shown)
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pool)), tmp_path)
    make_natural(folder, lite0, None, False, Meddling(lambda: changed(pool / source)), workers=0)
    pd.testing.assert_frame_equal(rows_of(folder), rows_of(done))
    assert "has changed while it was scanned" in capsys.readouterr().out
    assert not list((folder.stimuli / "scans").glob("*.npz"))


def test_a_file_that_changes_before_it_is_scanned_is_found_by_the_next_scan(
    lite0, done, pool, tmp_path
):
    """Images are then those of no pool: a restored pool does not go on with them."""
    source, _ = of_one_unit(done)
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pool)), tmp_path)
    kept = (pool / source).read_bytes()
    make_natural(
        folder, lite0, None, False, Meddling(lambda: changed(pool / source), True), workers=0
    )
    (pool / source).write_bytes(kept)
    lose_images(folder)
    with pytest.raises(StudyError, match="now has other pixels than when it was scanned"):
        make_natural(folder, lite0, workers=0)


def test_photographs_that_the_scan_decodes_in_its_own_way_are_known_again(lite0, tmp_path):
    """Their pixels as scanned are others than those that are shown."""
    pool = tmp_path / "jpeg"
    pool.mkdir()
    for i in range(30):
        noise = np.random.default_rng(i).integers(0, 256, (120, 160, 3), dtype=np.uint8)
        mixed = Image.blend(Image.fromarray(noise), picture(i).resize((160, 120)), 0.7)
        mixed.resize((1001, 751)).save(pool / f"{i:03d}.jpg")
    opened = open_pool(str(pool), SIZE)
    shown, _ = decode(opened.read(0), SIZE)
    scanned, _ = decode_for_scan(opened.read(0), SIZE)
    assert (np.asarray(shown) != scanned).any()
    folder = made(lite0, pool, tmp_path)
    assert set(rows_of(folder)["unit"]) == set(UNITS)


@pytest.mark.parametrize("wrong", [1.0, np.nan])
def test_an_activation_beyond_rounding_stops_its_unit_alone(
    lite0, pools, tmp_path, monkeypatch, wrong
):
    """A scan that found something else than what the written file does."""
    real = step_module.scan_span

    def found_otherwise(*given):
        scanned = real(*given)
        scanned.extremes.high[1, 0] += wrong * scanned.extremes.sample[:30, 0].std()
        return scanned

    monkeypatch.setattr(step_module, "scan_span", found_otherwise)
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pools["A"])), tmp_path)
    words = rf"{UNITS[0]}: stimuli/natural/.*png: drives the unit with .*, but 0..\.png did so with"
    with pytest.raises(StudyError, match=words):
        make_natural(folder, lite0, workers=0)
    assert set(rows_of(folder)["unit"]) == set(UNITS[1:])
