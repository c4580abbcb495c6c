"""Tasks on the workers of a Dask cluster."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, islice
from typing import Any
from uuid import uuid4

from distributed import Client, Future, KilledWorker

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from stimgen.cluster.on_worker import Place, Sent, can_work, do, merge_sent, prepare
from stimgen.cluster.roll_call import Completed, NoWorkersError, RollCall
from stimgen.models.open import with_absolute_files
from stimgen.work.workers import Outcome, Step, Task, failures

# A worker that offers this resource (one for each of its GPUs) gets a task for each of them.
GPU = "GPU"
# Tasks that wait at the scheduler: enough for a thousand workers. A hundred thousand at once keep
# client and scheduler from hearing each other for so long that their connection ends.
WINDOW = 2000


class DaskWorkers:
    """Hands tasks to workers; see :class:`stimgen.work.workers.Workers`.

    A worker that dies loses its task to another one. A task that fails, or takes several workers
    down with it, is an outcome like any other. Where no worker is left for longer than the
    roll call's patience, a step ends with :class:`NoWorkersError`.

    Parameters
    ----------
    client : distributed.Client
        Connected to the scheduler.
    roll_call : RollCall
        Of its workers.
    """

    splits = True

    def __init__(self, client: Client, roll_call: RollCall) -> None:
        self._client, self._roll_call = client, roll_call

    @property
    def count(self) -> int:
        """Workers at the moment."""
        return len(self._roll_call.infos())

    def wait_for_one(self) -> None:
        """Wait until there is a worker, and see that it can do the tasks.

        Raises
        ------
        StudyError
            Where none comes, or a worker lacks the laboratory.
        """
        self._roll_call.wait_for_one()
        try:
            self._roll_call.result(self._client.submit(can_work, pure=False))
        except (ImportError, AttributeError) as error:
            raise StudyError(
                "--cluster: the workers cannot run the laboratory; start them in its folder, by "
                f"python -m distributed.cli.dask_worker ADDRESS ({error})"
            ) from error

    def each(self, step: Step) -> Iterator[Outcome]:
        """Do tasks in any order."""
        with self._prepared(step) as submit:
            for task, future in self._ended(submit, step.tasks):
                step.on_progress(task.size)
                try:
                    sent: Sent = self._roll_call.result(future)
                except NoWorkersError:
                    raise
                except Exception as error:
                    # Whatever a task raises on a worker is that task's outcome.
                    yield Outcome(task, error=_message(error))
                else:
                    yield Outcome(task, sent.receive(step.folder))

    def merged(self, step: Step, merge: Callable[[Any, Any], Any]) -> Any:
        """Do tasks and merge their results in a tree, on the workers."""
        with self._prepared(step) as submit:
            done: dict[str, Future] = {}
            failed = []
            for task, future in self._ended(submit, step.tasks):
                step.on_progress(task.size)
                if future.status == "error":
                    failed.append(Outcome(task, error=_message(future.exception())))
                else:
                    done[task.name] = future
            if failed:
                lines = "\n".join(failures(failed))
                raise StudyError(f"failed; the next run does these again, and no others:\n{lines}")
            whole = self._tree(merge, [done[task.name] for task in step.tasks])
            return self._roll_call.result(whole).receive(step.folder)

    @contextmanager
    def _prepared(self, step: Step) -> Iterator[Callable[[Task], Future]]:
        """Submits a task; a future that nobody holds on to is dropped where it has not begun."""
        run = uuid4().hex[:8]
        folder = StudyFolder(step.folder.path.resolve(), step.folder.study)
        token = folder.path / f".shared-{run}"
        tensors = (step.model.weights_sha256, step.model.dictionaries)
        place = Place(folder, token.name, with_absolute_files(folder.study), tensors)
        gpus = any(info.get("resources", {}).get(GPU) for info in self._roll_call.infos())
        resources = {GPU: 1} if gpus else None
        self._roll_call.resource = GPU if gpus else None
        token.touch()
        try:
            given = self._client.submit(
                prepare, place, step.shared.make, step.shared.arguments, key=f"shared-{run}"
            )
            # Waited for, not fetched: it goes from worker to worker.
            for _ in Completed(self._roll_call, [given]):
                if given.status == "error":
                    raise StudyError(_message(given.exception()))
            number = count()

            def submit(task: Task) -> Future:
                key = f"{step.work.__name__}-{run}-{next(number)}"
                arguments = (step.work, given, task.arguments)
                return self._client.submit(do, *arguments, key=key, resources=resources)

            yield submit
        finally:
            token.unlink(missing_ok=True)

    def _tree(self, merge: Callable[[Any, Any], Any], level: list[Future]) -> Future:
        while len(level) > 1:
            pairs = zip(level[::2], level[1::2], strict=False)
            merged = [self._client.submit(merge_sent, merge, *pair, pure=False) for pair in pairs]
            level = merged + level[2 * len(merged) :]
        return level[0]

    def _ended(
        self, submit: Callable[[Task], Future], tasks: list[Task]
    ) -> Iterator[tuple[Task, Future]]:
        """Submit tasks, so many at a time, and give them back as they end."""
        left = iter(tasks)
        waiting = {submit(task): task for task in islice(left, WINDOW)}
        completed = Completed(self._roll_call, waiting)
        suspects = []
        for future in completed:
            task = waiting.pop(future)
            for following in islice(left, 1):
                new = submit(following)
                waiting[new] = following
                completed.add(new)
            if future.status == "error" and isinstance(future.exception(), KilledWorker):
                suspects.append(task)
            else:
                yield task, future
        # Who was beside a task that kills its worker is suspected as well: alone it is cleared.
        for task in suspects:
            for future in Completed(self._roll_call, [submit(task)]):
                yield task, future


def _message(error: BaseException) -> str:
    if isinstance(error, StudyError | FloatingPointError):
        return str(error)
    if isinstance(error, KilledWorker):
        return "its worker died each time that it was tried (out of memory?); see the workers' logs"
    return f"{type(error).__name__}: {error}"
