"""Copies and other strays are passed over and named, and never read as what they are not."""

import os

import pytest

from conditions.folder import StudyFolder, open_study
from conditions.strays import condition_files, session_folders, strays, strays_in_words
from conditions.trials.build import build_all
from tests.conftest import in_process

CONDITION_STRAYS = [
    "participant-001 (1).csv",
    "participant-1.csv",
    "participant-0001.csv",
    "participant-000.csv",
    "participant-abc.csv",
    "participant-.csv",
    "participant-100000.csv",
    "participant-٠٠١.csv",
    "Copy of participant-001.csv",
    "participant-001.csv.bak",
    "notes[red].txt",
]
DATA_STRAYS = [
    "sub-001 - Copy",
    "sub-001 (1)",
    "sub-1",
    "sub-000",
    "sub-0001",
    "sub-x",
    "SUB-007",
    "sub-100000",
]
IGNORED = [
    ".DS_Store",
    "._participant-001.csv",
    ".~lock.participant-001.csv#",
    "~$participant-001.xlsx",
    "desktop.ini",
    "Thumbs.db",
    "sub-001.lock",
    "participants.lock",
    "participant-001.json",
    "provenance.json",
]


@pytest.fixture
def folder(tmp_path) -> StudyFolder:
    folder = open_study("demo", tmp_path)
    build_all(folder, [1, 2])
    folder.session(1).mkdir(parents=True)
    (folder.machine / "pixels" / "sub-001").mkdir(parents=True)
    return folder


def test_a_folder_as_the_laboratory_leaves_it_has_no_strays(folder):
    (folder.data / "participants.tsv").touch()
    (folder.session(1) / "trials.csv").touch()
    for place in (folder.conditions, folder.data, folder.session(1), folder.machine):
        for name in IGNORED:
            (place / name).touch()
    assert strays(folder) == []
    assert strays_in_words(folder) is None
    assert list(condition_files(folder)) == [1, 2]
    assert list(session_folders(folder.data)) == [1]


def test_strays_are_named_and_not_read(folder):
    wanted = []
    for name in CONDITION_STRAYS:
        wanted.append(folder.conditions / name)
        wanted[-1].write_text("x")
    for data in (folder.data, folder.machine / "pixels"):
        for name in DATA_STRAYS:
            wanted.append(data / name)
            wanted[-1].mkdir()
    # The name alone does not make it: a file is no session, a folder no condition file.
    for path in (folder.data / "sub-003", folder.session(1) / "trials (1).csv"):
        path.touch()
        wanted.append(path)
    (folder.conditions / "participant-003.csv").mkdir()
    wanted.append(folder.conditions / "participant-003.csv")
    assert strays(folder) == sorted(wanted)
    assert list(condition_files(folder)) == [1, 2]
    assert list(session_folders(folder.data)) == [1]
    assert list(session_folders(folder.machine / "pixels")) == [1]


def test_a_thousand_and_more_participants_are_no_strays(folder):
    (folder.conditions / "participant-1000.csv").touch()
    folder.session(1000).mkdir()
    assert strays(folder) == []
    assert list(condition_files(folder)) == [1, 2, 1000]
    assert list(session_folders(folder.data)) == [1, 1000]


def test_many_strays_stay_one_line(folder):
    for i in range(12):
        (folder.conditions / f"participant-001 ({i}).csv").touch()
    words = strays_in_words(folder)
    assert len(words.splitlines()) == 1
    assert "participant-001 (0).csv" in words
    assert words.endswith("and 7 more")


def test_a_name_in_another_encoding_can_be_written_into_a_page(folder):
    os.close(os.open(os.fsencode(folder.conditions) + b"/caf\xe9.csv", os.O_CREAT))
    assert strays_in_words(folder).encode().endswith(rb"conditions/caf\xe9.csv")


@pytest.mark.parametrize(
    "words", [["conditions", "build", "--participants", "1"], ["experiment", "status"]]
)
def test_every_command_that_reads_the_folder_names_them(folder, words):
    (folder.conditions / "participant-001 (1) [red].csv").touch()
    (folder.data / "sub-1").mkdir()
    done = in_process(words[0], words[1], str(folder.path), *words[2:])
    assert done.returncode == 0, done.stderr
    line = (
        f"{folder.path}: passed over, because no file of a study has such a name: "
        "conditions/participant-001 (1) [red].csv, data/sub-1"
    )
    assert line in done.stdout.splitlines()
