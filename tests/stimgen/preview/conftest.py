"""A study with all kinds of images, made without a network."""

import os
import shutil

import pytest

from conditions.folder import StudyFolder, open_study
from tests.stimgen.preview.fabricated import fabricated


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> StudyFolder:
    """Nine units with batches, sets of two sizes and blurred copies."""
    root = tmp_path_factory.mktemp("made")
    return fabricated(root, 9, batches=3, bins=4, synthetic=2, other_set=2, blurred=True)


@pytest.fixture
def study(made, tmp_path) -> StudyFolder:
    """A copy to be changed: files are replaced, never written into."""
    shutil.copytree(made.path, tmp_path / "study", copy_function=os.link)
    return open_study(str(tmp_path / "study"), tmp_path)
