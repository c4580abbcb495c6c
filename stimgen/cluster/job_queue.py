"""Workers as jobs of a batch system: what a ``cluster.yaml`` says, and the cluster made of it."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator

from conditions.errors import StudyError
from conditions.yaml.reading import read_yaml
from conditions.yaml.strict import MOST, Some, Strict

if TYPE_CHECKING:
    from dask_jobqueue import JobQueueCluster

# Names of dask-jobqueue's classes.
BATCH_SYSTEMS = {
    "slurm": "SLURMCluster",
    "pbs": "PBSCluster",
    "lsf": "LSFCluster",
    "sge": "SGECluster",
}


class JobQueue(Strict):
    """Jobs to ask a batch system for."""

    jobs: Some = Field(description="How many jobs; each is one or more workers.")
    options: dict[str, Any] = Field(
        description="What a job needs: arguments of dask-jobqueue's cluster, as cores, memory, "
        "processes, queue, walltime, job_extra_directives, job_script_prologue."
    )

    @field_validator("options")
    @classmethod
    def _counted(cls, options: dict[str, Any]) -> dict[str, Any]:
        processes = options.get("processes", 1)
        if type(processes) is not int or not 1 <= processes <= MOST:
            raise ValueError(
                f"processes: found {processes!r}, wanted a whole number from 1 to {MOST}"
            )
        return options

    @property
    def workers(self) -> int:
        """Workers of all jobs together."""
        return self.jobs * self.options.get("processes", 1)


def read_job_queue(file: Path) -> JobQueue:
    """A cluster file."""
    return read_yaml(file, JobQueue, "description of a cluster")


def job_queue_cluster(system: str, file: Path) -> tuple["JobQueueCluster", int]:
    """A cluster whose workers are jobs, not asked for yet, and how many to ask for.

    Raises
    ------
    StudyError
        Where the file, a field or an option is not right.
    """
    queue = read_job_queue(file)
    try:
        return _class_of(system)(**({"processes": 1} | queue.options)), queue.jobs
    except (TypeError, ValueError) as error:
        raise StudyError(f"{file}: options: {' '.join(str(error).split())}") from error


def _class_of(system: str) -> type["JobQueueCluster"]:
    # The import makes Ctrl-C an exit without an error: what it did before is put back.
    handler = signal.getsignal(signal.SIGINT)
    import dask_jobqueue

    signal.signal(signal.SIGINT, handler)
    return getattr(dask_jobqueue, BATCH_SYSTEMS[system])
