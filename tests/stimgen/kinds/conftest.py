"""A study of six kinds whose images are made, and copies of it to be changed."""

import shutil
from pathlib import Path

import pytest

from conditions.folder import StudyFolder
from stimgen.kinds.references import make_references
from stimgen.natural.step import make_natural
from tests.stimgen.kinds.small import KINDS, network, study
from tests.stimgen.small_pictures import write_pictures


@pytest.fixture(scope="package")
def pool(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    write_pictures(folder, 30)
    return folder


@pytest.fixture(scope="package")
def scanned(tmp_path_factory, pool) -> StudyFolder:
    """The study with its photographs alone; not to be changed."""
    folder = study(tmp_path_factory.mktemp("scanned"), pool, KINDS)
    make_natural(folder, network(), workers=0)
    return folder


@pytest.fixture(scope="package")
def made(tmp_path_factory, scanned) -> StudyFolder:
    """The study with all images; not to be changed."""
    folder = copied(scanned, tmp_path_factory.mktemp("made"))
    make_references(folder, network())
    return folder


@pytest.fixture
def folder(made, tmp_path) -> StudyFolder:
    """A copy of the study with all images."""
    return copied(made, tmp_path)


@pytest.fixture
def begun(scanned, tmp_path) -> StudyFolder:
    """A copy of the study with its photographs alone."""
    return copied(scanned, tmp_path)


def copied(folder: StudyFolder, place: Path) -> StudyFolder:
    return StudyFolder(Path(shutil.copytree(folder.path, place / "kinds")), folder.study)
