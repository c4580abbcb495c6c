"""Clusters whose workers, or whose scheduler, go away for good: no command waits for ever."""

import os
import signal
import time
from pathlib import Path

import pytest
from dask import config
from distributed import Client

from conditions.folder import open_study
from stimgen.cluster import roll_call
from stimgen.cluster.connect import connected
from stimgen.cluster.dask_workers import DaskWorkers
from stimgen.cluster.roll_call import Completed, NoWorkersError, RollCall
from stimgen.work.workers import Shared, Step, Task
from tests.stimgen.cluster.processes import Cluster, wait_until
from tests.stimgen.made import assert_same_images, make_all


def wait_for(folder, model, on_progress, shared, number: int, mark: Path) -> int:
    """All tasks but the first wait for a file."""
    while number and not mark.exists():
        time.sleep(0.1)
    return number


def kill_for_good(workers: DaskWorkers) -> None:
    """Kill the workers, and keep their nannies from starting them again."""
    for nanny in workers._client.cluster.workers.values():
        nanny.close_gracefully()
        os.kill(nanny.pid, signal.SIGKILL)


@pytest.mark.slow
def test_workers_that_their_nannies_do_not_start_again_are_replaced(
    study_file, tmp_path, lite0, capsys, monkeypatch
):
    monkeypatch.setattr("stimgen.cluster.connect.LOST_S", 0.5)
    folder = open_study(str(study_file), tmp_path)
    tasks = [Task(f"task {number}", (number, tmp_path / "gone")) for number in range(4)]
    step = Step(wait_for, folder, lite0, tasks, Shared(None, int, ()), lambda n: None)
    done = []
    with connected("local:2") as workers:
        for outcome in workers.each(step):
            done.append(outcome.result)
            if len(done) == 1:
                kill_for_good(workers)
                (tmp_path / "gone").touch()
    assert sorted(done) == [0, 1, 2, 3]
    assert "cluster: no worker left; waiting 2 min for one" in capsys.readouterr().out
    assert not list(folder.path.glob(".shared-*"))


@pytest.mark.slow
@pytest.mark.parametrize("dies", ["workers", "scheduler"])
def test_a_command_ends_and_the_next_run_does_the_rest(study_file, plain, tmp_path, dies):
    scans = tmp_path / "tiny" / "stimuli" / "scans"
    # A single worker: with the last of them all are gone.
    with Cluster(tmp_path, workers=1) as cluster:
        work = cluster.start(
            "stimgen", "natural", str(study_file), "--root", str(tmp_path), "--batch-size", "8",
            "--cluster", cluster.address, "--patience", "0.05",
        )  # fmt: skip
        wait_until(lambda: list(scans.glob("*.npz")))
        cluster.kill(dies)
        _, said = work.communicate(timeout=120)
        assert work.returncode == 2, said
        assert "Traceback" not in said, said
        assert "cluster: no worker" in said
        assert "the next run does the rest" in " ".join(said.split())
    assert_same_images(make_all(study_file, tmp_path), plain)


def test_a_cluster_without_a_single_worker(capsys):
    with (
        Client(n_workers=0, processes=False, dashboard_address=None) as client,
        pytest.raises(NoWorkersError, match=r"no worker for 0\.1 s"),
    ):
        RollCall(client, patience_s=0.1).wait_for_one()
    assert "cluster: no worker; waiting 0.1 s for one" in capsys.readouterr().out


def test_workers_that_cannot_do_the_tasks_do_not_count():
    with (
        config.set({"distributed.worker.resources.GPU": 0}),
        Client(n_workers=1, processes=False, dashboard_address=None) as client,
    ):
        calls = RollCall(client, 1)
        assert calls.count() == 1
        calls.resource = "GPU"
        assert calls.count() == 0


def test_a_result_that_takes_longer_than_a_look_is_fetched_once(monkeypatch):
    monkeypatch.setattr(roll_call, "LOOK_S", 0.001)
    with Client(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as client:
        calls = RollCall(client, 60)
        for number in range(50):
            assert calls.result(client.submit(bytes, 1_000_000 + number)) == bytes(
                1_000_000 + number
            )
        with pytest.raises(ZeroDivisionError):
            calls.result(client.submit(divmod, 1, 0))


def test_who_is_gone_is_told_while_the_others_go_on(capsys, monkeypatch):
    monkeypatch.setattr(roll_call, "LOOK_S", 0.05)
    replaced = []
    with Client(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as client:
        calls = RollCall(client, 60, lambda: replaced.append(1))
        calls.wait_for_one()
        futures = client.map(time.sleep, [0.05] * 30, pure=False)
        for number, _ in enumerate(Completed(calls, futures)):
            if number == 5:
                client.retire_workers([next(iter(client.nthreads()))])
    assert "cluster: 1 worker left" in capsys.readouterr().out
    assert replaced
