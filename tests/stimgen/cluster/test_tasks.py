"""Work on a cluster of real processes: the same files, whoever did it and whoever died."""

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from dask import config

from conditions.errors import StudyError
from conditions.folder import open_study
from stimgen.cluster.connect import connected
from stimgen.cluster.on_worker import Given, Place, do
from stimgen.work.workers import Shared, Step, Task
from tests.stimgen.made import assert_same_images, make_all


@pytest.mark.slow
def test_local_workers_make_the_same_images(study_file, plain, tmp_path):
    with connected("local:2") as workers:
        assert workers.count == 2
        folder = make_all(study_file, tmp_path, workers)
    assert_same_images(folder, plain)


@pytest.mark.slow
def test_a_worker_killed_in_the_scan_changes_nothing(study_file, plain, tmp_path):
    with connected("local:2") as workers:
        victims = list(workers._client.run(os.getpid).values())
        killed = []

        def kill_in_the_scan() -> None:
            scans = tmp_path / "tiny" / "stimuli" / "scans"
            while not list(scans.glob("*.npz")):
                time.sleep(0.01)
            os.kill(victims[0], signal.SIGKILL)
            killed.append(len(list(scans.glob("*.npz"))))

        killer = threading.Thread(target=kill_in_the_scan, daemon=True)
        killer.start()
        folder = make_all(study_file, tmp_path, workers)
        killer.join(10)
    assert killed, "no checkpoint was ever seen"
    assert killed[0] < 15, "the worker was killed too late"
    assert_same_images(folder, plain)


def one_may_fail(folder, model, on_progress, shared, number: int, marks: Path) -> int:
    """The task 2 is poison, 3 kills every worker, 4 kills the first one that tries it."""
    if number == 2:
        raise FloatingPointError("the loss is nan")
    if number == 3 or (number == 4 and not (marks / "tried").exists()):
        (marks / "tried").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * shared


@pytest.mark.slow
def test_a_poison_task_fails_alone(study_file, tmp_path, lite0):
    folder = open_study(str(study_file), tmp_path)
    tasks = [Task(f"task {number}", (number, tmp_path)) for number in range(8)]
    shared = Shared(10, int, (10,))
    done: list[int] = []
    step = Step(one_may_fail, folder, lite0, tasks, shared, done.append)
    gone = Shared(None, open_study, (str(tmp_path / "absent.yaml"), tmp_path))
    # A worker takes seconds to start: a task is not tried on so many as by default.
    with config.set({"distributed.scheduler.allowed-failures": 1}), connected("local:2") as workers:
        outcomes = list(workers.each(step))
        with pytest.raises(StudyError, match=r"does these again.*\ntask 2: the loss is nan"):
            workers.merged(replace(step, tasks=tasks[:3]), int.__add__)
        with pytest.raises(StudyError, match=r"absent\.yaml"):
            list(workers.each(replace(step, shared=gone)))
        added = workers.merged(replace(step, tasks=tasks[4:]), int.__add__)
    assert added == 10 * (4 + 5 + 6 + 7)
    assert sum(done[:8]) == 8
    results = {outcome.task.name: outcome.result for outcome in outcomes if not outcome.error}
    assert results == {f"task {number}": 10 * number for number in (0, 1, 4, 5, 6, 7)}
    errors = {outcome.task.name: outcome.error for outcome in outcomes if outcome.error}
    assert errors["task 2"] == "the loss is nan"
    assert "its worker died" in errors["task 3"]


def leave_a_file(folder, model, on_progress, shared, text: str) -> str:
    path = folder.stimuli / "natural" / f"{text}.txt"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    (folder.stimuli / "scans").mkdir()
    (folder.stimuli / "scans" / "state.npz").touch()
    return str(folder.path)


@pytest.mark.slow
def test_files_are_sent_back_from_where_the_folder_is_not(study_file, tmp_path, lite0):
    folder = open_study(str(study_file), tmp_path)
    place = Place(folder, ".not-here", folder.study, (lite0.weights_sha256, {}))
    with connected("local:1") as workers:
        sent = workers._client.submit(do, leave_a_file, Given(place, None), ("seen",)).result()
        other_weights = replace(place, tensors=("0" * 64, {}))
        other_code = replace(place, code="f" * 64)
        refused = [
            str(workers._client.submit(do, leave_a_file, Given(wrong, None), ("seen",)).exception())
            for wrong in (other_weights, other_code)
        ]
    assert not (folder.stimuli / "natural").exists()
    assert sent.receive(folder) != str(folder.path)
    assert [name for name, _ in sent.files] == ["stimuli/natural/seen.txt"]
    assert (folder.stimuli / "natural" / "seen.txt").read_text(encoding="utf-8") == "seen"
    assert "other weights" in refused[0]
    assert "another version of the laboratory (code " in refused[1]
    assert "than where the command was given (code ffffffff): start its workers anew" in refused[1]
