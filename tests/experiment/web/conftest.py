"""A study whose participants sit at their own browsers."""

import pytest

from conditions.folder import StudyFolder
from tests.experiment.records.sessions import copy_of
from tests.experiment.rehearsed import tiny_study


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> StudyFolder:
    return tiny_study(tmp_path_factory.mktemp("web"), participants=3)


@pytest.fixture
def folder(tiny, tmp_path) -> StudyFolder:
    return copy_of(tiny, tmp_path / "study")
