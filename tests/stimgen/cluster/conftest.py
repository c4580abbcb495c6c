"""Workers of local clusters are forks of a process that has PyTorch, which takes seconds to load.

Those of commands, which are processes of their own here, start as they do for users.
"""

import multiprocessing
from collections.abc import Iterator

import pytest
from dask import config
from distributed.utils import get_mp_context


@pytest.fixture(scope="package", autouse=True)
def forked() -> Iterator[None]:
    with config.set({"distributed.worker.multiprocessing-method": "forkserver"}):
        # Dask's own list, once set, is not set again: this one adds what our tasks need.
        get_mp_context()
        loaded = ["tests.stimgen.made", "stimgen.cluster.on_worker", "distributed"]
        multiprocessing.set_forkserver_preload(loaded)
        yield
