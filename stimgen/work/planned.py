"""A kind of work that a command would do: how many tasks, and about how long each takes."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class PlannedStep:
    """A kind of work: how many tasks, how long each takes, and the memory of a worker."""

    name: str
    tasks: int
    seconds_each: float
    memory_bytes: int

    def seconds(self, workers: int) -> float:
        """Time on so many workers, each as fast as this process: rounds of tasks."""
        return -(-self.tasks // workers) * self.seconds_each


def memory_now() -> int:
    """Memory of this process in bytes, which a worker needs as well."""
    return psutil.Process().memory_info().rss
