"""The command that brings images, and the kind among the others of a study."""

from pathlib import Path

import pytest

from conditions.commands.command_line import run
from conditions.errors import StudyError
from conditions.stimuli import read_stimuli
from stimgen.__main__ import app
from stimgen.kinds import files
from stimgen.kinds.making import Making
from tests.stimgen.bringing.offers import by_layout, by_manifest, study_folder


def bring(folder, *arguments: str) -> None:
    app(["bring", str(folder.path), *arguments], standalone_mode=False)


@pytest.fixture
def folder(tmp_path):
    return study_folder(tmp_path)


def test_the_command(folder, tmp_path, capsys):
    bring(folder, "theirs", str(by_layout(tmp_path / "offer")))
    assert len(read_stimuli(folder)) == 8
    said = capsys.readouterr().out
    assert "8 images of theirs brought from" in said
    assert "8 shown as they are" in said


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("their", "NAME: found their, wanted one of kind files: theirs"),
        ("natural", "NAME: found natural, of kind photographs, wanted one of kind files: theirs"),
    ],
)
def test_a_name_that_is_no_kind_of_files(name, wanted, folder, tmp_path):
    with pytest.raises(StudyError) as error:
        bring(folder, name, str(tmp_path))
    assert str(error.value) == wanted


def test_a_study_without_kinds_of_files(tmp_path):
    with pytest.raises(StudyError, match="no kind of references of this study is files"):
        app(["bring", "demo", "natural", str(tmp_path)], standalone_mode=False)


def test_no_folder_is_named(folder):
    with pytest.raises(StudyError, match="the study names no folder: `python -m stimgen bring"):
        bring(folder, "theirs")


def test_a_fault_ends_with_2_and_one_line(folder, tmp_path, monkeypatch, capsys):
    (tmp_path / "offer").mkdir()
    place = str(tmp_path / "offer")
    monkeypatch.setattr("sys.argv", ["stimgen", "bring", str(folder.path), "theirs", place])
    with pytest.raises(SystemExit) as ended:
        run(app, "stimgen")
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"stimgen: {place}: found no images, wanted manifest.csv or images named UNIT/max_0.png"
    )


def test_among_other_kinds_the_command_is_named_where_images_are_not_there(folder, lite0, capsys):
    making = Making(folder, lite0, "theirs")
    assert files.plan(making) == []
    files.make(making)
    assert capsys.readouterr().out.count(f"bring {folder.path} theirs FOLDER") == 2
    assert not folder.stimuli_table.exists()


def test_the_folder_of_the_study_is_brought_and_not_needed_any_more(tmp_path, lite0, capsys):
    root = by_manifest(tmp_path / "offer")
    making = Making(study_folder(tmp_path, folder=str(root)), lite0, "theirs")
    (planned,) = files.plan(making)
    assert (planned.name, planned.tasks) == ("theirs, bring", 2)
    assert planned.seconds_each > 0
    (tmp_path / "offer").rename(tmp_path / "late")
    with pytest.raises(StudyError, match=f"^references.theirs.folder: {root}: no such folder"):
        files.make(making)
    (tmp_path / "late").rename(root)
    files.make(making)
    assert len(read_stimuli(making.folder)) == 8
    Path(root).rename(tmp_path / "gone")
    capsys.readouterr()
    files.make(making)
    assert "images of theirs of 2 units are there" in capsys.readouterr().out
    assert files.plan(making) == []
