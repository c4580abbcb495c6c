"""Who does the work of a step: this process, or the workers of a cluster (``stimgen.cluster``).

The functions that do it are the same. A work is called with the study folder, the model, a function
to report progress to, what all tasks share, and what is the task's own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from stimgen.models.model import Model

OnProgress = Callable[[int], None]
Work = Callable[..., Any]


@dataclass(frozen=True)
class Task:
    """A part of a step: a name for people, its own arguments, and its size on a progress bar."""

    name: str
    arguments: tuple
    size: int = 1


@dataclass(frozen=True)
class Outcome:
    """What became of a task: its result, or the message of what stopped it."""

    task: Task
    result: Any = None
    error: str | None = None


@dataclass(frozen=True)
class Shared:
    """What all tasks of a step share: its value here, and how to make it on another machine.

    Sending it with every task, or keeping it where a worker may die, would not do.
    """

    value: Any
    make: Callable[..., Any]
    arguments: tuple


@dataclass(frozen=True)
class Step:
    """The tasks of a step of stimulus generation, and all that is needed to do them.

    ``work`` is called with folder, model, on_progress, the shared value and a task's arguments.
    """

    work: Work
    folder: StudyFolder
    model: Model
    tasks: list[Task]
    shared: Shared
    on_progress: OnProgress

    def run(self, task: Task) -> Any:
        """Do a task here."""
        given = (self.folder, self.model, self.on_progress, self.shared.value)
        return self.work(*given, *task.arguments)


class Workers(Protocol):
    """Something that does the tasks of a step.

    Attributes
    ----------
    count : int
        How many tasks are done at a time.
    splits : bool
        Whether a step is to be divided into more tasks than it needs by itself.
    """

    count: int
    splits: bool

    def each(self, step: Step) -> Iterator[Outcome]:
        """Do tasks, in any order; those that fail are outcomes as well."""

    def merged(self, step: Step, merge: Callable[[Any, Any], Any]) -> Any:
        """Do tasks and merge their results, neighbours with neighbours.

        Raises
        ------
        StudyError
            Names the tasks that failed; the others have left their results behind.
        """


class ThisProcess:
    """Does one task after the other, here."""

    count = 1
    splits = False

    def each(self, step: Step) -> Iterator[Outcome]:
        """See :class:`Workers`; a task's progress is reported while it is done."""
        for task in step.tasks:
            try:
                result = step.run(task)
            except (StudyError, FloatingPointError) as error:
                yield Outcome(task, error=str(error))
            else:
                yield Outcome(task, result)

    def merged(self, step: Step, merge: Callable[[Any, Any], Any]) -> Any:
        """See :class:`Workers`; nothing is done after a task that fails."""
        return reduce(merge, map(step.run, step.tasks))


THIS_PROCESS = ThisProcess()


class PartlyFailedError(StudyError):
    """Tasks have failed; all else is done. ``lines`` name them and say why."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(["failed, all else is done:", *lines]))
        self.lines = lines


def refuse_failed(failed: list[Outcome]) -> None:
    """Raise a PartlyFailedError where tasks have failed: names them by their errors."""
    if failed:
        raise PartlyFailedError(failures(failed))


def failures(failed: list[Outcome]) -> list[str]:
    """A line for each error, with the names of all tasks that it stopped."""
    names: dict[str, list[str]] = {}
    for outcome in failed:
        names.setdefault(str(outcome.error), []).append(outcome.task.name)
    return [f"{', '.join(dict.fromkeys(stopped))}: {error}" for error, stopped in names.items()]
