"""Two copies of a study, as they lie on two computers."""

import pytest

from conditions.folder import StudyFolder
from tests.experiment.records.sessions import (
    copy_of,
)
from tests.experiment.rehearsed import tiny_study


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> StudyFolder:
    return tiny_study(tmp_path_factory.mktemp("made"), participants=3)


@pytest.fixture
def folder(made, tmp_path) -> StudyFolder:
    return copy_of(made, tmp_path / "pc_1")


@pytest.fixture
def other(made, tmp_path) -> StudyFolder:
    return copy_of(made, tmp_path / "pc_2")
