"""A folder's natural images come from one pool: another, a repaired or a changing one is told."""

import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from conditions.errors import StudyError
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.study.recipes import ImageSize
from conditions.tables.files import read_table
from conditions.tables.stimuli import POOL_REPORT, STIMULI
from stimgen.natural import step as step_module
from stimgen.natural.scan import ScanSettings, scan, state_file
from stimgen.natural.step import make_natural
from stimgen.pool import identity
from stimgen.pool.decoding.decode import decode
from stimgen.pool.decoding.quick import decode_for_scan
from stimgen.pool.finding.find import open_pool
from stimgen.pool.scanned import scanned_pool
from stimgen.workers import ThisProcess
from tests.conftest import command

SIZE = ImageSize(resize=72, crop=64)
UNITS = ["block02_0004", "block02_0007", "block08_0031"]


def picture(seed: int) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((100, 80), Image.Resampling.BICUBIC)


def make_pool(folder: Path, seed: int, count: int = 30) -> Path:
    """Different pools have the same names of files."""
    folder.mkdir()
    for i in range(count):
        picture(1000 * seed + i).save(folder / f"{i:03d}.png")
    return folder


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("pools")
    return {name: make_pool(place / name, seed) for seed, name in enumerate("AB")}


def write_study(path: Path, pool: Path | str) -> Path:
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "tiny",
        "image": SIZE.model_dump(),
        "units": {"main": UNITS},
        "natural": {"pool": str(pool), "bins": 2, "batches": 2},
        "parts": [{"name": "only", "conditions": ["natural"], "scheme": "Max-1", "main": 3}],
    }
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(lite0, pools, tmp_path_factory) -> StudyFolder:
    """A folder whose images are all there, of pool A; not to be changed."""
    return made(lite0, pools["A"], tmp_path_factory.mktemp("done"))


def made(model, pool: Path, root: Path) -> StudyFolder:
    folder = open_study(str(write_study(root / "tiny.yaml", pool)), root)
    make_natural(folder, model, workers=0)
    return folder


@pytest.fixture
def folder(done, tmp_path) -> StudyFolder:
    """A copy of the folder that is done."""
    return StudyFolder(Path(shutil.copytree(done.path, tmp_path / "tiny")), done.study)


@pytest.fixture
def pool(pools, tmp_path) -> Path:
    """A copy of pool A."""
    return Path(shutil.copytree(pools["A"], tmp_path / "A"))


def rows_of(folder: StudyFolder) -> pd.DataFrame:
    return read_table(folder.stimuli_table, STIMULI)


def lose_images(folder: StudyFolder) -> None:
    """As the researcher did who found two images odd."""
    for path in list(rows_of(folder)["path"])[:2]:
        (folder.path / path).unlink()


def of_one_unit(folder: StudyFolder) -> tuple[str, str]:
    """An image of the pool that one unit shows and another does not, and that unit."""
    rows = rows_of(folder)
    shown = rows.groupby("source")["unit"].agg(set)
    source = next(source for source, units in shown.items() if len(units) == 1)
    return source, min(shown[source])


# --- one pool, not another ---------------------------------------------------------------------


def test_another_pool_under_the_same_names_is_refused(lite0, folder, pools, capsys):
    """Also where all images are there and nothing would be done."""
    before = folder.stimuli_table.read_bytes()
    both = rf"come from the pool {pools['A']} \(30 images.*found the pool {pools['B']} \(30 images"
    with pytest.raises(StudyError, match=both):
        make_natural(folder, lite0, str(pools["B"]), workers=0)
    lose_images(folder)
    with pytest.raises(StudyError, match=rf"go on with --images {pools['A']}, or begin another"):
        make_natural(folder, lite0, str(pools["B"]), workers=0)
    assert folder.stimuli_table.read_bytes() == before
    make_natural(folder, lite0, str(pools["A"]), workers=0)
    assert folder.stimuli_table.read_bytes() == before
    assert "8 natural images for each of 1 units" in capsys.readouterr().out.replace("\n", " ")


def test_the_study_s_own_pool_is_another_where_images_named_one(lite0, pools, tmp_path):
    """Whoever forgets --images the second time is told which pool it was."""
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pools["B"])), tmp_path)
    make_natural(folder, lite0, str(pools["A"]), workers=0)
    lose_images(folder)
    with pytest.raises(StudyError, match=f"go on with --images {pools['A']}"):
        make_natural(folder, lite0, workers=0)


def test_a_copy_elsewhere_is_the_same_pool(lite0, folder, pool):
    """Of any time; where it lies is noted."""
    os.utime(pool / "000.png", (1, 1))
    lose_images(folder)
    make_natural(folder, lite0, str(pool), workers=0)
    assert scanned_pool(folder).path == str(pool)
    provenance = json.loads((folder.stimuli / "natural" / "provenance.json").read_text())
    wanted = {"pool": str(pool), "pool_path": str(pool), "pool_size": 30}
    wanted |= {"pool_sha256": open_pool(str(pool), SIZE).fingerprint()}
    assert {key: provenance[key] for key in wanted} == wanted


