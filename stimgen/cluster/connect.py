"""From what ``--cluster`` says to workers: here, at a scheduler's address, or as batch jobs."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import torch
from dask import config
from distributed import Client, Nanny, Scheduler, SpecCluster

from conditions.commands.command_line import console
from conditions.errors import StudyError
from stimgen.cluster.dask_workers import GPU, DaskWorkers
from stimgen.cluster.job_queue import BATCH_SYSTEMS, job_queue_cluster, read_job_queue
from stimgen.cluster.roll_call import RollCall
from stimgen.machine import usable_cores

WANTED = "local:4 (processes here), tcp://HOST:PORT (a scheduler), or slurm:cluster.yaml"
CONNECT_S = 10
# How long a command waits while it has no worker: processes here start within seconds, people
# start others again within minutes, and the jobs of a batch system may queue for a night.
PATIENCE_S = {"local": 120.0, "tcp": 600.0, "tls": 600.0} | dict.fromkeys(BATCH_SYSTEMS, 86_400.0)
# A worker of ours that is not back after so long is replaced. Dask's own 15 s are too short for a
# busy machine, on which a process takes as long to import PyTorch: its nanny, or its job, would be
# sent away.
LOST_S = 60
_PRELOAD = "stimgen.cluster.preload"


@contextmanager
def connected(spec: str, patience_s: float | None = None) -> Iterator[DaskWorkers]:
    """Workers for the time of a command.

    Parameters
    ----------
    spec : str
        ``local:N``; the address of a scheduler, ``tcp://…`` or ``tls://…``; or a batch system
        (slurm, pbs, lsf, sge) and a file, as in ``slurm:cluster.yaml``.
    patience_s : float, optional
        How long to wait while there is no worker, in seconds; by default ``PATIENCE_S``.

    Raises
    ------
    StudyError
        Where the text is none of these, no scheduler answers, no worker comes, or workers lack
        the laboratory.
    """
    kind, _ = _parsed(spec)
    # Lost workers and a lost scheduler are told by the command itself.
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        client, replace = _client(spec, stack)
        patience_s = PATIENCE_S[kind] if patience_s is None else patience_s
        workers = DaskWorkers(client, RollCall(client, patience_s, replace))
        workers.wait_for_one()
        console.print(f"cluster: {workers.count} workers; dashboard {client.dashboard_link}")
        yield workers


def workers_wanted(spec: str) -> int:
    """How many workers a description asks for; those that are there at a scheduler's address."""
    kind, rest = _parsed(spec)
    if kind == "local":
        return int(rest)
    if kind in BATCH_SYSTEMS:
        return read_job_queue(Path(rest)).workers
    with ExitStack() as stack:
        client, _ = _client(spec, stack)
        return RollCall(client, CONNECT_S).count()


def local_workers(count: int, gpus: int, cores: int) -> dict[int, dict]:
    """Processes on this machine: each has its share of the cores, and a GPU where there are any."""
    threads = str(max(1, cores // count))
    workers = {}
    for number in range(count):
        env = {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
        options = {"nthreads": 1, "memory_limit": 0, "env": env, "preload": [_PRELOAD]}
        # What stops a task is told by the command that gave it, in one line.
        options["silence_logs"] = logging.CRITICAL
        if gpus:
            env["CUDA_VISIBLE_DEVICES"] = str(number % gpus)
            options["resources"] = {GPU: 1}
        workers[number] = {"cls": Nanny, "options": options}
    return workers


def _client(spec: str, stack: ExitStack) -> tuple[Client, Callable[[], None]]:
    """A client, and what starts workers in the place of those that are gone for good."""
    kind, rest = _parsed(spec)
    stack.enter_context(config.set({"distributed.deploy.lost-worker-timeout": f"{LOST_S} s"}))
    if kind == "local":
        # A free port where another program has the dashboard's usual one.
        scheduler = {"cls": Scheduler, "options": {"dashboard_address": ":0", "host": "127.0.0.1"}}
        specs = local_workers(int(rest), torch.cuda.device_count(), usable_cores())
        try:
            cluster = SpecCluster(workers=specs, scheduler=scheduler, silence_logs=logging.CRITICAL)
        except (RuntimeError, OSError) as error:
            raise StudyError(f"--cluster {spec}: its processes do not start: {error}") from error
        stack.enter_context(cluster)
        client = stack.enter_context(Client(cluster))
        return client, partial(cluster.scale, len(specs))
    if kind in BATCH_SYSTEMS:
        queue, jobs = job_queue_cluster(kind, Path(rest))
        stack.enter_context(queue)
        queue.scale(jobs=jobs)
        return stack.enter_context(Client(queue)), partial(queue.scale, jobs=jobs)
    try:
        client = stack.enter_context(Client(spec, timeout=CONNECT_S))
    except OSError as error:
        raise StudyError(
            f"--cluster {spec}: no scheduler answers there within {CONNECT_S} s"
        ) from error
    # Its workers are somebody else's to start.
    return client, lambda: None


def _parsed(spec: str) -> tuple[str, str]:
    kind, _, rest = spec.partition(":")
    fits = {"local": r"[1-9]\d*", "tcp": r"//.+:\d+", "tls": r"//.+:\d+"}
    fits |= dict.fromkeys(BATCH_SYSTEMS, r".+")
    if not re.fullmatch(fits.get(kind, r"(?!)"), rest):
        raise StudyError(f"--cluster: found {spec!r}, wanted {WANTED}")
    return kind, rest
