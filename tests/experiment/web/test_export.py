"""The folder that is served: whole and true to the study, or not there."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from conditions.errors import StudyError
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import table_sha256
from experiment.records.standing import load_trials
from experiment.web import npm_packages
from experiment.web.command import read_target
from experiment.web.export import write_page
from experiment.web.jatos_archive import archive_of
from experiment.web.npm_packages import copy_packages
from experiment.web.pictures import lossless


@pytest.fixture(scope="module")
def page(tiny, tmp_path_factory) -> Path:
    if shutil.which("npm") is None:
        pytest.skip("no npm here, which fetches jsPsych")
    out = tmp_path_factory.mktemp("page") / "page"
    write_page(tiny, [1, 3], out, "download")
    return out


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_manifest_lists_every_file_with_its_hash(page):
    listed = read(page / "manifest.json")["files"]
    there = {path.relative_to(page).as_posix() for path in page.rglob("*") if path.is_file()}
    assert set(listed) == there - {"manifest.json"}
    for name, digest in listed.items():
        assert hashlib.sha256((page / name).read_bytes()).hexdigest() == digest, name


def test_rows_are_those_of_the_condition_files(page, tiny):
    assert read(page / "study.json")["participants"] == [1, 3]
    for number in (1, 3):
        found = read(page / "participants" / f"participant-{number:03d}.json")
        trials = load_trials(tiny, number)
        assert found["conditions_sha256"] == table_sha256(trials, CONDITION_FILE)
        assert len(found["rows"]) == len(trials)
        for row, (_, decided) in zip(found["rows"], trials.iterrows(), strict=True):
            assert list(row) == CONDITION_FILE.column_names
            assert row == {
                name: None if value != value or value is None else value
                for name, value in decided.astype(object).where(decided.notna(), None).items()
            }
    assert not (page / "participants" / "participant-002.json").exists()


def test_pixels_of_each_image_are_those_of_the_study(page, tiny):
    images = read(page / "manifest.json")["images"]
    named = read(page / "participants" / "participant-001.json")["images"]
    assert len(named) > 20
    for path, name in named.items():
        assert images[path] == f"images/{name}.webp"
        with Image.open(page / images[path]) as ours, Image.open(tiny.path / path) as theirs:
            assert ours.convert("RGB").tobytes() == theirs.convert("RGB").tobytes()


def test_names_of_images_are_the_hashes_of_their_files(page):
    for path in (page / "images").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem


def test_nothing_that_the_page_loads_lies_elsewhere(page):
    """No address of another host in what the page begins with, and jsPsych at its version."""
    ours = [page / "index.html", *(page / "app").rglob("*.js")]
    for path in ours:
        text = path.read_text(encoding="utf-8")
        hosts = [word for word in text.split() if "https://" in word]
        assert all("pipe.jspsych.org" in host for host in hosts), path
    assert "8.3.0" in (page / "vendor" / "jspsych.js").read_text(encoding="utf-8")
    assert "sourceMappingURL" not in (page / "vendor" / "jspsych.js").read_text(encoding="utf-8")


def test_texts_are_those_of_the_study_with_marks_for_keys(page):
    texts = read(page / "study.json")["texts"]["en"]
    assert "experimenter" not in json.dumps(texts["pages"])
    assert texts["hints"]["go_on"] == "Press ⟦space⟧ to go on"
    bodies = [page["body"] for pages in texts["pages"].values() for page in pages]
    assert not [body for body in bodies if "{" in body]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_images_of_all_modes_keep_their_pixels(mode):
    image = Image.radial_gradient("L").convert(mode).convert("RGB")
    assert lossless(image)[8:12] == b"WEBP"


def test_a_folder_that_is_there_is_left_as_it_is(tiny, tmp_path):
    out = tmp_path / "page"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StudyError, match="is there and is no empty folder"):
        write_page(tiny, [1], out, "download")
    assert [path.name for path in tmp_path.iterdir()] == ["page"]


def test_an_empty_folder_that_is_there_stays_itself(tiny, page, tmp_path, monkeypatch):
    """Where the shell stands, a link, a disk of its own: none can be renamed over."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to("disk")
    before = (tmp_path / "disk").stat().st_ino
    write_page(tiny, [1, 3], tmp_path / "link", "download")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "disk").stat().st_ino == before
    assert read(tmp_path / "disk" / "manifest.json") == read(page / "manifest.json")
    assert {path.name for path in (tmp_path / "disk").iterdir()} == {
        path.name for path in page.iterdir()
    }
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    write_page(tiny, [1, 3], Path(), "download")
    assert read(Path("manifest.json")) == read(page / "manifest.json")
    assert archive_of(Path()).resolve() == tmp_path / "here.jzip"


def test_no_page_is_written_among_the_data(folder):
    """A folder data/sub-005 would be a participant's."""
    for out in (folder.session(5), folder.stimuli / "page"):
        with pytest.raises(StudyError, match="the study's own"):
            write_page(folder, [1], out, "download")
        assert not out.exists()


def test_who_took_part_gets_no_second_page(folder, tmp_path):
    folder.session(2).mkdir(parents=True)
    with pytest.raises(StudyError, match="2 took part already"):
        write_page(folder, [1, 2], tmp_path / "page", "download")


def test_a_changed_image_is_refused_before_anything_is_written(folder, tmp_path):
    image = next((folder.path / "stimuli").rglob("*.png"))
    Image.new("RGB", (8, 8)).save(image)
    with pytest.raises(StudyError, match="sha256"):
        write_page(folder, [1], tmp_path / "page", "download")
    assert not list(tmp_path.glob("*page*"))


def test_packages_that_were_cut_off_are_fetched_again(page, tmp_path, monkeypatch):
    cached = npm_packages._modules().parent
    monkeypatch.setattr(npm_packages, "_cache", lambda: tmp_path / "cache")
    there = tmp_path / "cache" / cached.name
    shutil.copytree(cached, there)
    half = there / "node_modules" / npm_packages.WANTED["jspsych.js"][0]
    half.write_bytes(half.read_bytes()[:-1000])
    asked = []
    # As npm does, without a network.
    monkeypatch.setattr(
        npm_packages,
        "_fetch",
        lambda where: asked.append(shutil.copytree(cached, where, dirs_exist_ok=True)),
    )
    copy_packages(tmp_path / "vendor")
    assert len(asked) == 1
    for name in npm_packages.WANTED:
        assert (tmp_path / "vendor" / name).read_bytes() == (page / "vendor" / name).read_bytes()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [cached.name]


def test_without_npm_one_line_says_what_to_install(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(npm_packages, "_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(npm_packages.shutil, "which", lambda name: None)
    with pytest.raises(StudyError, match=r"npm: not found.*Node") as refused:
        write_page(tiny, [1], tmp_path / "page", "download")
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.glob("*page*"))


def test_without_a_registry_one_line_says_so(tiny, tmp_path, monkeypatch):
    if shutil.which("npm") is None:
        pytest.skip("no npm here")
    monkeypatch.setattr(npm_packages, "_cache", lambda: tmp_path / "cache")
    # A port on which nothing listens.
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(StudyError, match="jsPsych cannot be fetched") as refused:
        write_page(tiny, [1], tmp_path / "page", "download")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("to", ["jatos:7", "datapipe", "datapipe:", "https://example.org"])
def test_other_targets_are_refused(to):
    with pytest.raises(StudyError, match="--to: found"):
        read_target(to)
