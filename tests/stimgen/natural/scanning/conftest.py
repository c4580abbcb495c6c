"""A pool of reddish photographs, on which the channels of the small network break."""

import pytest

from stimgen.pool.finding.find import open_pool
from tests.stimgen.natural.scanning.broken import REDS, SIZE, make_pool


@pytest.fixture(scope="session")
def reddish(tmp_path_factory):
    return make_pool(tmp_path_factory.mktemp("reddish") / "pool", REDS)


@pytest.fixture
def pool(reddish):
    return open_pool(str(reddish), SIZE)
