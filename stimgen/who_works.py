"""Who does the work of a command, as its options say: this process, its helpers, or a cluster."""

import importlib
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from conditions.errors import StudyError
from stimgen.machine import usable_cores

if TYPE_CHECKING:
    # PyTorch takes seconds to load: each command loads what it uses, --help nothing.
    from stimgen.models.model import Model
    from stimgen.work.workers import Workers

ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        help="Who does the work: local:4 (so many processes here), tcp://HOST:PORT (a Dask "
        "scheduler) or slurm:cluster.yaml (jobs; also pbs, lsf, sge). By default this process.",
        metavar="WHERE",
    ),
]
PatienceOption = Annotated[
    float | None,
    typer.Option(
        "--patience",
        help="Minutes to wait while a cluster has no worker, before the command ends (what is done "
        "is kept); by default 2 for local, 10 at a scheduler's address, a day for a batch system.",
        min=0.0,
        max=1e6,
        metavar="MINUTES",
    ),
]


def workers_of(cluster: str | None, patience: float | None) -> "AbstractContextManager[Workers]":
    """The workers that ``--cluster`` names, waited for so many minutes; by default this process."""
    from stimgen.work.workers import THIS_PROCESS

    if cluster is None:
        return nullcontext(THIS_PROCESS)
    return _connect().connected(cluster, None if patience is None else 60 * patience)


def count_of(cluster: str | None) -> int:
    """How many workers ``--cluster`` asks for."""
    return 1 if cluster is None else _connect().workers_wanted(cluster)


def decoders(model: "Model") -> int:
    """Processes that decode: all cores but one beside a GPU, a quarter of them beside a CPU.

    Where the network runs on the same cores, a worker takes from it what it gives: on two cores
    decoding in the main process is fastest (``benchmarks/natural.py``).
    """
    cores = usable_cores()
    return cores // 4 if model.device.type == "cpu" else max(1, cores - 1)


def _connect() -> ModuleType:
    # Dask is an optional extra: without --cluster it is not even imported.
    try:
        return importlib.import_module("stimgen.cluster.connect")
    except ModuleNotFoundError as error:
        raise StudyError(
            f"--cluster needs {error.name}, which is not installed: "
            "pip install -r requirements-cluster.txt"
        ) from error
