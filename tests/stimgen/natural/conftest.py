"""Pools, and a study folder of one of them."""

import shutil
from pathlib import Path

import pytest

from conditions.folder import StudyFolder
from tests.stimgen.natural.pools import made, make_pool


@pytest.fixture(scope="session")
def pools(tmp_path_factory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("pools")
    return {name: make_pool(place / name, seed) for seed, name in enumerate("AB")}


@pytest.fixture(scope="session")
def done(lite0, pools, tmp_path_factory) -> StudyFolder:
    """A folder whose images are all there, of pool A; not to be changed."""
    return made(lite0, pools["A"], tmp_path_factory.mktemp("done"))


@pytest.fixture
def folder(done, tmp_path) -> StudyFolder:
    """A copy of the folder that is done."""
    return StudyFolder(Path(shutil.copytree(done.path, tmp_path / "tiny")), done.study)


@pytest.fixture
def pool(pools, tmp_path) -> Path:
    """A copy of pool A."""
    return Path(shutil.copytree(pools["A"], tmp_path / "A"))