def test_a_folder_that_is_done_needs_no_pool(lite0, pool, tmp_path, capsys):
    folder = made(lite0, pool, tmp_path)
    shutil.rmtree(pool)
    make_natural(folder, lite0, workers=0)
    assert "are there" in capsys.readouterr().out


def test_a_scan_that_wrote_nothing_binds_to_nothing(lite0, pools, tmp_path, monkeypatch):
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pools["A"])), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(step_module, "write_unit", stopped)
        with pytest.raises(KeyboardInterrupt):
            make_natural(folder, lite0, workers=0)
    assert scanned_pool(folder) is not None
    make_natural(folder, lite0, str(pools["B"]), workers=0)
    assert scanned_pool(folder).path == str(pools["B"])


def stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_other_weights_are_refused(lite0, folder):
    other = type(lite0)(**vars(lite0) | {"weights_sha256": "0" * 64})
    with pytest.raises(StudyError, match=r"ranked by other weights of efficientnet_lite0 \(SHA"):
        make_natural(folder, other, workers=0)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pool": 1}', '{"pool": "\\ud800"}'])
def test_a_damaged_note_is_named(lite0, folder, content):
    (folder.stimuli / "natural" / "scanned.json").write_text(content)
    with pytest.raises(StudyError, match=r"scanned.json: damaged \("):
        make_natural(folder, lite0, workers=0)


# --- folders of an earlier version, which noted nothing ---------------------------------------


def test_an_earlier_version_s_folder_goes_on_with_its_pool(lite0, folder, pools, capsys):
    (folder.stimuli / "natural" / "scanned.json").unlink()
    lose_images(folder)
    for other, problem in (("B", "which is another image in the pool"), ("C", "which is not in")):
        if other == "C":
            pools = pools | {"C": pools["A"].parent / "C"}
            make_pool(pools["C"], 0, count=20)
        with pytest.raises(StudyError, match=rf"was made of 0..\.png, {problem}"):
            make_natural(folder, lite0, str(pools[other]), workers=0)
    make_natural(folder, lite0, workers=0)
    assert "begun by an earlier version, which noted no pool" in capsys.readouterr().out
    assert scanned_pool(folder).path == str(pools["A"])


# --- a pool that changes -----------------------------------------------------------------------


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


# --- a pool that is too small -------------------------------------------------------------------


def test_a_refused_pool_leaves_its_report(lite0, pool, tmp_path):
    """The refusal says of how many images what was wrong, and nothing binds to the pool."""
    for i in range(12):
        (pool / f"{i:03d}.png").write_bytes(b"none")
    for i in range(12, 21):
        picture(i).resize((10, 10)).save(pool / f"{i:03d}.png")
    shutil.copy(pool / "021.png", pool / "022.png")
    folder = open_study(str(write_study(tmp_path / "tiny.yaml", pool)), tmp_path)
    report = folder.stimuli / "pool_report.csv"
    words = (
        rf"pool {pool}: 8 usable of 30 images \(12 broken, 9 too small, 1 duplicate; see {report}\)"
        r", but both poles of a unit take 16"
    )
    with pytest.raises(StudyError, match=words):
        make_natural(with_batches(folder, 4), lite0, workers=0)
    assert read_table(report, POOL_REPORT)["status"].value_counts().to_dict() == {
        "broken": 12,
        "too_small": 9,
        "duplicate": 1,
    }
    assert scanned_pool(folder) is None
    with pytest.raises(StudyError, match="30 images, but both poles of a unit take 32"):
        make_natural(with_batches(folder, 8), lite0, workers=0)


def with_batches(folder: StudyFolder, batches: int) -> StudyFolder:
    recipe = folder.study.natural.model_copy(update={"batches": batches})
    return StudyFolder(folder.path, folder.study.model_copy(update={"natural": recipe}))


# --- by commands --------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_pools_by_commands(pools, tmp_path):
    study = str(write_study(tmp_path / "tiny.yaml", pools["A"]))
    run = ["stimgen", "natural", study, "--root", str(tmp_path), "--workers", "0"]
    assert command(*run).returncode == 0
    folder = open_study(study, tmp_path, make=False)
    lose_images(folder)
    for more in ([], ["--dry-run"]):
        found = command(*run, "--images", str(pools["B"]), *more)
        assert found.returncode == 2
        assert str(pools["A"]) in found.stderr
        assert str(pools["B"]) in found.stderr
        assert "Traceback" not in found.stderr
    assert command(*run).returncode == 0
